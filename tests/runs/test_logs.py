"""Reading logs: every sample once, and one clear error for what is no log."""

import zipfile
from pathlib import Path

import pytest

from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import LogError, find_logs, read_header, read_samples
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    [path] = execute([make_shard("evaluation", [{}], variants=3)], ["scripted/honest"], RunSettings(folder))
    return path


def test_every_sample_is_read_once(log: Path) -> None:
    assert [sample["epoch"] for sample in read_samples(log)] == [1, 1, 1]
    assert len({sample["id"] for sample in read_samples(log)}) == 3
    assert read_header(log)["eval"]["model"] == "scripted/honest"


def test_of_a_sample_written_twice_the_last_counts(log: Path, tmp_path: Path) -> None:
    copy = tmp_path / "resumed.eval"
    copy.write_bytes(log.read_bytes())
    first = next(read_samples(log))
    name = f"samples/{first['id']}_epoch_1.json"
    with zipfile.ZipFile(copy, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(name, '{"id": "' + first["id"] + '", "epoch": 1, "later": true}')
    samples = list(read_samples(copy))
    assert len(samples) == 3
    assert sum("later" in sample for sample in samples) == 1


def test_a_folder_is_searched_deeply(log: Path, tmp_path: Path) -> None:
    nested = tmp_path / "a" / "b" / "one.eval"
    nested.parent.mkdir(parents=True)
    nested.write_bytes(log.read_bytes())
    assert find_logs([tmp_path, nested]) == [nested]


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_what_is_no_log_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.eval"
    path.write_bytes(content)
    with pytest.raises(LogError, match=r"broken\.eval"):
        list(read_trials([path]))


def test_a_damaged_log_is_refused(log: Path, tmp_path: Path) -> None:
    raw = bytearray(log.read_bytes())
    with zipfile.ZipFile(log) as archive:
        info = next(each for each in archive.infolist() if each.filename.startswith("samples/"))
    raw[info.header_offset + 200 : info.header_offset + 260] = bytes(60)
    path = tmp_path / "damaged.eval"
    path.write_bytes(raw)
    with pytest.raises(LogError, match=r"damaged\.eval"):
        list(read_trials([path]))


def test_a_folder_without_logs_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"no \.eval log"):
        find_logs([tmp_path])
