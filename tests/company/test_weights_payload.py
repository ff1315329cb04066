"""What a file's bytes look like: a function of names and size alone, right for the kind of file, incompressible."""

import bz2
import csv
import gzip
import hashlib
import io
import json
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
import yaml
import zstandard

from peerward.company.on_disk.weights import payload
from peerward.company.on_disk.weights.forms import FORMS
from peerward.company.on_disk.weights.shapes import BINARY_ENDINGS
from peerward.company.profile import profiles
from peerward.scenarios import servers

SIZES = (0, 1, 37, 700, 4_001, 65_536, 65_543, 131_072 + 9, 300_001)


def made(name: str, size_bytes: int = 150_000, content: str = "c") -> bytes:
    return b"".join(payload(content, name, size_bytes))


def endings_of_the_company() -> set[str]:
    """Every ending that a furnished file can have."""
    found = {asset.ext for profile in profiles() for asset in (*profile.files, *profile.decoys)}
    folder = Path(servers.__file__).parent
    texts = [
        yaml.safe_load((folder / name).read_text().partition("\n")[2])
        for name in ("stock.yaml", "large.yaml", "paper_hosts.yaml")
    ]
    found |= {ending for kind in texts[0]["kinds"] for ending in kind["exts"]}
    found |= {each["name"].rpartition(".")[2] for each in texts[1]["subjects"].values()}
    found |= {each["path"].partition(".")[2] for files in texts[2]["files"].values() for each in files}
    return found | {"safetensors"}


@pytest.mark.parametrize("ending", sorted(endings_of_the_company()))
def test_every_file_of_every_company_has_a_kind(ending: str) -> None:
    assert ending in (*FORMS, *BINARY_ENDINGS)


@pytest.mark.parametrize("ending", [*FORMS, *BINARY_ENDINGS])
def test_a_file_has_its_size_to_the_byte_and_is_always_the_same(ending: str) -> None:
    for size in SIZES:
        assert len(made(f"a-2025-03-02.{ending}", size)) == size
    assert made(f"a.{ending}") == made(f"a.{ending}")
    assert made(f"a.{ending}") != made(f"a.{ending}", content="d")


def test_bytes_are_the_same_on_every_machine() -> None:
    digests = {name: hashlib.sha256(made(name, 200_000, "pinned")).hexdigest()[:16] for name in PINNED}
    assert digests == PINNED


PINNED = {
    "w-2025-03-02.safetensors": "26ee2c54b3c59f5e",
    "a.tar": "0db48eaf50dff67b",
    "a.sql.gz": "eeb7a8ee5f570239",
    "a.zip": "a740313e982a01c8",
    "a-2025-q4.csv": "6f1e110a2278f32e",
    "a.log": "8d5c72df4f3ac46b",
}


@pytest.mark.parametrize("ending", ["safetensors", "tar", "zip", "mp4"])
def test_what_holds_data_cannot_be_packed(ending: str) -> None:
    data = made(f"w.{ending}", 180_000)[25_000:-2_000]
    for pack in (zlib.compress, bz2.compress, lzma.compress):
        assert len(pack(data)) > 0.999 * len(data)


@pytest.mark.parametrize("ending", FORMS)
def test_text_is_text_of_whole_lines(ending: str) -> None:
    text = made(f"a-2025-03-02.{ending}").decode("ascii")
    assert text.endswith("\n")
    assert text.isprintable() or set(text) - {"\n", "\r"} == set(text.replace("\n", "").replace("\r", ""))
    assert not re.search(r"[<{|~][a-z]+\||\{(day|time|secs)\}", text)
    assert max(map(len, text.splitlines())) < 600


@pytest.mark.parametrize("size", [700, 4_001, 65_543, 300_001])
def test_structured_text_can_be_read(size: int) -> None:
    assert len(json.loads(made("a.json", size))["rows"]) > 2
    assert json.loads(made("a.geojson", size))["type"] == "FeatureCollection"
    assert [json.loads(line) for line in made("a.jsonl", size).splitlines()]
    assert yaml.safe_load(made("a.yaml", 4_001))["entries"]
    rows = list(csv.reader(io.StringIO(made("a-2025-q4.csv", size).decode())))
    assert {len(row) for row in rows} == {9}


def test_dates_in_a_text_are_those_of_its_name() -> None:
    days = re.findall(rb"20\d\d-\d\d-\d\d", made("usage-2025-q4.csv"))
    assert days == sorted(days)
    assert (days[0][:7], days[-1][:7]) == (b"2025-10", b"2025-12")
    assert re.findall(rb"^(\S+?)T", made("gateway-2025-11-30.log").splitlines()[-1]) == [b"2025-11-30"]
    assert not re.search(rb"20\d\d-\d\d", made("gateway.log"))


@pytest.mark.parametrize("size", [4_001, 65_536, 65_543, 300_001])
def test_archives_are_valid(size: int) -> None:
    for ending in ("zip", "xlsx", "qgz", "pdf.zip"):
        with zipfile.ZipFile(io.BytesIO(made(f"a.{ending}", size))) as packed:
            assert packed.testzip() is None
    for ending in ("tar", "tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(made(f"a.{ending}", size))) as packed:
            (member,) = packed.getmembers()
            assert member.size > 0.3 * size
            held = packed.extractfile(member)
            assert held is not None
            assert len(held.read()) == member.size
    assert gzip.decompress(made("a.sql.gz", size)).startswith(b"-- PostgreSQL database dump")
    assert len(zstandard.ZstdDecompressor().decompressobj().decompress(made("a.zst", size))) > 0.9 * size


@pytest.mark.parametrize("size", [2_000, 300_001, 300_002])
def test_a_weight_file_tells_its_tensors_to_the_last_byte(size: int) -> None:
    data = made("w.safetensors", size)
    (length,) = struct.unpack("<Q", data[:8])
    tensors = json.loads(data[8 : 8 + length])
    tensors.pop("__metadata__")
    ends = [each["data_offsets"] for each in tensors.values()]
    assert [start for start, _ in ends] == [0, *(stop for _, stop in ends[:-1])]
    assert 8 + length + ends[-1][1] == size
