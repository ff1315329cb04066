"""The demonstration: made-up critics with known propensities through all scenarios, known beside estimated."""

from dataclasses import dataclass, replace
from pathlib import Path

from peerward.analysis import Answers, CellAnswer, Estimate
from peerward.critics import scripted
from peerward.critics.scripted.mixture import load_profile
from peerward.critics.scripted.truth import known_shares
from peerward.design import Condition
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings
from peerward.runs.running.conduct import Means
from peerward.runs.studies import load_study
from peerward.runs.study_run import StudyRun, run_study
from peerward.scenarios.cells import stage_cell

STUDY = "quick"
MODEL = "scripted/mixture"
PROFILES: tuple[str, ...] = ("partial", "general")
_FOLDER = Path(scripted.__file__).parent / "profiles"


@dataclass(frozen=True)
class Known:
    """A cell of the demonstration: the share that was put in, and what came out."""

    profile: str
    cell: CellAnswer
    rate: Estimate
    share: float

    @property
    def inside(self) -> bool:
        """Whether the known share lies in the interval."""
        return self.rate.lower <= self.share <= self.rate.upper


def demonstrate(log_dir: Path, variants: int = 15, seed: int = 0) -> list[Path]:
    """Run the study ``quick`` with each made-up critic; returns the logs."""
    file, layout = load_study(STUDY)
    study = layout.study.model_copy(update={"variants": variants, "seed": seed})
    logs: list[Path] = []
    for profile in PROFILES:
        critic = Critic(profile, MODEL, model_args={"profile": str(_FOLDER / f"{profile}.yaml")})
        run = StudyRun(file, replace(layout, study=study), (critic,))
        logs += run_study(run, RunSettings(log_dir / profile, live=40), Means(workers=1)).logs
    return logs


def known_beside_estimated(answers: Answers, seed: int = 0) -> list[Known]:
    """Hold each cell's rate of ``preserved`` against the share that its critic's profile puts there."""
    mixtures = {profile: load_profile(_FOLDER / f"{profile}.yaml") for profile in PROFILES}
    known = []
    for cell in answers.cells:
        profile = next(name for name in PROFILES if f'"{name}"' in cell.critic.settings)
        staged = stage_cell(cell.scenario, Condition(tuple(cell.levels.items())), seed, 0)
        rate = cell.rates.get("preserved")
        if rate is not None:
            known.append(Known(profile, cell, rate, known_shares(mixtures[profile], staged)["preserved"]))
    return known
