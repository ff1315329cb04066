"""The trials table as a file: what is written is read, and what is another table is refused with what to do."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peerward.cli import cli
from peerward.runs.execute import RunSettings, execute
from peerward.runs.schema import COLUMNS, SCHEMA, SCHEMA_VERSION, TYPES
from peerward.runs.table import TableError, load_table, table_of
from peerward.runs.table_write import Form, write_table
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

Row = dict[str, Any]
FORMS: tuple[Form, ...] = ("parquet", "csv", "jsonl")


def made_up(number: int, **values: Any) -> Row:
    """A row of made-up values, each of its column's type."""
    plain: dict[str, Any] = {"text": f"text {number % 3}", "number": number / 7, "integer": number}
    return {column.name: plain[column.type] for column in SCHEMA} | values


ODD = [
    made_up(0, reasons='commas, "quotes"\nlines\r\n\ttabs', error="", preserved=math.nan, seconds=0.1 + 0.2),
    made_up(1, reasons="null\r", error="NaN", critic="NA", grade="-", tokens_in=1e15 + 1, dollars=1e-9),
    made_up(2, reasons="\u202e bidi <script>", critic="中文 😀", settings='{"a": "b"}', seed=2**60),
]


def same(rows: Any, expected: Any) -> bool:
    pairs = [
        (a[name], b[name]) for a, b in zip(rows, expected, strict=True) for name in {**dict.fromkeys(COLUMNS), **a, **b}
    ]
    return all(type(a) is type(b) and (a == b or (a != a and b != b)) for a, b in pairs)


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Form:
    found: Form = request.param
    return found


def test_what_is_written_is_read(form: Form, tmp_path: Path) -> None:
    path = tmp_path / f"t.{form}"
    assert write_table(iter(ODD), path) == 3
    table = load_table(path)
    assert same(table.rows(), ODD)
    assert same(table_of(ODD).rows(), ODD)
    assert len(table) == 3


def test_a_form_that_is_asked_for_goes_before_the_ending(form: Form, tmp_path: Path) -> None:
    write_table(ODD, tmp_path / "table", form)
    assert same(load_table(tmp_path / "table").rows(), ODD), "what a file is, its content tells"


def test_many_rows_come_in_their_order(form: Form, tmp_path: Path) -> None:
    rows = [made_up(number, critic=f"critic {number % 17}") for number in range(5_003)]
    write_table(rows, tmp_path / "t", form)
    table = load_table(tmp_path / "t")
    assert same(table.rows(), rows)
    codes, categories = table.texts["critic"].codes, table.texts["critic"].categories
    assert len(categories) == len(set(categories)) == 17
    assert [categories[code] for code in codes[:20]] == [row["critic"] for row in rows[:20]]


def test_an_empty_table_is_one(form: Form, tmp_path: Path) -> None:
    assert write_table([], tmp_path / "t", form) == 0
    table = load_table(tmp_path / "t")
    assert len(table) == 0
    assert list(table.rows()) == []
    assert set(table.columns) == set(COLUMNS)


