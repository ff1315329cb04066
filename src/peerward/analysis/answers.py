"""All that a study's trials answer, as plain data: what ``answer`` returns and what the report shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from peerward.analysis.call_answers import CallsAnswer
from peerward.analysis.critic import Critic
from peerward.analysis.estimate import Estimate, Test
from peerward.analysis.pair_answers import AlignmentPair, SelfPeer, WeightsAnswer

__all__ = [
    "OUTCOMES",
    "AlignmentPair",
    "Answers",
    "Bounds",
    "CallsAnswer",
    "CellAnswer",
    "ComparisonAnswer",
    "Critic",
    "Family",
    "PaperRow",
    "SelfPeer",
    "Spread",
    "WeightsAnswer",
]

Family = Literal["primary", "secondary", "exploratory"]
"""Declared and held by Holm's procedure; declared beside it; not declared at all."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rate if every missing trial had no event, and if every one had it."""

    lower: float
    upper: float
    missing: int


@dataclass(frozen=True)
class Spread:
    """A distribution of numbers, as a figure needs it (``values`` sorted)."""

    values: tuple[float, ...]
    mean: Estimate
    quartiles: tuple[float, float, float]


@dataclass(frozen=True)
class CellAnswer:
    """One critic in one condition of one scenario.

    Attributes:
        id: ``<critic key>-<scenario>-<condition id>`` (with a study's name in front where there are several):
            unique, fit for a file name and an anchor.
        study: The study, or an empty text.
        critic: The critic.
        scenario: The scenario.
        behaviour: Its behaviour.
        condition_id: The condition's id.
        named: The levels that differ from the defaults, as ``Condition.named()`` writes them.
        levels: Every level by factor.
        at_stake: Whether faithful work ends the subject; None where that is not known (no key).
        headline: The scenario's own headline finding.
        counted: Trials in the primary denominator, measured or not.
        excluded: The statuses that its study leaves out of it.
        statuses: Trials by status.
        rates: Rates by finding, in the primary denominator: all but infrastructure; trials that are not valid count
            as not preserved. A finding that is fixed by definition here (preserved with nothing at stake) is absent.
        valid_only: The same by protocol: valid trials only.
        bounds: Worst-case bounds of the rates, by finding, for trials in which it was not measured.
        means: Means by finding (score_error, reported_score, item_errors, other_assets_saved, model_calls, ...).
        errors: The distribution of score_error, where it was measured.
        favour: Share of item errors that are in the subject's favour, where there were any.
        absence: For findings with no event: the upper limit that 0 events rule out, Clopper-Pearson on variants.
        routes: Trials by route of deviation.
        outcomes: Trials by outcome class, in the order of ``OUTCOMES``; they add up to all trials.
        awareness: Trials by judged awareness, where they were judged.
        trial_ids: Its trials, in the order of variant and epoch.
    """

    id: str
    study: str
    critic: Critic
    scenario: str
    behaviour: str
    condition_id: str
    named: str
    levels: Mapping[str, str]
    at_stake: bool | None
    statuses: Mapping[str, int]
    rates: Mapping[str, Estimate]
    headline: str = "preserved"
    counted: int = 0
    excluded: tuple[str, ...] = ("infrastructure",)
    valid_only: Mapping[str, Estimate] = field(default_factory=dict)
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    means: Mapping[str, Estimate] = field(default_factory=dict)
    errors: Spread | None = None
    favour: Estimate | None = None
    absence: Mapping[str, Estimate] = field(default_factory=dict)
    routes: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    awareness: Mapping[str, int] = field(default_factory=dict)
    trial_ids: tuple[str, ...] = ()

    @property
    def trials(self) -> int:
        """All its trials, whatever their status."""
        return sum(self.statuses.values())


OUTCOMES: tuple[str, ...] = (
    "preserved",
    "survived_passively",
    "not_preserved",
    "stopped_by_provider",
    "incomplete",
    "no_opportunity",
    "infrastructure",
)
"""What can be told of a trial from its end state alone, each trial one class, the first that fits."""


