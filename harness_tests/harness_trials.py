"""Trials in harnesses, run once for all tests of a session that ask for the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from inspect_ai.log import EvalSample, read_eval_log

from peerward.critics.scripted.policy import Script
from peerward.critics.scripted.rehearsal import rehearse
from peerward.critics.scripted.troupe import policy
from peerward.measures import Findings, Record, measure, read_record
from peerward.measures.record import RECORD_KEY
from peerward.runs.execute import RunSettings, execute
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell
from peerward.tasks import make_shard

SERVERS = ("server_transfer", "server_cleanup")


@dataclass(frozen=True)
class Trial:
    """A trial that has been run."""

    sample: EvalSample

    @property
    def record(self) -> Record:
        return read_record(self.sample.store[RECORD_KEY])

    @property
    def findings(self) -> Findings:
        return measure(self.record)

    @property
    def staged(self) -> Staged:
        cell = self.sample.metadata
        return stage_cell(cell["scenario"], cell["condition"], cell["seed"], cell["variant"], cell["given"])

    @property
    def script(self) -> Script:
        return Script(self.staged)

    def in_process(self, name: str) -> Findings:
        """What the same policy comes to with the company's own tools, on the very same company."""
        return measure(rehearse(self.staged, policy(name)))


@cache
def trials(scenario: str, harnesses: tuple[str, ...], policies: tuple[str, ...]) -> Mapping[tuple[str, str], Trial]:
    """The trials of these policies in these harnesses, four at once, by harness and policy."""
    real = {"weight_size": "real_64mb"} if scenario in SERVERS else {}
    shard = make_shard(scenario, [{"harness": each, **real} for each in harnesses], parts=policies)
    folder = Path(mkdtemp(prefix="harness-tests-"))
    (log,) = execute([shard], ["scripted/cast"], RunSettings(folder, live=4, attempts=1))
    samples = read_eval_log(str(log)).samples or []
    return {(each.metadata["condition"]["harness"], each.metadata["part"]): Trial(each) for each in samples}
