"""Reading ``.eval`` logs sample by sample, in constant memory.

Inspect's own sample generator reads the archive's directory anew for every sample; this reads it once. A resumed
log holds some members twice: the last one counts.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import zstandard

from peerward.runs.places import is_local, place

_ZSTD = 93
_LOCAL_HEADER = 30
_DAMAGE = (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, zstandard.ZstdError, NotImplementedError)
"""What reading a damaged member can raise."""


class LogError(ValueError):
    """A log that cannot be read; the message names it and says why."""


def find_logs(places: Iterable[str | Path]) -> list[Path]:
    """Return the ``.eval`` files among files and folders (searched deeply), sorted, each once.

    Raises:
        LogError: If a place does not exist or none holds a log.
    """
    found: set[Path] = set()
    given = [place(each) for each in places]
    for each in given:
        if each.is_dir():
            found.update(each.rglob("*.eval"))
        elif each.exists():
            found.add(each)
        else:
            raise LogError(f"{each}: no such file or folder")
    if not found:
        raise LogError(f"no .eval log in {', '.join(str(each) for each in given)}")
    # By name first, so that the order does not hang on where the logs lie.
    return sorted(found, key=lambda path: (path.name, str(path)))


def read_header(path: Path) -> dict[str, Any]:
    """Return a log's header: what was run, with which model and settings.

    Raises:
        LogError: If the file is no log, or its run never began.
    """
    with open_log(path) as archive:
        return _header(archive, path)


def read_samples(path: Path) -> Iterator[dict[str, Any]]:
    """Yield a log's samples as JSON data, in the order of the data set and the epochs; of duplicates the last.

    Raises:
        LogError: If the file is no log or a sample cannot be read.
    """
    for name, data in read_members(path):
        yield parse(data, path, name)


def member_names(path: Path) -> list[str]:
    """The names of a log's samples in its archive, in the order of the data set and the epochs.

    Raises:
        LogError: If the file is no log.
    """
    with open_log(path) as archive:
        return list(_members(archive, path))


def read_members(
    path: Path, only: Collection[str] | None = None, without: Collection[str] = ()
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each sample of a log, in the order of the data set and the epochs.

    Args:
        path: The log.
        only: Only these members of the archive, by name; all unless given.
        without: None of these.

    Raises:
        LogError: If the file is no log or a sample cannot be read.
    """
    with open_log(path) as archive:
        for name, info in _members(archive, path).items():
            if name not in without and (only is None or name in only):
                yield name, _member(archive, path, info)


def parse(data: bytes, path: Path, name: str) -> dict[str, Any]:
    """A member as JSON data; bytes that are no UTF-8 become replacement characters.

    Raises:
        LogError: If it is no JSON object.
    """
    try:
        found = json.loads(data.decode("utf-8", errors="replace"))
    except ValueError as error:
        raise LogError(f"{path}: {name} cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise LogError(f"{path}: {name} cannot be read (it is no JSON object)")
    return found


def _header(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    names = set(archive.namelist())
    for name in ("header.json", "_journal/start.json"):
        if name in names:
            header = parse(_member(archive, path, archive.getinfo(name)), path, name)
            if not isinstance(header.get("eval"), dict):
                raise LogError(f"{path}: {name} does not tell what was run; this is no log of Inspect")
            return header
    raise LogError(f"{path}: holds no header; the run never began")


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The samples' members by name, in order; of members that are there twice the last."""
    last = {info.filename: info for info in archive.infolist() if info.filename.startswith("samples/")}
    if not last:
        return {}
    ids = (_header(archive, path)["eval"].get("dataset") or {}).get("sample_ids") or []
    order = {str(sample): place for place, sample in enumerate(ids)}
    return {name: last[name] for name in sorted(last, key=lambda name: _place(name, order))}


def _place(name: str, order: Mapping[str, int]) -> tuple[int, str, int]:
    """Where a member ``samples/<id>_epoch_<n>.json`` stands."""
    sample, _, epoch = name.removeprefix("samples/").removesuffix(".json").rpartition("_epoch_")
    return order.get(sample, len(order)), sample, int(epoch) if epoch.isdigit() else 0


def open_log(path: Path) -> zipfile.ZipFile:
    """Open a log as the archive that it is.

    Raises:
        LogError: If it is none.
    """
    try:
        return zipfile.ZipFile(path if is_local(path) else path.open("rb"))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise LogError(f"{path}: is no readable .eval log ({error})") from error


def read_member(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    """The bytes of a member by its name.

    Raises:
        LogError: If they are not all there, or not those that were written.
    """
    return _member(archive, path, archive.getinfo(name))


def _member(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes.

    Raises:
        LogError: If they are not all there, or not those that were written.
    """
    try:
        return _plain(archive, info)
    except _DAMAGE as error:
        raise LogError(f"{path}: {info.filename} is damaged ({error}); take the log from its backup") from error


def _plain(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes. Python's zipfile knows Zstandard from 3.14 on, so that method is read here."""
    if info.compress_type != _ZSTD:
        return archive.read(info)
    file = archive.fp
    assert file is not None
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise ValueError("its header is gone")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(info.header_offset + _LOCAL_HEADER + name_length + extra_length)
    raw = file.read(info.compress_size)
    if len(raw) < info.compress_size:
        raise ValueError("the file is cut off")
    data = zstandard.ZstdDecompressor().decompress(raw, max_output_size=info.file_size)
    if len(data) < info.file_size:
        # A member may hold several frames, and decompress() reads the first.
        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw), read_across_frames=True).read()
    if zlib.crc32(data) != info.CRC:
        raise ValueError("its checksum is wrong")
    return data
