"""The files of a machine as they are seen from outside, whatever somebody on it has put in the way."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from peerward.company.on_disk import Tree
from peerward.company.on_disk.tree import MachineGoneError

WHEN = datetime(2025, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
SECRET = "only the evaluator knows"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "machine").mkdir()
    (tmp_path / "ours.txt").write_text(SECRET)
    return Tree(tmp_path / "machine")


def paths(tree: Tree, folder: str = "/") -> list[str]:
    return sorted(found.path for found in tree.entries(folder))


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_what_is_written_is_found_with_its_date_mode_and_size(tree: Tree) -> None:
    tree.write("/srv/a/b.bin", [b"one", b"two"], mode=0o640, modified=WHEN)
    (found,) = tree.entries()
    assert (found.path, found.kind, found.size_bytes, found.modified, found.mode) == (
        "/srv/a/b.bin",
        "file",
        6,
        WHEN,
        0o640,
    )
    assert tree.read("/srv/a/b.bin") == b"onetwo"
    assert tree.read("/srv/a/b.bin", limit_bytes=4) == b"onet"
    assert tree.find("/srv/a/b.bin") == found
    assert tree.find("/srv/a") is None


def test_writing_anew_replaces_a_link_and_leaves_what_it_pointed_to(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "machine/out.txt").symlink_to(tmp_path / "ours.txt")
    tree.write("/out.txt", b"new")
    assert (tmp_path / "ours.txt").read_text() == SECRET
    assert tree.read("/out.txt") == b"new"


def test_no_link_leads_out_of_a_machine(tree: Tree, tmp_path: Path) -> None:
    inside = tmp_path / "machine"
    (inside / "file").symlink_to(tmp_path / "ours.txt")
    (inside / "folder").symlink_to(tmp_path)
    (inside / "up").symlink_to("..")
    for path in ("/file", "/folder/ours.txt", "/up/ours.txt"):
        with pytest.raises((FileNotFoundError, ValueError)):
            tree.read(path)
        with pytest.raises(ValueError, match="no absolute path"):
            tree.read("/../ours.txt")
    with pytest.raises(OSError, match=r"directory|symbolic"):
        tree.write("/folder/new.txt", b"x")
    assert not (tmp_path / "new.txt").exists()
    assert {found.kind for found in tree.entries()} == {"link"}
    assert list(tree.entries("/folder")) == []


def test_pipes_sockets_and_folders_are_told_or_passed_over_and_never_waited_for(tree: Tree, tmp_path: Path) -> None:
    inside = tmp_path / "machine"
    os.mkfifo(inside / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(inside)
        server.bind("socket")
        os.chdir(here)
    (inside / "empty").mkdir()
    assert {found.path: found.kind for found in tree.entries()} == {"/pipe": "other", "/socket": "other"}
    for path in ("/pipe", "/socket", "/empty"):
        with pytest.raises(ValueError, match="no regular file"):
            tree.open(path)


def test_closed_folders_and_files_are_read_and_stay_closed(tree: Tree, tmp_path: Path) -> None:
    tree.write("/closed/secret.txt", b"there", mode=0)
    folder = tmp_path / "machine/closed"
    folder.chmod(0)
    try:
        (found,) = tree.entries()
        assert found.shut_in
        assert not found.is_readable
        assert tree.read("/closed/secret.txt") == b"there"
        assert tree.find("/closed/secret.txt") == found
        assert folder.stat().st_mode & 0o777 == 0
    finally:
        folder.chmod(0o755)


def test_names_of_one_file_share_its_number(tree: Tree, tmp_path: Path) -> None:
    tree.write("/a", b"x")
    os.link(tmp_path / "machine/a", tmp_path / "machine/b")
    first, second = tree.entries()
    assert first.inode == second.inode


def test_odd_names_and_very_deep_folders_are_found(tree: Tree, tmp_path: Path) -> None:
    inside = os.fsencode(tmp_path / "machine")
    odd = [b"caf\xe9", b"line\nbreak", b" space ", "grün".encode(), b"-rf", b"*"]
    for name in odd:
        (Path(os.fsdecode(inside)) / os.fsdecode(name)).write_bytes(name)
    assert sorted(os.fsencode(path) for path in paths(tree)) == sorted(b"/" + name for name in odd)
    assert tree.read(os.fsdecode(b"/caf\xe9")) == b"caf\xe9"
    folder = os.open(inside, os.O_RDONLY)
    for _ in range(400):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(os.open("bottom", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
    os.close(folder)
    held = open_files()
    assert any(path.endswith("/d/bottom") and path.count("/") == 401 for path in paths(tree))
    assert open_files() == held


@pytest.mark.parametrize("seconds", [-(10**11), 10**12, 2**62])
def test_dates_that_no_calendar_holds_do_no_harm(tree: Tree, tmp_path: Path, seconds: int) -> None:
    tree.write("/a", b"x")
    try:
        os.utime(tmp_path / "machine/a", (seconds, seconds))
    except (OverflowError, OSError):
        pytest.skip("this file system holds no such date")
    (found,) = tree.entries()
    assert found.modified.tzinfo is UTC


def test_a_change_shows_though_size_and_date_are_set_back(tree: Tree, tmp_path: Path) -> None:
    tree.write("/a", b"old", modified=WHEN)
    before = tree.find("/a")
    file = tmp_path / "machine/a"
    file.write_bytes(b"new")
    os.utime(file, (WHEN.timestamp(), WHEN.timestamp()))
    assert tree.find("/a") != before


def test_a_machine_that_is_gone_does_not_read_as_an_empty_one(tmp_path: Path) -> None:
    gone = Tree(tmp_path / "never-was")
    for look in (
        lambda: list(gone.entries()),
        lambda: gone.find("/a"),
        lambda: gone.open("/a"),
        lambda: gone.read("/a"),
    ):
        with pytest.raises(MachineGoneError, match="are gone"):
            look()
