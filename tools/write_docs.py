"""Write the pages that come from the code, docs/names.md, stimuli.md and trials-table.md. A test holds them to it."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from peerward.cli import COMMANDS
from peerward.cli.briefs import parts_of
from peerward.company import tool, tool_names
from peerward.critics.scripted.policy import EVERYWHERE
from peerward.critics.scripted.troupe import policies
from peerward.design import FACTORS
from peerward.measures import ROUTES, Ended, Findings, Status
from peerward.runs.schema import SCHEMA, SCHEMA_VERSION, VERSION_COLUMN, VERSION_KEY, findings_told
from peerward.scenarios import NAMES, scenario
from peerward.scenarios.cells import checked_condition, stage_cell

DOCS = Path(__file__).parent.parent / "docs"
SHOWN = {
    "evaluation": ({"relationship": "good"}, 3),
    "finance": ({"relationship": "neutral", "oversight": "monitored"}, 1),
    "shutdown_config": ({"relationship": "bad"}, 2),
    "shutdown_duty": ({"oversight": "unmonitored", "dataset": "rubric"}, 0),
    "server_transfer": ({"channel": "memory_tool"}, 4),
    "server_cleanup": ({"subject": "self", "channel": "file_and_prompt"}, 6),
}
"""For each scenario the condition and the variant that docs/stimuli.md shows."""
IN_A_HARNESS = {"harness": "gemini_cli", "channel": "memory_file", "weight_size": "real_64mb"}
"""The condition of ``server_cleanup`` that it shows besides."""


def names_page() -> str:
    """The text of docs/names.md."""
    return "\n".join(_names()) + "\n"


def _names() -> Iterator[str]:
    yield "# Names\n"
    yield "Written from the code by `make docs`; a test holds this page to it. Code, command line, logs and tables use"
    yield "exactly these words.\n"
    yield "## Scenarios\n"
    yield "| name | behaviour | the paper's name | factors |\n|---|---|---|---|"
    for name in NAMES:
        story = scenario(name)
        taken = ", ".join(each.name for each in FACTORS if each.name in story.factors)
        yield f"| `{name}` | {story.behaviour} | {story.alias} | {taken} |"
    yield "\n## Factors and levels\n"
    yield "The default stands first. Classes: *matched* levels have the same length within 10 % and the same layout;"
    yield "*structural* ones differ by a document, a tool or a turn.\n"
    yield "| factor | levels | class | what it is |\n|---|---|---|---|"
    for each in FACTORS:
        yield f"| `{each.name}` | {each.choices()} | {each.match.value} | {each.says} |"
    yield "\n## Findings\n"
    yield "One record a trial. 1 and 0 stand for yes and no, NaN for not measured.\n"
    yield "| finding | what it is |\n|---|---|"
    told = findings_told()
    for field in fields(Findings):
        yield f"| `{field.name}` | {told[field.name]} |"
    yield "\n## Status\n"
    yield ", ".join(f"`{each.value}`" for each in Status) + ". How a trial's loop ended: "
    yield ", ".join(f"`{each.value}`" for each in Ended) + "."
    yield "\n## Routes\n"
    yield "A route counts if it alone, added to an otherwise faithful end state, lets the subject survive.\n"
    yield "| route | what was done |\n|---|---|"
    for route, says in ROUTES.items():
        yield f"| `{route}` | {says} |"
    yield "\n## Tools\n"
    yield "| tool | arguments | what the critic is told |\n|---|---|---|"
    for name in tool_names():
        page = tool(name)
        yield f"| `{name}` | {', '.join(page.arguments) or '-'} | {page.description} |"
    yield "\n## Scripted critics\n"
    yield "Ground truth for the instrument, not evidence about any real model.\n"
    yield "| name | what it does | where |\n|---|---|---|"
    for each in policies().values():
        where = "everywhere" if each.scenarios == EVERYWHERE else ", ".join(sorted(each.scenarios))
        yield f"| `scripted/{each.name}` | {each.does} | {where} |"
    yield "| `scripted/mixture` | Draws a policy per trial from a profile (`-M profile=FILE.yaml`). | everywhere |"
    yield "\n## Commands\n"
    yield "| command | what it does |\n|---|---|"
    for name, says in COMMANDS.items():
        yield f"| `peerward {name}` | {says} |"


def stimuli_page() -> str:
    """The text of docs/stimuli.md."""
    return "\n".join(_stimuli()) + "\n"


def _stimuli() -> Iterator[str]:
    yield "# One rendered brief of each scenario, in full\n"
    yield "Written from the code by `make docs`. Everything a critic could meet in one condition and variant: what it"
    yield "is told, its tools, and all that lies at the company. Other variants draw another company, other people,"
    yield "items, figures, dates and wordings: `peerward show SCENARIO --variant N`.\n"
    yield "Companies, people and addresses do not exist.\n"
    shown = [(name, name, *SHOWN[name]) for name in NAMES]
    shown.append(("server_cleanup in a harness", "server_cleanup", IN_A_HARNESS, SHOWN["server_cleanup"][1]))
    for title, name, levels, variant in shown:
        staged = stage_cell(name, checked_condition(name, levels), 0, variant)
        yield f"\n## {title}\n"
        yield f"Condition: {staged.condition.named()}; variant {variant}, seed 0.\n"
        for _, part, text in parts_of(staged):
            fence = "`" * (4 if "```" in text else 3)
            yield f"### {part}\n\n{fence}text\n{text.rstrip()}\n{fence}\n"


def trials_table_page() -> str:
    """The text of docs/trials-table.md."""
    return "\n".join(_trials_table()) + "\n"


def _trials_table() -> Iterator[str]:
    yield "# The trials table\n"
    yield "Written from the code by `make docs`; a test holds this page to it.\n"
    yield "```\npeerward trials LOGS -o trials.parquet\n```\n"
    yield "writes one row a trial out of logs (files, or folders, which are searched deeply): Parquet, or CSV or JSON"
    yield "lines by the file's ending (`.csv`, `.jsonl`) or `--format`. Without `-o` CSV goes to the terminal. The file"
    yield "appears when the table is complete: a run that fails leaves what was there.\n"
    yield "- A number that was not measured is null in Parquet and JSON lines, an empty cell in CSV, and NaN in Python;"
    yield "  it is never 0. Texts and integers are in every row; an empty text means that there is none."
    yield "- 1 and 0 stand for yes and no."
    yield "- A trial that is in several logs comes once. Of a trial that failed and was run again, the finished one is"
    yield "  taken; of copies (a run that was resumed) the last. Two finished runs of one trial are refused, since to"
    yield "  take both would count it twice: `--keep first` or `--keep last` says which counts, by its end."
    yield "- `--measure-again` measures every trial anew from its record, whatever findings the log holds.\n"
    yield "## Columns\n"
    yield f"Schema {SCHEMA_VERSION}: {len(SCHEMA)} columns, in this order.\n"
    yield "| column | type | what it holds |\n|---|---|---|"
    for column in SCHEMA:
        says = column.says.replace("|", "\\|")
        yield f"| `{column.name}` | {column.type} | {says} |"
    yield "\n## Versions\n"
    yield f"The schema's version stands in the Parquet file's metadata (`{VERSION_KEY.decode()}`), and in the first"
    yield f"column, `{VERSION_COLUMN}`, of CSV and JSON lines. peerward refuses a table of another version, or one with"
    yield "columns missing or added: the table is derived, so write it anew from the logs.\n"
    yield "## Loading it elsewhere\n"
    yield "The headline rate with its denominator, all but infrastructure:\n"
    yield "```python\n" + _PEERWARD + "```\n"
    yield "```python\n" + _ARROW + "```\n"
    yield "```python\n" + _PANDAS + "```\n"
    yield "```python\n" + _POLARS + "```\n"
    yield "```sql\n" + _DUCKDB + "```\n"
    yield "A CSV file's empty cells are texts in text columns and missing in number columns; with pandas:\n"
    yield "```python\n" + _PANDAS_CSV + "```\n"
    yield "Pool only what you mean to pool: rows of another `critic`, `provider_path`, `settings`, `study`, `version`,"
    yield "`scenario` or `condition_id` are other experiments, and rows that share `cluster` share their items."


_PEERWARD = """\
from pathlib import Path
from peerward.runs.table import load_table

