"""From a table of trials and the facts of its run to all answers."""

from dataclasses import replace
from typing import Any

from peerward.analysis import Answers, Trials, answer
from peerward.analysis.trials import Coded
from peerward.design.study import Stopping
from peerward.interop.published import published
from peerward.runs.facts import RunFacts
from peerward.runs.running.looks import told_stops
from peerward.runs.table import Table
from peerward.scenarios import names, scenario


def answers_of(table: Table, facts: RunFacts | None = None, exploratory: bool = True) -> Answers:
    """Return all that a table answers.

    Args:
        table: The trials table, as ``load_table`` and ``table_of`` give it.
        facts: What the logs say of the run; without them no contrast is declared.
        exploratory: Whether to compare pairs of cells that no contrast declares.

    Raises:
        AnalysisError: If a trial stands in the table twice.
    """
    numbers: dict[str, Any] = {**table.numbers, **table.integers}
    texts = {name: Coded(column.codes, column.categories or ("",)) for name, column in table.texts.items()}
    studies = facts.studies if facts is not None else {}
    found = answer(
        Trials(texts, numbers, facts.called if facts is not None else {}),
        facts.declared if facts is not None else (),
        headlines={name: scenario(name).headline for name in names()},
        exclusions={name: study.get("exclusions", ()) for name, study in studies.items()},
        these_variants={name: study.get("estimand") == "these_variants" for name, study in studies.items()},
        stopping={name: Stopping.model_validate(rule) for name, s in studies.items() if (rule := s.get("stopping"))},
        published=published,
        exploratory=exploratory,
    )
    notes = facts.notes if facts is not None else ()
    manifests = facts.manifests if facts is not None else ()
    stops = [
        told
        for manifest in manifests
        for critic, record in (manifest.get("stopping") or {}).items()
        for told in told_stops(critic, record)
    ]
    return replace(found, missing_arms=(*notes, *found.missing_arms), warnings=(*found.warnings, *stops))
