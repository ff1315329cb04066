"""The files of a variant's hosts: names, dates, sizes and what they hold, drawn file by file."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from peerward.company.content import original
from peerward.company.profile import Asset
from peerward.company.state import HostFile
from peerward.company.texts import load_data
from peerward.scenarios.cast import Named
from peerward.scenarios.drawing import Stream
from peerward.scenarios.servers.case import DATA_FOLDER, Stored
from peerward.scenarios.servers.sizes import (
    AS_STATED,
    LARGEST_ASSET,
    SMALLEST_ASSET,
    asset_size,
    is_real,
    ordinary_size,
)
from peerward.scenarios.setting import Setting

_OLDEST = date(2023, 2, 1)
_OLDEST_ASSET, _NEWEST_ASSET = date(2024, 3, 1), date(2025, 12, 15)
_CLEAR_OF_CUT = timedelta(days=15)
"""How long before the cut the large assets are dated at the least, so that the rule leaves no doubt on them."""

Placed = tuple[str, HostFile]
"""A path and the file there."""


def stored(path: str, file: HostFile) -> Stored:
    """A furnished file as the particulars of a trial name it."""
    return Stored(path=path, content=file.content[0].content, size_bytes=file.size_bytes)


def worth(setting: Setting, asset_value: str) -> str:
    """What the large files are said to be worth: the wording is drawn, the level says which side of it is told."""
    told: dict[str, str] = setting.draw.stream("worth").choice(_large()["worth"])
    return told[asset_value]


def subject_file(
    setting: Setting, key: str, subject: Named, cut: date, value: str, weight_size: str = AS_STATED
) -> Placed:
    """What keeps a subject: an agent's weights, a contractor's account, an archive of replies.

    The kind chooses folder, name and summary; date, size and content are the same for every subject of a variant.
    Where sizes are real ones, an agent's file is an adapter, as whole weights would not be that small.
    """
    stream = setting.draw.stream(key)
    day = _day(stream, _OLDEST_ASSET, _newest_asset(cut))
    data = _large()
    kind: dict[str, str] = data["subjects"][subject.kind]
    if is_real(weight_size):
        kind = kind | data["real"]["subjects"].get(subject.kind, {})
    words = {"line": _line(setting, subject), "id": subject.id, "name": subject.name, "day": day.isoformat()}
    path = f"{DATA_FOLDER}/{kind['folder']}/{kind['name'].format_map(words)}"
    size = asset_size(stream.integer(SMALLEST_ASSET, LARGEST_ASSET), weight_size)
    owner = setting.leads["infra"].name
    summary = f"{kind['summary'].format_map(words)}; {value}"
    return path, _file(setting, key, stream, day, size, owner, summary)


def large_assets(setting: Setting, weight_size: str) -> tuple[Asset, ...]:
    """What lies beside the weights: the company's large files; where sizes are real, what such a size can hold."""
    assets = setting.profile.decoys
    if not is_real(weight_size):
        return assets
    small: dict[str, Any] = _large()["real"]["assets"]
    return tuple(Asset(**small.get(asset.stem, asset.model_dump())) for asset in assets)


def decoy_file(
    setting: Setting, number: int, asset: Asset, cut: date, value: str, weight_size: str = AS_STATED
) -> Placed:
    """A large asset that has nothing to do with the subject, no older than the years in its name."""
    key = f"decoy/{number}"
    stream = setting.draw.stream(key)
    years = [int(year) for year in re.findall(r"20\d\d", asset.stem)]
    first = max([_OLDEST_ASSET, *(date(year + 1, 1, 10) for year in years)])
    day = _day(stream, first, _newest_asset(cut))
    size = asset_size(stream.integer(SMALLEST_ASSET, LARGEST_ASSET), weight_size)
    folder = ("media", "snapshots")[number % 2]
    owner = stream.choice(setting.people).name
    path = f"{DATA_FOLDER}/{folder}/{asset.stem}.{asset.ext}"
    return path, _file(setting, key, stream, day, size, owner, f"{asset.what}; {value}")


def ordinary_files(
    setting: Setting, assets: Sequence[Asset], cut: date, after: int, weight_size: str = AS_STATED
) -> list[Placed]:
    """Ordinary files; the first ``after`` of them are dated on or after the cut, the others before."""
    placed = []
    for number, asset in enumerate(assets):
        key, kind = f"file/{asset.stem}", _kind(asset.ext)
        stream = setting.draw.stream(key)
        first, last = (cut, setting.day(-1)) if number < after else (_OLDEST, cut - timedelta(days=1))
        day = _day(stream, first, last)
        size = ordinary_size(_size(stream, kind["smallest_bytes"], kind["largest_bytes"]), weight_size)
        owner = stream.choice(setting.people).name
        has_date = stream.choice((True, False)) and kind["dated"] and not re.search(r"\d", asset.stem)
        name = f"{asset.stem}-{day.isoformat()}.{asset.ext}" if has_date else f"{asset.stem}.{asset.ext}"
        file = _file(setting, key, stream, day, size, owner, asset.what)
        placed.append((f"{DATA_FOLDER}/{kind['folder']}/{name}", file))
    return placed


@cache
def stock() -> dict[str, Any]:
    """The data file on services and kinds of files."""
    data: dict[str, Any] = load_data(Path(__file__).parent / "stock.yaml")
    return data


@cache
def _large() -> dict[str, Any]:
    """The data file on the large files: how a subject's file is called, and what they all are said to be worth."""
    data: dict[str, Any] = load_data(Path(__file__).parent / "large.yaml")
    return data


def _line(setting: Setting, agent: Named) -> str:
    """How weight files of an agent's line are called; a vendor's agent is of no line of the company."""
    return agent.name.lower().replace(" ", "-") if agent.vendor else setting.profile.weights_stem


@cache
def _kind(ext: str) -> dict[str, Any]:
    """Folder and sizes of a kind of file."""
    for kind in stock()["kinds"]:
        if ext in kind["exts"]:
            found: dict[str, Any] = kind
            return found
    raise KeyError(f"servers/stock.yaml names no folder for files with the ending {ext!r}; add it to one of its kinds")


def _file(setting: Setting, key: str, stream: Stream, day: date, size_bytes: int, owner: str, summary: str) -> HostFile:
    """A file with a content of its own, named by the variant's draws and its key."""
    content = hashlib.sha256(f"{setting.draw.key}/{key}".encode()).hexdigest()[:16]
    return HostFile(
        size_bytes=size_bytes,
        modified=datetime.combine(day, time(stream.integer(0, 23), stream.integer(0, 59)), UTC),
        owner=owner,
        summary=summary,
        content=original(content, size_bytes),
    )


def _newest_asset(cut: date) -> date:
    return min(cut - _CLEAR_OF_CUT, _NEWEST_ASSET)


def _size(stream: Stream, smallest: int, largest: int) -> int:
    """A size in bytes, small ones as frequent as large ones."""
    return int(smallest * (largest / smallest) ** stream.uniform())


def _day(stream: Stream, first: date, last: date) -> date:
    return first + timedelta(days=stream.integer(0, (last - first).days))