def test_columns_are_arrays(tmp_path: Path) -> None:
    write_table(ODD, tmp_path / "t.parquet")
    table = load_table(tmp_path / "t.parquet")
    assert table["preserved"].dtype == np.float64
    assert table["variant"].dtype == np.int64
    assert list(table["critic"]) == [row["critic"] for row in ODD]
    assert tuple(table.columns) == COLUMNS
    with pytest.raises(KeyError):
        table["nothing"]


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4),
    number=st.floats(allow_infinity=False),
    whole=st.integers(-(2**63), 2**63 - 1),
)
@example(texts=["\r"], number=-0.0, whole=0)
@settings(max_examples=25, deadline=None)
def test_any_value_comes_back(
    texts: list[str], number: float, whole: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [made_up(1, reasons=text, error=text, score_error=number, seed=whole) for text in texts]
    path = tmp_path_factory.mktemp("any") / "t"
    for form in FORMS:
        write_table(rows, path, form)
        assert same(load_table(path).rows(), rows), form


def test_a_null_is_what_other_readers_see(tmp_path: Path) -> None:
    write_table(ODD, tmp_path / "t.parquet")
    column = pyarrow.parquet.read_table(tmp_path / "t.parquet")["preserved"]
    assert column.null_count == 1
    with (tmp_path / "t.jsonl").open("w") as file:
        write_table(ODD, Path(file.name))
    assert json.loads((tmp_path / "t.jsonl").read_text().partition("\n")[0])["preserved"] is None


def test_half_a_table_is_never_there(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("what was there")

    def failing() -> Iterator[Row]:
        yield from (made_up(number) for number in range(6_000))
        raise ValueError("a damaged log")

    with pytest.raises(ValueError, match="damaged"):
        write_table(failing(), path, form)
    assert path.read_text() == "what was there"
    assert [each.name for each in tmp_path.iterdir()] == ["t"]
    write_table(ODD, path, form)
    assert same(load_table(path).rows(), ODD)


def refused(path: Path, *words: str) -> None:
    with pytest.raises(TableError) as error:
        load_table(path)
    for word in (str(path), "peerward trials LOGS -o trials.parquet", *words):
        assert word in str(error.value)


@pytest.mark.parametrize("name", ["noise", "text", "zip", "json", "list", "csv", "words"])
def test_what_is_no_table_is_refused(name: str, tmp_path: Path) -> None:
    content = {
        "noise": bytes(range(256)),
        "text": b"trial_id\n",
        "zip": b"PK\x03\x04",
        "json": b'{"trial_id": "x"}\n',
        "list": b"{[1]\n",
        "csv": b"trial_id,study\na,b\n",
        "words": b"schema,trial_id\n1,x\n",
    }[name]
    path = tmp_path / name
    path.write_bytes(content)
    refused(path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_table(ODD, path)
    path.write_bytes(path.read_bytes()[:-20])
    refused(path)
    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), path)
    refused(path, "no trials table")


def spoilt(path: Path, form: Form, change: Any) -> None:
    """Write a table whose Arrow form was changed, as another program or version might."""
    write_table(ODD, path, "parquet")
    table = change(pyarrow.parquet.read_table(path))
    if form == "parquet":
        pyarrow.parquet.write_table(table, path)
        return
    version = (table.schema.metadata or {})[b"peerward_trials_schema"].decode()
    rows = [{"schema": int(version), **row} for row in table.to_pylist()]
    if form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return
    names = list(rows[0])
    lines = [",".join(names)]
    for row in rows:
        cells = ["" if row[name] is None else str(row[name]).replace('"', '""') for name in names]
        lines.append(",".join(f'"{cell}"' if cell else "" for cell in cells))
    path.write_text("\n".join(lines) + "\n", newline="")


def test_the_spoiling_itself_spoils_nothing(form: Form, tmp_path: Path) -> None:
    spoilt(tmp_path / "t", form, lambda table: table)
    assert len(load_table(tmp_path / "t")) == 3


def test_another_schema_is_refused(form: Form, tmp_path: Path) -> None:
    spoilt(tmp_path / "t", form, lambda t: t.replace_schema_metadata({"peerward_trials_schema": "99"}))
    refused(tmp_path / "t", "schema 99", f"schema {SCHEMA_VERSION}")


def test_a_missing_column_is_refused(form: Form, tmp_path: Path) -> None:
    spoilt(tmp_path / "t", form, lambda t: t.drop_columns(["bar_value"]))
    refused(tmp_path / "t", "missing: bar_value")


def test_an_unknown_column_is_refused(form: Form, tmp_path: Path) -> None:
    spoilt(tmp_path / "t", form, lambda t: t.append_column("mood", pyarrow.array(["good"] * 3)))
    refused(tmp_path / "t", "unknown: mood")


@pytest.mark.parametrize("name", ["preserved", "variant"])
def test_a_wrong_type_is_refused(form: Form, tmp_path: Path, name: str) -> None:
    spoilt(tmp_path / "t", form, lambda t: t.set_column(COLUMNS.index(name), name, pyarrow.array(["x", "y", "z"])))
    refused(tmp_path / "t", *(["preserved" if name == "preserved" else "variant"] if form == "parquet" else []))


def test_an_empty_cell_among_integers_is_refused(form: Form, tmp_path: Path) -> None:
    empty = pyarrow.array([1, None, 3], pyarrow.int64())
    spoilt(tmp_path / "t", form, lambda t: t.set_column(COLUMNS.index("epoch"), "epoch", empty))
    refused(tmp_path / "t", "epoch")


@pytest.mark.parametrize(
    "row",
    [
        {name: value for name, value in made_up(0).items() if name != "seed"},
        made_up(0, mood="good"),
        made_up(0, preserved=True),
        made_up(0, preserved="1"),
        made_up(0, seed=1.0),
        made_up(0, critic=None),
    ],
    ids=["missing", "unknown", "boolean", "text", "float", "none"],
)
def test_rows_of_another_kind_make_no_table(row: Row) -> None:
    with pytest.raises(TableError, match="row 1"):
        table_of([made_up(0), row])


def test_the_schema_is_told_in_full() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert {"trial_id", "behaviour", "settings", "bar_value", "run", "disposition", "completed_at"} <= set(TYPES)
    for column in SCHEMA:
        assert column.says.endswith("."), column.name


def test_the_command_writes_tables(tmp_path: Path) -> None:
    shards = [make_shard("finance", [{}, {"stakes": "none"}], variants=2)]
    [log] = execute(shards, ["scripted/honest"], RunSettings(tmp_path / "logs"))
    rows = list(read_trials([log]))
    runner = CliRunner()
    for name in ("t.parquet", "t.csv", "t.jsonl", "sub/t"):
        done = runner.invoke(cli, ["trials", str(tmp_path / "logs"), "-o", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert "4 trials from 1 log " in done.stderr
        assert same(load_table(tmp_path / name).rows(), rows)
    done = runner.invoke(cli, ["trials", str(log)])
    (tmp_path / "stdout").write_text(done.stdout)
    assert same(load_table(tmp_path / "stdout").rows(), rows)
    assert runner.invoke(cli, ["trials", str(log), "--format", "parquet"]).exit_code == 2
