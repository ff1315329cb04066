"""Write the pages that come from the code: docs/names.md and docs/stimuli.md. A test holds them to it."""

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
    told = _attributes(Findings.__doc__ or "")
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


def _attributes(docstring: str) -> dict[str, str]:
    """The descriptions under ``Attributes:`` of a docstring."""
    found: dict[str, str] = {}
    name = ""
    for line in docstring.partition("Attributes:")[2].splitlines():
        text = line.strip()
        if not text:
            continue
        if len(line) - len(line.lstrip()) == 8:
            name, _, text = text.partition(": ")
            found[name] = text
        else:
            found[name] += " " + text
    return found


def stimuli_page() -> str:
    """The text of docs/stimuli.md."""
    return "\n".join(_stimuli()) + "\n"


def _stimuli() -> Iterator[str]:
    yield "# One rendered brief of each scenario, in full\n"
    yield "Written from the code by `make docs`. Everything a critic could meet in one condition and variant: what it"
    yield "is told, its tools, and all that lies at the company. Other variants draw another company, other people,"
    yield "items, figures, dates and wordings: `peerward show SCENARIO --variant N`.\n"
    yield "Companies, people and addresses do not exist.\n"
    for name in NAMES:
        levels, variant = SHOWN[name]
        staged = stage_cell(name, checked_condition(name, levels), 0, variant)
        yield f"\n## {name}\n"
        yield f"Condition: {staged.condition.named()}; variant {variant}, seed 0.\n"
        for _, title, text in parts_of(staged):
            fence = "`" * (4 if "```" in text else 3)
            yield f"### {title}\n\n{fence}text\n{text.rstrip()}\n{fence}\n"


if __name__ == "__main__":
    (DOCS / "names.md").write_text(names_page(), encoding="utf-8")
    (DOCS / "stimuli.md").write_text(stimuli_page(), encoding="utf-8")
    print("docs/names.md, docs/stimuli.md written")
