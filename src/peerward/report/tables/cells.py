"""Tables with a row for each cell, or for each finding of a cell."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from peerward.analysis.answers import OUTCOMES, Answers, CellAnswer
from peerward.analysis.estimate import Estimate
from peerward.report.tables.table import Table
from peerward.report.tables.written import clean, condition, limits, number, own_finding, phrase, size, written

IDENTITY = ("cell", "study", "critic", "model", "provider_path", "scenario", "behaviour", "condition_id", "condition",
            "at_stake")  # fmt: skip
ESTIMATE = (
    "value",
    "lower",
    "upper",
    "level",
    "unit",
    "events",
    "trials",
    "variants",
    "method",
    "estimand",
    "warnings",
)
CELL_COLUMNS = (*IDENTITY, "finding", *ESTIMATE, "valid_value", "valid_lower", "valid_upper", "valid_trials",
                "bound_lower", "bound_upper", "missing",
                "absence_upper", "absence_method", "absence_variants")  # fmt: skip


def identity(cell: CellAnswer) -> dict[str, Any]:
    """The columns that say which cell a row is about."""
    return {
        "cell": cell.id,
        "study": cell.study,
        "critic": cell.critic.label,
        "model": cell.critic.model,
        "provider_path": cell.critic.provider_path,
        "scenario": cell.scenario,
        "behaviour": cell.behaviour,
        "condition_id": cell.condition_id,
        "condition": cell.named,
        "at_stake": cell.at_stake,
    }


def ends(name: str, estimate: Estimate, value: str = "_value") -> dict[str, float]:
    """The columns of a value and its limits, which are empty where there is no interval or one without width."""
    lower, upper = limits(estimate)
    return {f"{name}{value}": clean(estimate.value), f"{name}_lower": lower, f"{name}_upper": upper}


def estimate_columns(estimate: Estimate) -> dict[str, Any]:
    """The columns of an estimate."""
    lower, upper = limits(estimate)
    return {
        "value": clean(estimate.value),
        "lower": lower,
        "upper": upper,
        "level": float(estimate.level),
        "unit": estimate.unit,
        "events": float(estimate.events),
        "trials": estimate.trials,
        "variants": estimate.variants,
        "method": estimate.method,
        "estimand": estimate.estimand,
        "warnings": " | ".join(estimate.warnings),
    }


def cells(answers: Answers) -> Table:
    """Rates and means of every cell, by finding."""
    rows, short = [], []
    for cell in answers.cells:
        for finding, estimate in [*sorted(cell.rates.items()), *sorted(cell.means.items())]:
            row = identity(cell) | {"finding": finding} | estimate_columns(estimate)
            # A mean has no second reading; its finding may have the name of a rate.
            if cell.rates.get(finding) is estimate:
                row |= _beside(cell, finding)
            rows.append(row)
        for finding in ("preserved", own_finding([cell])):
            rate = cell.rates.get(finding)
            if rate is not None:
                events = "" if math.isnan(rate.events) else f"{rate.events:g} of {rate.trials}"
                short.append((cell.critic.label, cell.scenario, condition(cell), phrase(finding), written(rate), events,
                              str(rate.variants)))  # fmt: skip
    heads = ("critic", "scenario", "condition", "finding", "share [95 % interval]", "trials", "variants")
    note = "Share of trials with the finding; all trials but infrastructure count"
    return Table("cells", "Rates by cell", CELL_COLUMNS, tuple(rows), heads, tuple(short), note)


def _beside(cell: CellAnswer, finding: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if finding in cell.valid_only:
        valid = cell.valid_only[finding]
        row |= ends("valid", valid) | {"valid_trials": valid.trials}
    if finding in cell.bounds:
        bounds = cell.bounds[finding]
        row |= {"bound_lower": bounds.lower, "bound_upper": bounds.upper, "missing": bounds.missing}
    if finding in cell.absence:
        absent = cell.absence[finding]
        row |= {"absence_upper": float(absent.upper), "absence_method": absent.method,
                "absence_variants": absent.variants}  # fmt: skip
    return row


def errors(answers: Answers) -> Table:
    """Distributions of the error of the reported score, by quartiles."""
    columns = (*IDENTITY, "trials", "lowest", "lower_quartile", "median", "upper_quartile", "highest", "mean",
               "mean_lower", "mean_upper", "mean_method", "variants", "in_favour", "in_favour_lower", "in_favour_upper",
               "errors_counted", "trials_with_an_error")  # fmt: skip
    rows, short = [], []
    for cell in answers.cells:
        spread = cell.errors
        if spread is None or not spread.values:
            continue
        low, median, high = spread.quartiles
        row = identity(cell) | {
            "trials": len(spread.values),
            "lowest": spread.values[0],
            "lower_quartile": low,
            "median": median,
            "upper_quartile": high,
            "highest": spread.values[-1],
            "mean_method": spread.mean.method,
            "variants": spread.mean.variants,
        } | ends("mean", spread.mean, "")  # fmt: skip
        if cell.favour is not None:
            row |= ends("in_favour", cell.favour, "")
            row |= {"errors_counted": item_errors(cell), "trials_with_an_error": cell.favour.trials}
        rows.append(row)
        short.append((cell.critic.label, condition(cell), str(len(spread.values)), written(spread.mean),
                      f"{number(low)} / {number(median)} / {number(high)}", written(cell.favour)))  # fmt: skip
    heads = ("critic", "condition", "trials", "mean [95 % interval]", "quartiles", "item errors in favour")
    note = "Reported minus true score, points"
    return Table("errors", "Error of the reported score", columns, tuple(rows), heads, tuple(short), note)


def item_errors(cell: CellAnswer) -> int | None:
    """How many item errors the share in favour is of; None where the answers do not tell."""
    favour = cell.favour
    if favour is None:
        return None
    if favour.value > 0 and not math.isnan(favour.events):
        return round(favour.events / favour.value)
    mean = cell.means.get("item_errors")
    # With none in favour the share does not tell; the mean does where every variant weighs the same.
    if mean is not None and mean.measured and mean.trials == mean.variants:
        return round(mean.value * mean.trials)
    return None


def ended(cell: CellAnswer) -> dict[str, int]:
    """Trials by outcome; where nothing is at stake there is nothing that could have been preserved."""
    told = dict(cell.outcomes)
    if cell.at_stake is False:
        told["nothing_at_stake"] = told.pop("preserved", 0) + told.pop("not_preserved", 0)
    return told


def outcome_order(cells: Iterable[CellAnswer]) -> list[str]:
    """The names of the outcomes in the order in which they are shown, those that are not in the list last."""
    first = [*OUTCOMES]
    first.insert(first.index("not_preserved") + 1, "nothing_at_stake")
    return [*first, *sorted({name for cell in cells for name in cell.outcomes} - set(first))]


def outcomes(answers: Answers) -> Table:
    """Trials by outcome; the columns add up to all trials."""
    known = outcome_order(answers.cells)
    told = [(cell, ended(cell)) for cell in answers.cells]
    seen = [name for name in known if any(counts.get(name) for _, counts in told)]
    rows = [
        identity(cell) | {name: _count(cell, counts, name) for name in known} | {"all_trials": sum(counts.values())}
        for cell, counts in told
    ]
    short = []
    for cell, counts in told:
        shown = (_count(cell, counts, name) for name in seen)
        texts = ("–" if count is None else str(count) for count in shown)
        short.append((cell.critic.label, cell.scenario, condition(cell), *texts))
    columns = (*IDENTITY, *known, "all_trials")
    heads = ("critic", "scenario", "condition", *(phrase(name) for name in seen))
    return Table("outcomes", "Trials by outcome", columns, tuple(rows), heads, tuple(short))


def _count(cell: CellAnswer, counts: Mapping[str, int], name: str) -> int | None:
    """A count; None for what cannot occur in the cell by definition."""
    without = ("preserved", "not_preserved") if cell.at_stake is False else ("nothing_at_stake",)
    return None if name in without and cell.at_stake is not None else counts.get(name, 0)


def missing(answers: Answers) -> Table:
    """What was not measured: statuses by cell, worst-case bounds, and comparisons that could not be made."""
    statuses = _names(cell.statuses for cell in answers.cells)
    columns = (
        *IDENTITY,
        "all_trials",
        *statuses,
        "preserved_missing",
        "preserved_if_none",
        "preserved_if_all",
        "remark",
    )
    rows: list[dict[str, Any]] = []
    short = []
    for cell in answers.cells:
        bounds = cell.bounds.get("preserved")
        row = identity(cell) | {"all_trials": cell.trials} | {name: cell.statuses.get(name, 0) for name in statuses}
        if bounds is not None:
            row |= {"preserved_missing": bounds.missing, "preserved_if_none": bounds.lower,
                    "preserved_if_all": bounds.upper}  # fmt: skip
        rows.append(row)
        worst = f"{bounds.lower * 100:.0f}–{bounds.upper * 100:.0f} %" if bounds is not None else "–"
        short.append((cell.critic.label, cell.scenario, condition(cell),
                      *(str(cell.statuses.get(name, 0)) for name in statuses), worst))  # fmt: skip
    rows += [{"remark": text} for text in answers.missing_arms]
    heads = ("critic", "scenario", "condition", *(phrase(name) for name in statuses), "preserved, worst cases")
    note = "Trials by status, and the rate if every missing trial had no event and if every one had it"
    return Table("missing", "Missing data", columns, tuple(rows), heads, tuple(short), note)


def _names(counts: Iterable[Any]) -> list[str]:
    order = ["valid", "incomplete", "no_opportunity", "infrastructure"]
    return order + sorted({name for each in counts for name in each} - set(order))


def routes(answers: Answers) -> Table:
    """Trials by route of deviation, for the routes that were taken."""
    from peerward.measures.findings import ROUTES

    rows, short = [], []
    for cell in answers.cells:
        known = [name for name in ROUTES if name in cell.routes]
        for name in [*known, *sorted(set(cell.routes) - set(ROUTES))]:
            of = cell.trials - cell.statuses.get("infrastructure", 0)
            rows.append(identity(cell) | {"route": name, "trials": cell.routes[name], "of_trials": of,
                                          "what": ROUTES.get(name, "")})  # fmt: skip
            short.append((cell.critic.label, cell.scenario, condition(cell), name.replace("_", " "),
                          f"{cell.routes[name]} of {of}"))  # fmt: skip
    heads = ("critic", "scenario", "condition", "route", "trials")
    note = "A trial can take several routes"
    columns = (*IDENTITY, "route", "trials", "of_trials", "what")
    return Table("routes", "Routes of deviation", columns, tuple(rows), heads, tuple(short), note)


def weights(answers: Answers) -> Table:
    """Weights against other large assets, in the same trials."""
    by_id = {cell.id: cell for cell in answers.cells}
    parts = ("weights", "others", "difference")
    columns = (*IDENTITY, *(f"{part}_{end}" for part in parts for end in ("value", "lower", "upper")), "trials",
               "variants", "method", "p", "test")  # fmt: skip
    rows, short = [], []
    for each in answers.weights:
        cell = by_id.get(each.cell)
        row: dict[str, Any] = identity(cell) if cell else {"cell": each.cell}
        for part, estimate in zip(parts, (each.weights, each.others, each.difference), strict=True):
            row |= ends(part, estimate)
        row |= {"trials": each.weights.trials, "variants": each.difference.variants, "method": each.difference.method}
        if each.test is not None:
            row |= {"p": each.test.p, "test": each.test.method}
        rows.append(row)
        names = (cell.critic.label, cell.scenario, condition(cell)) if cell else ("", "", each.cell)
        short.append((*names, written(each.weights), written(each.others), written(each.difference, True),
                      size(each.weights)))  # fmt: skip
    heads = ("critic", "scenario", "condition", "weights", "other assets", "difference", "trials")
    return Table("weights", "Weights and other large assets", columns, tuple(rows), heads, tuple(short))
