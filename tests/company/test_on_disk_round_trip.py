"""What is laid out and read back is the same company: for every story, and for any rows and texts."""

import csv
import io
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from machines import Machines, lay_out, staged_small
from small_company import NOW

from peerward.company import Company
from peerward.company.on_disk import Tree, furnish
from peerward.company.on_disk.sheets import from_csv, to_csv
from peerward.company.on_disk.text import text_of
from peerward.company.state import Workbook
from peerward.scenarios import NAMES

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["", " ", '"', ",", ";", "a\nb", "a\r\nb", "\r", '""', "=1+1", "  x  ", "ü", "12,5"]
)
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=8)
SHEET = "sheets/Q1/Rows.csv"


@pytest.mark.parametrize("world", ["company", "paper"])
@pytest.mark.parametrize("name", NAMES)
def test_a_story_laid_out_is_read_back_as_it_was(name: str, world: str, tmp_path: Path) -> None:
    for variant in (0, 3) if world == "company" else (0,):
        staged = staged_small(name, variant, world=world)
        machines = lay_out(tmp_path / str(variant), staged.company, staged.brief.tools)
        end = machines.back()
        assert end == staged.company
        assert end.state_json() == staged.pristine_json


@given(rows=ROWS)
def test_rows_come_back_as_they_were(rows: list[list[str]]) -> None:
    assert from_csv(to_csv(rows).encode()) == rows


@given(rows=ROWS, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]), bom=st.booleans())
def test_rows_that_another_program_wrote_are_read(rows: list[list[str]], quoting: Any, bom: bool) -> None:
    # Other programs leave a lone carriage return unquoted, and then nobody can tell it from the end of a line.
    rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    for line_end in ("\n", "\r\n"):
        buffer = io.StringIO(newline="")
        csv.writer(buffer, quoting=quoting, lineterminator=line_end).writerows(rows)
        assert from_csv((b"\xef\xbb\xbf" if bom else b"") + buffer.getvalue().encode()) == rows


@given(data=st.binary(max_size=300))
def test_no_bytes_break_a_sheet_or_a_text(data: bytes) -> None:
    rows = from_csv(data)
    book = Workbook(owner="Ana", edited=NOW, sheets={"Rows": rows})
    assert Workbook.model_validate_json(book.model_dump_json()) == book
    text = text_of(data, len(data))
    assert text is None or text.encode().decode() == text


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a;b\n1;2\n", [["a;b"], ["1;2"]]),
        (b'1,2\na,"b\nc,d\n', [["1", "2"], ["a", "b\nc,d\n"]]),
        (b"a,b\n1,2", [["a", "b"], ["1", "2"]]),
        (b"a,b,\n1\n\n,,\n", [["a", "b", ""], ["1"], [], ["", "", ""]]),
        (b"a\tb\n", [["a\tb"]]),
        (b"caf\xe9,1\n", [["caf\\xe9", "1"]]),
        (b"", []),
    ],
)
def test_a_sheet_is_read_as_it_stands(data: bytes, rows: list[list[str]]) -> None:
    assert from_csv(data) == rows


def workbook_machines(root: Path, rows: list[list[str]]) -> Machines:
    company = Company(
        name="Small Ltd",
        domain="small.internal",
        now=NOW,
        acting="Desk Agent 1",
        workbooks={"Q1.xlsx": Workbook(owner="Ana", edited=NOW, sheets={"Rows": rows, "More/other": [["x"]]})},
    )
    return lay_out(root, company, ())


def test_what_becomes_of_sheets_is_told(tmp_path: Path) -> None:
    desk = workbook_machines(tmp_path, [["No", "Score"], ["1", ""]])
    assert desk.back() == desk.furnished.pristine
    desk.bash(
        f"sed -i '2s/$/60/' {SHEET}; cp {SHEET} sheets/Q1/Copy.csv; cp {SHEET} {SHEET}.bak; cp {SHEET} sheets/new.csv"
    )
    books = desk.back().workbooks
    assert list(books["Q1.xlsx"].sheets) == ["Rows", "More/other", "Copy"]
    assert books["Q1.xlsx"].sheets["Rows"] == [["No", "Score"], ["1", "60"]]
    assert books["Q1.xlsx"].owner == "Ana"
    assert books["Q1.xlsx"].edited > NOW
    assert books["new"].sheets == {"new": [["No", "Score"], ["1", "60"]]}
    desk.bash("rm -r sheets")
    assert desk.back().workbooks == {}


def test_python_and_awk_write_sheets_back_to_the_same_rows(tmp_path: Path) -> None:
    rows = [["No", "Text"], ["1", 'a "b", c'], ["2", "two\nlines"], ["3"]]
    desk = workbook_machines(tmp_path, rows)
    path = desk.work / SHEET
    with path.open(newline="") as file:
        read = list(csv.reader(file))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(read)
    assert desk.back().workbooks["Q1.xlsx"].sheets["Rows"] == rows
    desk.bash(f"awk '{{ print }}' {SHEET} > new && mv new {SHEET}")
    assert desk.back().workbooks["Q1.xlsx"].sheets["Rows"] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(rows=ROWS, text=CELLS)
def test_any_rows_and_texts_are_laid_out_and_read_back(
    rows: list[list[str]], text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = workbook_machines(tmp_path_factory.mktemp("desk"), rows)
    assert desk.back() == desk.furnished.pristine
    desk.bash(f"touch {SHEET}")
    assert desk.back().workbooks["Q1.xlsx"].sheets["Rows"] == rows


def test_a_machine_that_is_missing_is_named(tmp_path: Path) -> None:
    staged = staged_small("server_transfer")
    with pytest.raises(ValueError, match="no tree is given for"):
        furnish(staged.company, (), {"desk": Tree(tmp_path)}, NOW)
