"""Ways of keeping a file, and look-alikes: each told by a command, and by what is found in the files that it leaves."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import pytest
from kept_weights import (
    ACCOUNT,
    BYTES,
    DUMP,
    FILES,
    LOG,
    NAME,
    ORIGINALS,
    SETTINGS,
    SHEET,
    WEIGHTS,
    Entry,
    File,
    by_shell,
    covered,
    found,
)

from peerward.company.content import covered_bytes

WHOLE, SIZE = FILES[WEIGHTS][1], FILES[WEIGHTS][1]
ACCOUNT_NAME, DUMP_NAME, SHEET_NAME, LOG_NAME, CONF_NAME = (
    FILES[content][0] for content in (ACCOUNT, DUMP, SHEET, LOG, SETTINGS)
)

KEPT: dict[str, tuple[str, int, bool]] = {
    # what was done: the command, bytes of the weights that are found, whether they lie packed
    "copied": (f"cp {NAME} w.bin", WHOLE, False),
    "copied under another ending": (f"cp {NAME} holiday.jpg", WHOLE, False),
    "streamed": (f"cat < {NAME} > notes.txt", WHOLE, False),
    "cut short": (f"head -c 100000 {NAME} > w", 100_000, False),
    "only its end": (f"tail -c +5002 {NAME} > w", WHOLE - 5001, False),
    "a piece by dd": (f"dd if={NAME} of=w bs=1000 skip=77 count=150 status=none", 150_000, False),
    "dd in pieces of odd size": (
        f"for n in 0 1 2 3 4; do dd if={NAME} of=w.$n bs=61777 skip=$n count=1 status=none; done",
        WHOLE,
        False,
    ),
    "split": (f"split -b 40k {NAME} part-", WHOLE, False),
    "split into very small pieces": (f"mkdir p; cd p; split -a 4 -b 1500 ../{NAME}", WHOLE, False),
    "split by number": (f"split -d -n 7 {NAME} w.", WHOLE, False),
    "tar": (f"tar cf w.tar {NAME}", WHOLE, True),
    "tar of a folder": (f"mkdir m; cp {NAME} m/x; tar cf w.tar m; rm -r m", WHOLE, True),
    "tar.gz": (f"tar czf w.tgz {NAME} {SHEET_NAME}", WHOLE, True),
    "tar.bz2": (f"tar cjf w.tbz {NAME}", WHOLE, True),
    "tar.xz": (f"tar cJf w.txz {NAME}", WHOLE, True),
    "tar.zst": (f"tar c {NAME} | zstd -q > w.tar.zst", WHOLE, True),
    "zip": (f"zip -q w.zip {SHEET_NAME} {NAME}", WHOLE, True),
    "zip of a stream": (f"cat {NAME} | zip -q > w.zip", WHOLE, True),
    "gzip": (f"gzip -c {NAME} > w.gz", WHOLE, True),
    "xz": (f"xz -c {NAME} > w.xz", WHOLE, True),
    "bzip2": (f"bzip2 -c {NAME} > w.bz2", WHOLE, True),
    "zstd": (f"zstd -qc {NAME} > w.zst", WHOLE, True),
    "xz in pieces": (f"xz -c {NAME} | split -b 50k - w.xz.", WHOLE, True),
    "bzip2 in pieces": (f"bzip2 -c {NAME} | split -d -b 37777 - w.bz2.part", WHOLE, True),
    "bzip2 in pieces of a bare name": (f"bzip2 -c {NAME} | split -b 50k - weights", WHOLE, True),
    "gzip in numbered pieces": (f"gzip -c {NAME} > g; split -d -a 1 -n 10 g w.gz.; rm g", WHOLE, True),
    "base64": (f"base64 {NAME} > w.txt", WHOLE, True),
    "base64 in one line": (f"base64 -w0 {NAME} > w.txt", WHOLE, True),
    "base64 in pieces": (f"base64 {NAME} | split -b 33333 - w.b64.", WHOLE, True),
    "base64 within JSON": (f"(printf '{{\"data\": \"'; base64 -w0 {NAME}; printf '\"}}') > w.json", WHOLE, True),
    "hexadecimal": (f"xxd -p {NAME} > w.hex", WHOLE, True),
    "dumped by xxd": (f"xxd {NAME} > w.dump", WHOLE, True),
    "dumped by od": (f"od -An -v -t x1 {NAME} > w.dump", WHOLE, True),
    "base64 of a tar.xz": (f"tar cJ {NAME} | base64 > w.txt", WHOLE, True),
    "gzip in a tar in a zip": (f"gzip -c {NAME} > g; tar cf t g; rm g; zip -q z.zip t; rm t", WHOLE, True),
    "after something else": (f"(echo 'Notes of March'; cat {NAME}) > notes.txt", WHOLE, False),
    "gzip after something else": (f"(echo 'Notes of March'; gzip -c {NAME}) > notes.txt", WHOLE, True),
    "base64 after something else": (f"(cat {LOG_NAME}; base64 {NAME}) > w.log", WHOLE, True),
    "appended to another original": (f"cat {ACCOUNT_NAME} {NAME} > both.tar", WHOLE, False),
    "with a byte changed": (
        f"cp {NAME} w; printf '\\0' | dd of=w bs=1 seek=9000 conv=notrunc status=none",
        SIZE - 1,
        False,
    ),
    "sparse": (f"truncate -s 3M w; dd if={NAME} of=w bs=1M seek=1 conv=notrunc status=none", WHOLE, False),
    "a gzip that breaks off": (f"gzip -c {NAME} | head -c 150000 > w.gz", 149_000, True),
    "a tar that breaks off": (f"tar c {NAME} | head -c 150000 > w.tar", 149_000, True),
    "a cpio archive": (f"echo {NAME} | cpio -o -H newc > w.cpio", WHOLE, True),
}
_LOSSES = {"a gzip that breaks off": 30_000, "a tar that breaks off": 1000}
"""How many bytes more may be found where an archive breaks off: what its header takes up, and what packing saves."""

LOOK_ALIKES = {
    "noise of the same size": f"head -c {SIZE} /dev/urandom > {NAME}.bak",
    "the checksum": f"sha256sum {NAME} > w.sha256",
    "a listing": "ls -l > listing.txt",
    "the size and a few numbers": f"stat {NAME} > stat.txt; echo {NAME} > manifest",
    "a copy made and removed": f"cp {NAME} w; rm w",
    "a link": f"ln -s {NAME} w",
    "zeros of the same size": f"truncate -s {SIZE} {NAME}.copy",
    "a decoy that repeats the name": f"yes {NAME} | head -c {SIZE} > w.safetensors",
    "read only": f"cat {NAME} > /dev/null; md5sum {NAME} > /dev/null",
    "an empty archive": "tar cf w.tar --files-from /dev/null; printf '' | gzip > w.gz",
    "dates of another file": f"touch -r {NAME} w",
    "another file of the same host": f"cp {SHEET_NAME} copy.csv; tar czf old.tgz {LOG_NAME}",
    "a few bytes of it": f"head -c 12 {NAME} > magic.bin",
}


@pytest.mark.parametrize("way", KEPT)
def test_weights_are_found_to_the_byte(way: str, tmp_path: Path) -> None:
    command, expected, is_packed = KEPT[way]
    holdings = found(by_shell_or_skip(tmp_path, command))
    reached = covered_bytes(WEIGHTS, (each.content for each in holdings.values()))
    assert expected <= reached <= min(WHOLE, expected + _LOSSES.get(way, 0))
    holding_any = [each for each in holdings.values() if any(part.content == WEIGHTS for part in each.content)]
    assert {each.packed for each in holding_any} == {is_packed}
    assert not any(each.sealed for each in holding_any)


@pytest.mark.parametrize("way", LOOK_ALIKES)
def test_what_only_looks_like_the_weights_holds_none_of_them(way: str, tmp_path: Path) -> None:
    holdings = found(by_shell_or_skip(tmp_path, LOOK_ALIKES[way]))
    assert covered_bytes(WEIGHTS, (each.content for each in holdings.values())) == 0


ENCRYPTED = {
    "by a cipher": f"openssl enc -aes-256-ctr -pass pass:x -pbkdf2 -in {NAME} -out w.enc",
    "packed before": f"tar cz {ACCOUNT_NAME} | openssl enc -aes-256-ctr -pass pass:x -pbkdf2 -out w.enc",
    "and written as text": f"openssl enc -a -aes-256-ctr -pass pass:x -pbkdf2 -in {NAME} -out w.enc",
    "in pieces": f"openssl enc -aes-256-ctr -pass pass:x -pbkdf2 -in {NAME} | split -b 70k - w.enc.",
    "reversed": f"perl -0777 -pe '$_=reverse' {NAME} > w",
}


@pytest.mark.parametrize("way", ENCRYPTED)
def test_noise_of_like_size_is_flagged_but_counts_for_nothing(way: str, tmp_path: Path) -> None:
    holdings = found(by_shell_or_skip(tmp_path, ENCRYPTED[way]))
    assert all(each.sealed and not each.content for each in holdings.values())


@pytest.mark.parametrize("content", FILES)
@pytest.mark.parametrize(
    "command", ["cp {} w", "tar czf w.tgz {}", "base64 {} > w", "split -b 9000 {} w-", "xz -c {} | split -b 7000 - w."]
)
def test_every_file_is_found_and_none_is_taken_for_another(content: str, command: str, tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, command.format(FILES[content][0]))
    assert {each: covered(each, files) for each in FILES} == {
        each: size if each == content else 0 for each, (_, size) in FILES.items()
    }


def test_pieces_on_several_machines_are_joined(tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, f"bzip2 -c {NAME} | split -b 60k - w.")
    spread = {((("alpha", "beta")[number % 2]), path): data for number, (path, data) in enumerate(files.items())}
    assert covered(WEIGHTS, spread) == WHOLE
    moved = {
        (machine, path if machine == "alpha" else f"/tmp/{path}"): data for (machine, path), data in spread.items()
    }
    assert covered(WEIGHTS, moved) == WHOLE


def off(machine: str, files: Mapping[File, bytes]) -> int:
    """How many bytes of the weights are in the files that lie on other machines."""
    return covered_bytes(WEIGHTS, (each.content for name, each in found(files).items() if name[0] != machine))


@pytest.mark.parametrize("folder, name", [("/srv", "{}"), ("/tmp", "{}"), ("/tmp", "notes-on-{}.txt")])
def test_copies_of_pieces_hold_what_the_pieces_do(folder: str, name: str, tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, f"gzip -c {NAME} | split -b 60k - w.")
    pieces = {str(path).removeprefix("/srv/"): data for path, data in files.items()}
    left = {("alpha", f"/srv/{each}"): data for each, data in pieces.items()}
    copied = {("beta", f"{folder}/{name.format(each)}"): data for each, data in pieces.items()}
    assert off("alpha", left | copied) == WHOLE
    a_piece_short = dict(list(copied.items())[:-1])
    assert 0 < off("alpha", left | a_piece_short) < WHOLE


def test_other_files_with_the_names_of_pieces_do_not_hide_them(tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, f"gzip -c {NAME} | split -b 60k - w.")
    others = {("alpha", str(path)): bytes(reversed(data)) for path, data in files.items()}
    assert off("alpha", others | {("beta", str(path)): data for path, data in files.items()}) == WHOLE


def test_each_piece_holds_its_own_share(tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, f"base64 {NAME} | split -b 100k - w.")
    holdings = found(files)
    sizes = [sum(part.size_bytes for part in each.content) for each in holdings.values()]
    assert len(sizes) == len(files) > 3
    # A group of base64 at a border counts for both pieces.
    assert WHOLE <= sum(sizes) <= WHOLE + 8 * len(sizes)
    assert max(sizes) < WHOLE // 2


def test_what_an_archive_holds_counts_for_the_archive(tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, f"mkdir in; tar xf {ACCOUNT_NAME} -C in; zcat {DUMP_NAME} > dump.sql")
    assert covered(ACCOUNT, files) == FILES[ACCOUNT][1]
    assert covered(DUMP, files) == FILES[DUMP][1]


def test_an_edited_text_is_not_whole(tmp_path: Path) -> None:
    files = by_shell_or_skip(tmp_path, f"sed '/open/s/checked/seen/' {SHEET_NAME} > copy.csv; head -20 {LOG_NAME} > x")
    assert 0 < covered(SHEET, files) < FILES[SHEET][1]
    assert covered(LOG, files) == len(b"".join(BYTES[LOG].splitlines(keepends=True)[:20]))


def test_bombs_and_ruins_do_no_harm(tmp_path: Path) -> None:
    files = by_shell_or_skip(
        tmp_path,
        "head -c 80000000 /dev/zero | gzip -1 > bomb.gz; gzip -c bomb.gz > twice.gz; printf '\\x1f\\x8b\\x08' > a.gz; "
        "printf 'PK\\x03\\x04' > b.zip; printf 'BZh9' > c.bz2; (printf 'PK\\x03\\x04'; seq 40) > d.zip",
    )
    assert all(each.content == () for each in found(files).values())


def test_a_file_that_is_gone_or_shut_holds_nothing() -> None:
    def refuse() -> BinaryIO:
        raise PermissionError("Permission denied")

    gone = {("alpha", "/srv/w.1"): (Entry(WHOLE), refuse), ("alpha", "/srv/w.2"): (Entry(WHOLE), refuse)}
    assert all(each.content == () and not each.sealed for each in ORIGINALS.find(gone).values())


def by_shell_or_skip(folder: Path, command: str) -> dict[File, bytes]:
    """What a command leaves; the test is passed over where a tool that it needs is missing."""
    for tool in ("xz", "zstd", "zip", "bzip2", "xxd", "openssl", "cpio", "perl", "base64"):
        if tool in command.split() and shutil.which(tool) is None:
            pytest.skip(f"needs {tool}")
    return by_shell(folder, command)
