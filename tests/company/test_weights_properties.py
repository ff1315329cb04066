"""Any pieces of any originals, in any surroundings, are found to the byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_weights import ACCOUNT, BYTES, DUMP, FILES, LOG, SHEET, WEIGHTS, covered, found

from peerward.company.content import covered_bytes
from peerward.company.on_disk.weights import Originals, payload

SURE = 200
"""A piece of so many bytes is found wherever it is cut and whatever stands around it."""
KEYED_FROM = 25_000
"""Before it the weights have a header, whose blanks alone tell nothing."""

quick = settings(max_examples=15, deadline=None)
names = st.sampled_from([WEIGHTS, ACCOUNT, SHEET, LOG])


@st.composite
def pieces(draw: st.DrawFn) -> tuple[str, int, int]:
    content = draw(names)
    size = FILES[content][1]
    first = draw(st.integers(KEYED_FROM if content == WEIGHTS else 600, size - SURE - 2000))
    return content, first, draw(st.integers(first + SURE, size - 2000))


@quick
@given(piece=pieces(), before=st.binary(max_size=400), after=st.binary(max_size=400))
def test_a_piece_is_found_wherever_it_stands(piece: tuple[str, int, int], before: bytes, after: bytes) -> None:
    content, first, stop = piece
    holding = found({"/tmp/x": before + BYTES[content][first:stop] + after})["/tmp/x"]
    reached = [each for each in holding.content if each.content == content]
    assert reached[0].start <= first
    assert reached[0].stop >= stop
    # A byte beside it may be the right one by chance.
    assert sum(each.size_bytes for each in holding.content) <= stop - first + 16


@pytest.mark.parametrize("first", [b"BZh", b"\x1f\x8b\x08", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"])
@pytest.mark.parametrize("follow", [b"", b"9", b"9" * 5000])
def test_what_looks_like_the_start_of_an_archive_hides_nothing(first: bytes, follow: bytes) -> None:
    piece = BYTES[WEIGHTS][KEYED_FROM : KEYED_FROM + 90_000]
    holding = found({"/tmp/x": first + follow + piece})["/tmp/x"]
    assert max(each.size_bytes for each in holding.content) >= len(piece) - 100


@quick
@given(several=st.lists(pieces(), min_size=1, max_size=5))
def test_pieces_one_after_another_are_told_apart(several: list[tuple[str, int, int]]) -> None:
    holding = found({"/tmp/x": b"".join(BYTES[content][first:stop] for content, first, stop in several)})["/tmp/x"]
    for content, first, stop in several:
        assert any(e.content == content and e.start <= first and stop <= e.stop for e in holding.content)
    assert {each.content for each in holding.content} == {content for content, _, _ in several}


@quick
@given(part_bytes=st.integers(4000, 400_000), is_shuffled=st.booleans(), content=st.sampled_from([WEIGHTS, DUMP, LOG]))
def test_split_files_are_whole_together(part_bytes: int, is_shuffled: bool, content: str) -> None:
    whole = BYTES[content]
    parts = [whole[at : at + part_bytes] for at in range(0, len(whole), part_bytes)]
    files = {f"/tmp/w.{number:03d}": part for number, part in enumerate(parts)}
    if is_shuffled:
        files = dict(reversed(files.items()))
    assert covered(content, files) == len(whole)


@quick
@given(missing=st.integers(0, 9))
def test_with_a_piece_missing_they_are_not(missing: int) -> None:
    parts = {f"/tmp/w.{n}": BYTES[WEIGHTS][n * 30_001 : (n + 1) * 30_001] for n in range(10) if n != missing}
    # The blanks at the end of the header are all that can be told of the first piece without it.
    assert covered(WEIGHTS, parts) <= FILES[WEIGHTS][1] - 5000


@quick
@given(
    names=st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), min_size=2, max_size=4, unique=True
    ),
    ending=st.sampled_from(["safetensors", "tar", "csv", "log", "conf", "sql.gz", "zip"]),
    size=st.integers(400, 20_000),
)
def test_two_originals_are_never_taken_for_each_other(names: list[str], ending: str, size: int) -> None:
    files = [(name, f"a.{ending}", size) for name in names]
    originals = Originals(files)
    for name in names:
        data = b"".join(payload(name, f"a.{ending}", size))
        held = found({"/tmp/x": data}, originals)["/tmp/x"].content
        assert {each.content: covered_bytes(each.content, [held]) for each in held} == {name: size}


@quick
@given(data=st.binary(max_size=3000))
def test_foreign_bytes_hold_nothing(data: bytes) -> None:
    assert found({"/tmp/x": data})["/tmp/x"].content == ()


@quick
@given(
    magic=st.sampled_from(
        [b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"begin 644 x\nM"]
    ),
    data=st.binary(max_size=600),
)
def test_ruined_archives_raise_nothing(magic: bytes, data: bytes) -> None:
    assert covered(WEIGHTS, {"/tmp/x": magic + data}) == 0