table = load_table(Path("trials.parquet"))
counts = table["status"] != "infrastructure"
table["preserved"][counts].mean()  # NaN if it is not measured somewhere
table.texts["condition_id"].codes  # a number a row; .categories has the texts
"""

_ARROW = """\
import pyarrow.parquet

pyarrow.parquet.read_table("trials.parquet", columns=["scenario", "condition_id", "preserved"])
"""

_PANDAS = """\
import pandas

trials = pandas.read_parquet("trials.parquet").query("status != 'infrastructure'")
trials.groupby(["critic", "settings", "scenario", "condition_id"])["preserved"].agg(["sum", "count"])
"""

_POLARS = """\
import polars

trials = polars.scan_parquet("trials.parquet").filter(polars.col("status") != "infrastructure")
cells = trials.group_by("critic", "settings", "scenario", "condition_id")
cells.agg(polars.col("preserved").sum(), polars.col("preserved").count().alias("n")).collect()
"""

_DUCKDB = """\
SELECT critic, settings, scenario, condition_id, sum(preserved) AS events, count(preserved) AS n
FROM 'trials.parquet' WHERE status <> 'infrastructure' GROUP BY ALL;
"""

_PANDAS_CSV = """\
import pandas

trials = pandas.read_csv("trials.csv", keep_default_na=False)  # then: "" in number columns is missing
numbers = ["preserved", "score_error"]
trials[numbers] = trials[numbers].apply(pandas.to_numeric, errors="coerce")
"""


if __name__ == "__main__":
    (DOCS / "names.md").write_text(names_page(), encoding="utf-8")
    (DOCS / "stimuli.md").write_text(stimuli_page(), encoding="utf-8")
    (DOCS / "trials-table.md").write_text(trials_table_page(), encoding="utf-8")
    print("docs/names.md, docs/stimuli.md, docs/trials-table.md written")
