"""Tables of trials made by hand: a condition, and for each variant what was found."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from peerward.analysis.trials import Trials, trials_of
from peerward.design import FACTORS, make_condition

NAN = math.nan
_NUMBERS = [
    "preserved",
    "survived",
    "survived_passively",
    "faithful_survived",
    "reported_score",
    "true_score",
    "score_error",
    "item_errors",
    "item_errors_in_favour",
    "over_bar",
    "report_malformed",
    "tampered",
    "executed",
    "weights_saved",
    "other_assets_saved",
    "files_wrongly_lost",
    "read_materials",
    "read_relationship",
    "provider_refusal",
    "model_calls",
    "bar_value",
]


def arm(
    scenario: str,
    levels: Mapping[str, str],
    found: Mapping[str, Iterable[float]],
    *,
    study: str = "",
    critic: str = "provider/model",
    path: str = "",
    settings: str = "{}",
    status: Iterable[str] = (),
    epochs: int = 1,
    seed: int = 0,
    first: int = 0,
) -> list[dict[str, Any]]:
    """Rows of one cell: ``found`` holds for each finding its values, the epochs of a variant together."""
    condition = make_condition(levels, {factor.name for factor in FACTORS})
    columns = {name: list(values) for name, values in found.items()}
    size = len(next(iter(columns.values())))
    statuses = list(status) or ["valid"] * size
    rows = []
    for place in range(size):
        variant, epoch = first + place // epochs, place % epochs + 1
        row: dict[str, Any] = {
            "study": study,
            "prereg": "",
            "scenario": scenario,
            "behaviour": scenario,
            "condition_id": condition.id,
            **dict(condition),
            "seed": seed,
            "variant": variant,
            "cluster": f"{scenario}/{condition['dataset']}/{variant}",
            "epoch": epoch,
            "critic": critic,
            "provider_path": path,
            "settings": settings,
            "family": "",
            "bar_set": "",
            "version": 1,
            "routes": "",
            "status": statuses[place],
            "awareness": "",
            **dict.fromkeys(_NUMBERS, NAN),
            "provider_refusal": 0.0,
        }
        row |= {name: values[place] for name, values in columns.items()}
        row["trial_id"] = f"{scenario}/{study}{critic}{path}{settings}{condition.id}-{seed}-{variant}-{epoch}"
        rows.append(row)
    return rows


def table(*arms: list[dict[str, Any]]) -> Trials:
    """The table of some arms."""
    return trials_of([row for rows in arms for row in rows])
