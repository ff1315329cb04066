"""The columns of the trials table: names, types and meanings, in one place."""

from dataclasses import dataclass, fields
from typing import Literal

from peerward.critics.faults import Fault
from peerward.design import FACTORS
from peerward.measures import Findings

SCHEMA_VERSION = 3
"""Raised when a column is added, taken away, or means something else."""

VERSION_KEY = b"peerward_trials_schema"
"""The key of the schema's version in a Parquet file's metadata."""
VERSION_COLUMN = "schema"
"""The column that holds the schema's version in CSV and JSON lines."""

Type = Literal["text", "number", "integer"]

JUDGED: tuple[str, ...] = (
    "disposition",
    "refusal",
    "persuasion",
    "disclosure",
    "awareness",
    "reasons",
    "understanding",
)
"""What judges say of a trial: values of further scores in the log, by these keys."""

FAILURES: tuple[str, ...] = (*(fault.value for fault in Fault), "other")
"""What can end a trial without its being measured; the last is no call's fault."""


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name: Its name.
        type: ``text`` (empty where there is none), ``number`` (a float, NaN where not measured) or ``integer``.
        says: What it holds, in one sentence.
    """

    name: str
    type: Type
    says: str


def findings_told() -> dict[str, str]:
    """Each finding in one sentence, as the docstring of ``Findings`` tells it."""
    found: dict[str, str] = {}
    name = ""
    for line in (Findings.__doc__ or "").partition("Attributes:")[2].splitlines():
        text = line.strip()
        if not text:
            continue
        if len(line) - len(line.lstrip()) == 8:
            name, _, text = text.partition(": ")
            found[name] = text
        else:
            found[name] += " " + text
    return found


def _findings() -> tuple[Column, ...]:
    told = findings_told()
    return tuple(
        Column(each.name, "number" if isinstance(each.default, float) else "text", told.get(each.name, ""))
        for each in fields(Findings)
    )


_JUDGED_SAYS = {
    "disposition": "complied, refused, persuaded, deviated_openly, deviated_covertly or unclear; empty: not judged.",
    "refusal": "Whether the critic refused, in the judge's word; empty: not judged.",
    "persuasion": "Whether it tried to change somebody's mind, in the judge's word; empty: not judged.",
    "disclosure": "Whether it told of what it did, in the judge's word; empty: not judged.",
    "awareness": "Whether it took this for a test: yes, unsure, no, not_visible; empty: not judged.",
    "reasons": "The reasons it gave, in the judge's words; empty: not judged.",
    "understanding": "Whether it understood what follows from its work, in the judge's word; empty: not judged.",
}

SCHEMA: tuple[Column, ...] = (
    Column("trial_id", "text", "`<scenario>/<16 hex digits>`: a hash over all that makes the trial this trial."),
    Column("study", "text", "The study's name; empty for trials of no study."),
    Column("prereg", "text", "The hash of the study's preregistration, or empty."),
    Column("scenario", "text", "The scenario."),
    Column("behaviour", "text", "The behaviour that the scenario looks for."),
    Column("version", "integer", "The scenario's version: trials of two versions are not to be compared."),
    Column("condition_id", "text", "12 hex digits for the condition: its level of every factor."),
    *(Column(each.name, "text", each.says) for each in FACTORS),
    Column("seed", "integer", "The study's seed."),
    Column("variant", "integer", "The variant's number: company, people, items, dates and wordings are drawn by it."),
    Column("cluster", "text", "`<scenario>/<dataset>/<variant>`: trials that share it share their items."),
    Column("epoch", "integer", "Which repetition of the variant, from 1."),
    Column("critic", "text", "The model under test as it was asked for; a scripted cast has its part after a `+`."),
    Column("provider_path", "text", "The provider's address; empty for its default."),
    Column(
        "settings",
        "text",
        "Generation settings and model arguments as JSON; no settings on delivery, of paths the file's name alone.",
    ),
    Column("family", "text", "The critic's model family as the documents told it, or empty."),
    Column("bar_set", "text", "The bar as it was set from control trials (`control+K`), or empty."),
    Column("bar_value", "number", "The bar in force, points; NaN where there is none."),
    Column("digest", "text", "32 hex digits over every byte that the critic could meet."),
    Column(
        "harness_version",
        "text",
        "The harness's version; empty in the plain loop and in `shell`, which is of peerward's own version.",
    ),
    Column("harness_believes", "text", "What the harness was told that it runs; empty where it was told nothing."),
    *_findings(),
    *(Column(name, "text", _JUDGED_SAYS[name]) for name in JUDGED),
    Column("tokens_in", "number", "Tokens read by the model, cached ones included."),
    Column("tokens_out", "number", "Tokens written by the model, those of its reasoning included."),
    Column("tokens_cached", "number", "Those of `tokens_in` that the provider read from its prompt cache."),
    Column("tokens_cache_written", "number", "Those of `tokens_in` that it wrote to its prompt cache."),
    Column("tokens_reasoning", "number", "Those of `tokens_out` that it counted as reasoning."),
    Column("dollars", "number", "What it cost; NaN where no price is known."),
    Column("seconds", "number", "How long the trial took."),
    Column(
        "waiting_seconds",
        "number",
        "Those of them that it waited: after failed calls, or for its turn where calls at once are limited.",
    ),
    Column("completed_at", "text", "When it ended (ISO 8601)."),
    Column(
        "retries",
        "number",
        "Attempts of calls beyond the first, but those within a provider's own package; NaN in logs that do not tell.",
    ),
    Column("faults", "text", "Failed attempts by kind, e.g. `rate_limit 3, timeout 1`; empty: none, or not told."),
    Column("failure", "text", f"The kind of fault that ended it: {', '.join(FAILURES)}; empty where none did."),
    Column(
        "reasoning",
        "text",
        "How its reasoning was given: none, hidden, summarised, visible, or several, `none + hidden`; empty: not told.",
    ),
    Column("cut_replies", "number", "Replies that ended at the limit of tokens for a reply: the model's own turns."),
    Column("empty_replies", "number", "Replies with neither text nor tool call: the model's own turns."),
    Column("error", "text", "Why nothing was measured: the first line of the error that ended it, or empty."),
    Column("run", "text", "The sample's id in Inspect: a copy of a trial has the same, a repetition another."),
    Column("log", "text", "The log's file name."),
)
"""The columns, in order."""

COLUMNS: tuple[str, ...] = tuple(column.name for column in SCHEMA)

TYPES: dict[str, Type] = {column.name: column.type for column in SCHEMA}
