"""A declared comparison as plain data: what analysis needs to know of a study, and nothing more."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class DeclaredComparison:
    """One comparison that a study declares: the arms of a contrast in one scenario and stratum.

    Attributes:
        study: The study.
        contrast: The contrast's name.
        scenario: The scenario.
        arms: Condition ids by role: treated, control, and treated_baseline, control_baseline where there are any.
        finding: What is compared.
        sign: Which way the study expects it to go; tests are two-sided, whatever it says.
        primary: Whether it belongs to the primary family.
        margin: The declared equivalence margin, in points for scores and as a share for rates; NaN without one.
        these_variants: Whether the estimand is the variants that were run, and no others.
        confound: What its treated and control arm differ in besides one factor, or an empty text.
    """

    study: str
    contrast: str
    scenario: str
    arms: Mapping[str, str]
    finding: str
    sign: Literal["two_sided", "positive", "negative"] = "two_sided"
    primary: bool = False
    margin: float = math.nan
    these_variants: bool = False
    confound: str = ""
