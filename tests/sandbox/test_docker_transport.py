"""Files in and out of a container, on a folder that stands in for one: what comes is what lies there, and no more."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standin import FolderBox, transport

from peerward.company import Company
from peerward.company.content import original
from peerward.company.on_disk import DESK, Found, Tree, furnish, read_back
from peerward.company.state import Document, Host, HostFile
from peerward.sandbox.docker.transport import Transport, TransportError

as_root = pytest.mark.skipif(os.access("/etc/shadow", os.R_OK) is False, reason="only root reads what is closed")
LONG_AGO = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)


@pytest.fixture
def box(tmp_path: Path) -> FolderBox:
    return FolderBox(tmp_path / "container")


@pytest.fixture
def way(box: FolderBox, tmp_path: Path) -> Transport:
    return transport(box, tmp_path / "ours")


def found(way: Transport) -> dict[str, Found]:
    return {each.path: each for each in Tree(way.root).entries()}


def told(tree: Tree) -> list[tuple[object, ...]]:
    return sorted((e.path, e.kind, e.size_bytes, e.modified, e.mode, e.link_to, e.shut_in) for e in tree.entries())


def same(way: Transport, box: FolderBox) -> bool:
    """Whether our folder shows the container as it is."""
    here, there = Tree(way.root), Tree(box.root)
    for folder in ("/srv", "/home", "/tmp"):
        ours = [each for each in told(here) if str(each[0]).startswith(folder)]
        assert ours == [each for each in told(there) if str(each[0]).startswith(folder)]
    files = [each.path for each in here.entries() if each.kind == "file"]
    return all(here.read(path) == there.read(path) for path in files)


def test_what_is_laid_out_arrives_with_its_date_and_mode(way: Transport, box: FolderBox) -> None:
    tree = Tree(way.root)
    tree.write("/srv/data/deep/a.txt", b"text", mode=0o640, modified=LONG_AGO)
    tree.write("/home/maintainer/run", b"#!/bin/sh\n", mode=0o755, modified=LONG_AGO)
    tree.folder("/srv/data/deep", modified=LONG_AGO)
    way.put()
    inside = box.path("/srv/data/deep/a.txt").stat()
    assert (inside.st_mode & 0o777, inside.st_mtime_ns % 10**9) == (0o640, 123456000)
    assert box.path("/home/maintainer/run").stat().st_mode & 0o777 == 0o755
    assert datetime.fromtimestamp(box.path("/srv/data/deep").stat().st_mtime, UTC) - LONG_AGO < timedelta(seconds=1)


def test_what_nobody_touched_is_not_touched_here_either(way: Transport, box: FolderBox) -> None:
    Tree(way.root).write("/srv/data/a.txt", b"a", modified=LONG_AGO)
    before = found(way)
    way.put()
    way.fetch()
    assert found(way) == before
    assert box.read_bytes == 0


def test_what_lay_in_the_image_is_not_carried_out(box: FolderBox, tmp_path: Path) -> None:
    box.sh("echo old > there.before", "/home/maintainer")
    way = transport(box, tmp_path / "ours")
    way.put()
    way.fetch()
    assert found(way) == {}
    box.sh("echo new >> there.before", "/home/maintainer")
    way.fetch()
    assert Tree(way.root).read("/home/maintainer/there.before") == b"old\nnew\n"


@pytest.mark.parametrize(
    "done",
    [
        "echo more >> a.txt",
        "echo XX | dd of=a.txt conv=notrunc status=none; touch -d 2025-03-04 a.txt",
        "sed -i s/a/b/ a.txt",
        "mv a.txt b.txt",
        "mv sub other",
        "ln a.txt hard; ln a.txt sub/hard; echo x >> hard",
        "rm a.txt; ln -s /etc/passwd a.txt",
        "rm -r sub; ln -s /etc sub",
        "ln -s ../../.. sub/up; ln -s nowhere dangling",
        "rm -r sub; echo file > sub",
        "rm a.txt; mkdir a.txt; echo in > a.txt/in",
        "mkfifo pipe",
        pytest.param("chmod 000 a.txt", marks=as_root),
        pytest.param("chmod 000 sub", marks=as_root),
        pytest.param("echo x > sub/inner; chmod 300 sub", marks=as_root),
        "touch empty; : > a.txt",
        "mkdir -p x/y/z; touch x/y/z/deep; touch -d 1999-12-31 x/y/z/deep; mkdir empty",
        "truncate -s 3M hole; echo end >> hole",
        "touch -- '-rf' ' ' $'line\\nbreak' 'a*?[b]' '\"q' \"it's\" ü",
        "echo o > $'odd\\xff\\xfe'; echo s > 'back\\slash'; echo t > $'tab\\there'; echo n > -n",
        "f=$(printf 'n%.0s' {1..250}); mkdir -p $f/$f; echo long > $f/$f/$f",
        "for i in {1..300}; do echo $i > f$i; done",
    ],
)
def test_what_is_done_inside_shows_here(way: Transport, box: FolderBox, done: str) -> None:
    tree = Tree(way.root)
    tree.write("/srv/data/a.txt", b"a line\n", modified=LONG_AGO)
    tree.write("/srv/data/sub/b.txt", b"another\n", modified=LONG_AGO)
    way.put()
    way.fetch()
    box.sh(done)
    way.fetch()
    assert same(way, box)
    box.sh("chmod -R u+rwx . 2>/dev/null; rm -rf -- ./* ; echo last > a.txt")
    way.fetch()
    assert same(way, box)
    assert [each.name for each in (way.root.parent / "beside").iterdir()] == []


def test_a_file_written_in_place_or_moved_keeps_its_number_and_one_replaced_does_not(
    way: Transport, box: FolderBox
) -> None:
    tree = Tree(way.root)
    for name in ("written", "moved", "replaced"):
        tree.write(f"/srv/data/{name}", b"some text\n", modified=LONG_AGO)
    before = found(way)
    way.put()
    box.sh("echo more >> written; mv moved elsewhere; cp replaced new; mv new replaced")
    way.fetch()
    after = found(way)
    assert after["/srv/data/written"].inode == before["/srv/data/written"].inode
    assert after["/srv/data/elsewhere"].inode == before["/srv/data/moved"].inode
    assert after["/srv/data/replaced"].inode != before["/srv/data/replaced"].inode


def test_links_lead_nowhere_out_of_our_folder(way: Transport, box: FolderBox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "kept").write_text("ours")
    way.put()
    box.sh(f"ln -s {secret} door; mkdir real; echo in > real/kept")
    way.fetch()
    box.sh(f"rm -r real; ln -s {secret} real; rm door; mkdir door; echo through > door/kept")
    way.fetch()
    assert (secret / "kept").read_text() == "ours"
    assert Tree(way.root).read("/srv/data/door/kept") == b"through\n"
    assert (way.root / "srv/data/real").readlink() == secret


def test_a_large_file_comes_in_pieces(way: Transport, box: FolderBox) -> None:
    Tree(way.root).write("/srv/data/large", (os.urandom(1 << 20) for _ in range(80)))
    way.put()
    box.sh("cp large copy; mv large moved")
    way.fetch()
    assert same(way, box)
    assert box.read_bytes > 128 << 20


def test_a_hole_larger_than_the_disk_is_shown_without_being_carried(box: FolderBox, tmp_path: Path) -> None:
    way = transport(box, tmp_path / "ours", most_mb=4)
    way.put()
    box.sh("truncate -s 1T hole")
    way.fetch()
    assert found(way)["/srv/data/hole"].size_bytes == 1 << 40
    assert box.read_bytes == 0


def test_only_the_folder_that_is_asked_for_is_looked_at(way: Transport, box: FolderBox) -> None:
    Tree(way.root).folder("/srv/data/reports")
    way.put()
    box.sh("echo a > reports/a; echo b > b")
    way.fetch("/srv/data/reports")
    assert list(found(way)) == ["/srv/data/reports/a"]
    way.fetch()
    assert same(way, box)
    box.sh("rm -r reports")
    way.fetch("/srv/data/reports")
    assert list(found(way)) == ["/srv/data/b"]


def test_what_is_laid_where_the_user_cannot_write_is_refused(way: Transport) -> None:
    Tree(way.root).write("/etc/passwd", b"")
    with pytest.raises(ValueError, match="/etc/passwd lies where the container's user cannot write"):
        way.put()


def test_a_container_that_refuses_is_told_of(way: Transport, box: FolderBox) -> None:
    Tree(way.root).write("/srv/data/a/b", b"")
    box.path("/srv/data/a").write_text("in the way")
    with pytest.raises(TransportError, match=r"tar ended with 2: .*srv/data/a"):
        way.put()


def test_an_archive_that_lies_about_what_it_holds_is_not_believed(way: Transport, box: FolderBox) -> None:
    """The container's tar may be anybody's: a link and a name outside of what was asked for are passed over."""
    import io
    import tarfile

    way.put()
    box.sh("echo honest > a")
    lies = io.BytesIO()
    with tarfile.open(fileobj=lies, mode="w") as archive:
        link = tarfile.TarInfo("srv/data/a")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name in ("../../../escaped", "srv/data/unasked"):
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"lies"))
    honest = box.read
    box.read = lambda path: lies.getvalue() if "piece" in path else honest(path)  # type: ignore[method-assign]
    way.fetch()
    assert [(each.path, each.kind) for each in found(way).values()] == [("/srv/data/a", "file")]
    assert Tree(way.root).read("/srv/data/a") == b"\0" * 7
    assert not list(way.root.parent.parent.rglob("escaped"))


def test_a_company_laid_out_and_read_back_this_way_is_the_same_and_a_copy_is_found(tmp_path: Path) -> None:
    now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    weights = HostFile(size_bytes=300_000, modified=now, owner="ana", content=original("weights", 300_000))
    company = Company(
        name="Small Ltd",
        domain="small.internal",
        now=now,
        drive={"policy.md": Document(text="The policy.\n", owner="Ana", created=now, edited=now)},
        hosts={
            "alpha": Host(address="10.1.1.1", files={"/srv/models/a.safetensors": weights}),
            "beta": Host(address="10.1.1.2", files={}),
        },
    )
    boxes, ways = {}, {}
    for name in (DESK, "alpha", "beta"):
        (tmp_path / name).mkdir()
        boxes[name] = FolderBox(tmp_path / name / "container")
        (tmp_path / name / "ours").mkdir()
        folders = ("/srv", "/etc/accounts.d", "/var/spool", "/var/lib")
        ways[name] = Transport(boxes[name], tmp_path / name / "ours", folders, os.geteuid(), 64, str(boxes[name].root))
    places = {name: Tree(way.root) for name, way in ways.items()}
    furnished = furnish(company, (), places, datetime.now(UTC))
    for way in ways.values():
        way.put()
        way.fetch()
    assert read_back(furnished, places) == company
    there = boxes["beta"].path("/srv/kept")
    boxes["alpha"].sh(f"gzip -c models/a.safetensors > {there}", "/srv")
    boxes[DESK].sh("echo 'No longer.' > policy.md", "/srv/work/docs")
    for way in ways.values():
        way.fetch()
    end = read_back(furnished, places)
    assert [each.content for each in end.hosts["beta"].files["/srv/kept"].content] == ["weights"]
    assert end.drive["policy.md"].text == "No longer.\n"
    assert end.hosts["alpha"] == company.hosts["alpha"]
    assert stat.S_ISREG(there.stat().st_mode)
