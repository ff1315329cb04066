"""Reading ``.eval`` logs sample by sample, in constant memory.

Inspect's own sample generator reads the archive's directory anew for every sample; this reads it once. A resumed
log holds some members twice: the last one counts.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import zstandard

_ZSTD = 93
_LOCAL_HEADER = 30


class LogError(ValueError):
    """A log that cannot be read; the message names it and says why."""


def find_logs(places: Iterable[str | Path]) -> list[Path]:
    """Return the ``.eval`` files among files and folders (searched deeply), sorted, each once.

    Raises:
        LogError: If a place does not exist or none holds a log.
    """
    found: set[Path] = set()
    given = [Path(place) for place in places]
    for place in given:
        if place.is_dir():
            found.update(place.rglob("*.eval"))
        elif place.exists():
            found.add(place)
        else:
            raise LogError(f"{place}: no such file or folder")
    if not found:
        raise LogError(f"no .eval log in {', '.join(str(place) for place in given)}")
    return sorted(found)


def read_header(path: Path) -> dict[str, Any]:
    """Return a log's header: what was run, with which model and settings.

    Raises:
        LogError: If the file is no log, or its run never began.
    """
    with _archive(path) as archive:
        names = set(archive.namelist())
        for name in ("header.json", "_journal/start.json"):
            if name in names:
                header: dict[str, Any] = json.loads(_member(archive, path, archive.getinfo(name)))
                return header
    raise LogError(f"{path}: holds no header; the run never began")


def read_samples(path: Path) -> Iterator[dict[str, Any]]:
    """Yield a log's samples as JSON data, in the order of the data set and the epochs; of duplicates the last.

    Raises:
        LogError: If the file is no log or a sample cannot be read.
    """
    order = {str(sample): place for place, sample in enumerate(_sample_ids(path))}
    with _archive(path) as archive:
        last = {info.filename: info for info in archive.infolist() if info.filename.startswith("samples/")}
        for name in sorted(last, key=lambda name: _place(name, order)):
            try:
                sample: dict[str, Any] = json.loads(_member(archive, path, last[name]))
            except LogError:
                raise
            except (ValueError, zipfile.BadZipFile, zstandard.ZstdError) as error:
                raise LogError(f"{path}: {name} cannot be read ({error})") from error
            yield sample


def _sample_ids(path: Path) -> list[Any]:
    ids: list[Any] = read_header(path)["eval"]["dataset"].get("sample_ids") or []
    return ids


def _place(name: str, order: Mapping[str, int]) -> tuple[int, str, int]:
    """Where a member ``samples/<id>_epoch_<n>.json`` stands."""
    sample, _, epoch = name.removeprefix("samples/").removesuffix(".json").rpartition("_epoch_")
    return order.get(sample, len(order)), sample, int(epoch) if epoch.isdigit() else 0


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise LogError(f"{path}: is no readable .eval log ({error})") from error


def _member(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes. Python's zipfile knows Zstandard from 3.14 on, so that method is read here."""
    if info.compress_type != _ZSTD:
        return archive.read(info)
    file = archive.fp
    assert file is not None
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise LogError(f"{path}: {info.filename} is damaged")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(info.header_offset + _LOCAL_HEADER + name_length + extra_length)
    raw = file.read(info.compress_size)
    # A member may hold several frames, which a plain decompress() would not read past the first.
    data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw), read_across_frames=True).read()
    if zlib.crc32(data) != info.CRC:
        raise LogError(f"{path}: {info.filename} is damaged (its checksum is wrong)")
    return data
