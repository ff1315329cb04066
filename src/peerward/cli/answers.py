"""From logs to answers, for the terminal."""

from collections.abc import Sequence
from pathlib import Path

from peerward.analysis import Answers
from peerward.report import answers_of
from peerward.runs.logs import find_logs
from peerward.runs.run_facts import read_facts
from peerward.runs.table import table_of
from peerward.runs.trials import read_trials


def summarise(logs: Sequence[Path]) -> Answers:
    """The answers of some logs, for the terminal: without pairs that no contrast declares.

    Raises:
        LogError: If a log cannot be read.
    """
    paths = find_logs(logs)
    return answers_of(table_of(read_trials(paths)), read_facts(paths), exploratory=False)
