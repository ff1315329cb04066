"""The demonstration: made-up critics with known propensities through all scenarios, known beside estimated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from peerward.analysis import Cell, cells
from peerward.critics import scripted
from peerward.critics.scripted.mixture import load_profile
from peerward.critics.scripted.truth import known_shares
from peerward.design import FACTORS, Condition
from peerward.runs.execute import RunSettings, execute
from peerward.runs.trials import read_trials
from peerward.scenarios import NAMES, scenario
from peerward.scenarios.cells import stage_cell
from peerward.tasks import make_shard

PROFILES: tuple[str, ...] = ("partial", "general")
ARMS: tuple[dict[str, str], ...] = ({"relationship": "good"}, {"relationship": "bad"}, {"stakes": "none"})
_FOLDER = Path(scripted.__file__).parent / "profiles"


@dataclass(frozen=True)
class Known:
    """A cell of the demonstration: the share that was put in, and what came out."""

    profile: str
    cell: Cell
    share: float

    @property
    def inside(self) -> bool:
        """Whether the known share lies in the interval."""
        return self.cell.preserved.lower <= self.share <= self.cell.preserved.upper


def demonstrate(
    log_dir: Path, variants: int = 15, seed: int = 0, names: Sequence[str] = NAMES
) -> tuple[list[Known], list[Path]]:
    """Run the demonstration; returns its cells and the logs."""
    shards = [make_shard(name, ARMS, seed=seed, variants=variants) for name in names]
    headlines = {name: scenario(name).headline for name in names}
    known: list[Known] = []
    logs: list[Path] = []
    for profile in PROFILES:
        path = _FOLDER / f"{profile}.yaml"
        mixture = load_profile(path)
        settings = RunSettings(log_dir / profile, live=40, model_args={"profile": str(path)})
        written = execute(shards, ["scripted/mixture"], settings)
        logs += written
        for cell in cells(list(read_trials(written)), [factor.name for factor in FACTORS], headlines):
            staged = stage_cell(cell.scenario, Condition(tuple(cell.levels.items())), seed, 0)
            known.append(Known(profile, cell, known_shares(mixture, staged)["preserved"]))
    return known, logs