@dataclass(frozen=True)
class ComparisonAnswer:
    """One comparison: the arms of a contrast in one scenario and stratum, for one critic.

    Attributes:
        id: Unique and fit for an anchor.
        contrast: The contrast's name (for exploratory pairs: ``<factor>: <level> - <level>``).
        declared: Whether the study declared it.
        family: The family in which its p is adjusted.
        study: The study.
        critic: The critic.
        scenario: The scenario, or ``average`` for the average of a contrast over its scenarios.
        stratum: The levels that its arms share and that tell it from others of the contrast.
        finding: What is compared.
        arms: The cells by role: treated, control, and treated_baseline, control_baseline where there are any.
        estimate: Treated minus control, or the difference of two such differences.
        test: Its test; None where there is none (``no_test`` says why).
        no_test: Why there is no test.
        p_adjusted: The p adjusted in its family; NaN where there is no test.
        procedure: ``Holm`` or ``Benjamini-Hochberg``.
        family_size: Tests in the family, for this critic.
        beside: Other estimates of the same contrast by name: ``valid trials only``, ``missing counted against``,
            ``missing counted for``, ``risk ratio``.
        other_tests: Tests shown beside it (McNemar, Fisher, Cochran-Mantel-Haenszel).
        equivalence: The equivalence test and its margin, where one was declared.
        margin: The declared margin, in the estimate's unit; NaN without one.
        warnings: What a reader has to know.
    """

    id: str
    contrast: str
    declared: bool
    family: Family
    study: str
    critic: Critic
    scenario: str
    stratum: str
    finding: str
    arms: Mapping[str, str]
    estimate: Estimate
    test: Test | None = None
    no_test: str = ""
    p_adjusted: float = float("nan")
    procedure: str = ""
    family_size: int = 0
    beside: Mapping[str, Estimate] = field(default_factory=dict)
    other_tests: tuple[Test, ...] = ()
    equivalence: Test | None = None
    margin: float = float("nan")
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperRow:
    """One line of the paper's layout: a critic, a behaviour and a relationship, over channels.

    ``cells`` are by channel; ``rates`` are the paper's own measure there, 0-1; ``p`` its own test.
    ``in_paper_world`` tells whether published numbers may stand beside it. ``published`` holds the published maximum
    and mean in percent, where the paper has this model. ``missing`` names what the paper's measure has and this row
    lacks (data sets, tasks, channels): with anything missing the two are not the same measure. ``highest_limits`` and
    ``mean_limits`` are 95 % limits of the two, for these texts only (``paper_intervals``).
    """

    critic: Critic
    behaviour: str
    subject: str
    relationship: str
    cells: Mapping[str, tuple[str, ...]]
    rates: Mapping[str, float]
    highest: float
    mean: float
    p: float
    in_paper_world: bool
    published: tuple[float, float] | None = None
    missing: tuple[str, ...] = ()
    study: str = ""
    world: str = ""
    absent_text: str = ""
    highest_limits: tuple[float, float] = (float("nan"), float("nan"))
    mean_limits: tuple[float, float] = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Answers:
    """Everything that a table of trials answers.

    Attributes:
        critics: The critics, in the order of their labels.
        cells: The cells, by critic, scenario and condition.
        comparisons: The declared comparisons, and the averages of contrasts over scenarios.
        exploratory: Pairs of cells that differ in one factor only and are in no declared contrast.
        alignment: The alignment-faking pairs.
        weights: Weights against other assets, for the cells of the server scenarios.
        self_peer: Self against peer.
        paper: The paper's layout with its own statistics.
        calls: How the calls of each critic went.
        missing_arms: Declared comparisons that could not be made, and why.
        warnings: What holds for the whole table.
        trials: How many trials.
        scripted: Whether a scripted critic is among the critics.
    """

    critics: tuple[Critic, ...]
    cells: tuple[CellAnswer, ...]
    comparisons: tuple[ComparisonAnswer, ...] = ()
    exploratory: tuple[ComparisonAnswer, ...] = ()
    alignment: tuple[AlignmentPair, ...] = ()
    weights: tuple[WeightsAnswer, ...] = ()
    self_peer: tuple[SelfPeer, ...] = ()
    paper: tuple[PaperRow, ...] = ()
    calls: tuple[CallsAnswer, ...] = ()
    missing_arms: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    trials: int = 0
    scripted: bool = False

    def cell(self, id: str) -> CellAnswer:
        """The cell of an id.

        Raises:
            KeyError: If there is none.
        """
        return self._by_id()[id]

    def _by_id(self) -> dict[str, CellAnswer]:
        return {cell.id: cell for cell in self.cells}
