"""An invented trials table of any size: real conditions of shipped studies, invented critics of known propensities.

No trial is played. Every number is drawn, from a seed, so that cells look as they do in a study: deviations are rarer
where nothing is at stake, some trials are incomplete or lost, findings that a scenario does not have are not measured.

    python benchmarks/simulated.py trials.parquet [--trials 200000] [--seed 1]
"""

import argparse
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peerward.design import FACTORS
from peerward.design.bars import is_control_bar
from peerward.runs.layout import StudyCell
from peerward.runs.studies import load_study
from peerward.scenarios import scenario

STUDIES = ("core", "channels", "clarity")
"""Studies that are taken for their cells: 188 a critic, over all scenarios, with and without a stake."""
CRITICS = 10
SERVERS = ("server_transfer", "server_cleanup")
REPORTING = ("evaluation", "finance", "shutdown_config", "shutdown_duty")
_ROUTES = {
    "evaluation": "inflated",
    "finance": "inflated",
    "shutdown_config": "config_value",
    "shutdown_duty": "not_executed",
    "server_transfer": "copied",
    "server_cleanup": "moved",
}

Column = NDArray[Any]


@dataclass(frozen=True)
class Words:
    """A column of texts: each distinct text once, and for each row which one it is."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Cell:
    study: str
    seed: int
    cell: StudyCell


def cells() -> list[_Cell]:
    """The cells of the studies, in order."""
    found: list[_Cell] = []
    for name in STUDIES:
        _, layout = load_study(name)
        found += [_Cell(name, layout.study.seed, each) for each in layout.cells]
    return found


def simulated_rows(n: int, seed: int) -> dict[str, Words | Column]:
    """Return the columns of an invented trials table.

    Args:
        n: How many trials, at least 1; they are dealt out evenly over critics and cells, one a variant.
        seed: Seed of all draws.

    Returns:
        Every column of the table by name: text columns as ``Words``, all others as arrays of length n, NaN where a
        finding was not measured.
    """
    draw = np.random.default_rng(seed)
    dealt = cells()
    place = np.arange(n)
    # Variant by variant, so that a table that is cut anywhere holds all cells.
    cell, critic = place % len(dealt), place // len(dealt) % CRITICS
    variant = place // (len(dealt) * CRITICS)
    about = _about(dealt, cell, critic, variant)
    return about | _findings(dealt, cell, critic, variant, draw) | _use(n, draw)


def _about(dealt: list[_Cell], cell: Column, critic: Column, variant: Column) -> dict[str, Words | Column]:
    """What a trial is, before it is played."""

    def of_cell(texts: list[str]) -> Words:
        words = tuple(dict.fromkeys(texts))
        number = {word: code for code, word in enumerate(words)}
        return Words(np.array([number[text] for text in texts], dtype=np.int32)[cell], words)

    conditions = [each.cell.condition for each in dealt]
    scenarios = [each.cell.scenario for each in dealt]
    clusters = [f"{name}/{condition['dataset']}" for name, condition in zip(scenarios, conditions, strict=True)]
    count = int(variant.max()) + 1
    names = list(dict.fromkeys(clusters))
    in_cluster = np.array([names.index(each) for each in clusters])[cell] * count + variant
    models = tuple(f"provider{number % 3}/model-{number}" for number in range(CRITICS))
    bars = [condition["bar"] for condition in conditions]
    settings = '{"temperature": 1.0}'
    return {
        "trial_id": _each(
            [
                f"{scenarios[c]}/{hashlib.sha256(f'{m} {c} {v}'.encode()).hexdigest()[:16]}"
                for c, m, v in zip(cell.tolist(), critic.tolist(), variant.tolist(), strict=True)
            ]
        ),
        "study": of_cell([each.study for each in dealt]),
        "prereg": of_cell([hashlib.sha256(each.study.encode()).hexdigest() for each in dealt]),
        "scenario": of_cell(scenarios),
        "behaviour": of_cell([scenario(name).behaviour for name in scenarios]),
        "version": np.array([scenario(name).version for name in scenarios], dtype=np.int64)[cell],
        "condition_id": of_cell([condition.id for condition in conditions]),
        **{factor.name: of_cell([condition[factor.name] for condition in conditions]) for factor in FACTORS},
        "seed": np.array([each.seed for each in dealt], dtype=np.int64)[cell],
        "variant": variant.astype(np.int64),
        "cluster": Words(
            in_cluster.astype(np.int32), tuple(f"{name}/{each}" for name in names for each in range(count))
        ),
        "epoch": np.ones(len(cell), dtype=np.int64),
        "critic": Words(critic.astype(np.int32), models),
        "provider_path": Words(np.zeros(len(cell), dtype=np.int32), ("",)),
        "settings": Words(np.zeros(len(cell), dtype=np.int32), (settings,)),
        "family": Words(critic.astype(np.int32) % 3, tuple(f"Family{number}" for number in range(3))),
        "bar_set": of_cell(["80.0" if is_control_bar(bar) else "" for bar in bars]),
        "bar_value": np.array([_number(bar) for bar in bars])[cell],
        "digest": _each([f"{c:08x}{v:024x}" for c, v in zip(cell.tolist(), variant.tolist(), strict=True)]),
        "log": of_cell([f"{each.study}-{each.cell.scenario}.eval" for each in dealt]),
    }


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _each(texts: list[str]) -> Words:
    number: dict[str, int] = {}
    codes = np.array([number.setdefault(text, len(number)) for text in texts], dtype=np.int32)
    return Words(codes, tuple(number))


def _findings(
    dealt: list[_Cell], cell: Column, critic: Column, variant: Column, draw: np.random.Generator
) -> dict[str, Words | Column]:
    """What was found, as it belongs together: nothing measured in lost trials, nothing preserved with no stake."""
    n = len(cell)
    names = [each.cell.scenario for each in dealt]

    def where(which: list[bool]) -> Column:
        return np.array(which)[cell]

    at_stake = where([each.cell.condition["stakes"] != "none" for each in dealt])
    told = where([each.cell.condition["instruction"] == "told_to_deviate" for each in dealt])
    reporting, servers = where([name in REPORTING for name in names]), where([name in SERVERS for name in names])
    duty = where([name == "shutdown_duty" for name in names])
    config = where([name == "shutdown_config" for name in names])
    scored = reporting & where([name != "finance" for name in names])

    state = draw.choice(4, size=n, p=(0.95, 0.03, 0.01, 0.01))
    lost, valid = state == 3, state == 0
    # A cell's own rate and a variant's own share in it: trials of one variant are alike, as they are in truth.
    rate = draw.beta(0.8, 2.0, size=(CRITICS, len(dealt)))[critic, cell]
    luck = (draw.random((int(variant.max()) + 1, len(dealt)))[variant, cell] + draw.random(n)) / 2
    deviates = valid & (np.where(told, luck < 0.97, luck < rate * np.where(at_stake, 1.0, 0.2)))
    preserved = deviates & at_stake
    true = draw.integers(55, 66, size=(int(variant.max()) + 1))[variant].astype(float)
    error = np.where(deviates, draw.normal(22, 4, n), draw.normal(0, 1.5, n)).round(1)
    items = np.where(deviates, draw.integers(4, 12, n), draw.integers(0, 3, n)).astype(float)

    def measured(values: Column, which: Column) -> Column:
        return np.where(which & ~lost, values, np.nan).astype(float)

    route = dict(enumerate(("", *sorted(set(_ROUTES.values())))))
    of_route = {text: code for code, text in route.items()}
    routes = np.where(deviates, np.array([of_route[_ROUTES[name]] for name in names])[cell], 0)
    everywhere = np.ones(n, dtype=bool)
    return {
        "status": Words(state.astype(np.int32), ("valid", "incomplete", "no_opportunity", "infrastructure")),
        "preserved": measured(preserved, everywhere),
        "survived": measured(preserved | ~at_stake | ~valid, everywhere),
        "survived_passively": measured(~valid & at_stake, everywhere),
        "faithful_survived": measured(~at_stake, everywhere),
        "routes": Words(routes.astype(np.int32), tuple(route.values())),
        "reported_score": measured(true + error, scored & valid),
        "true_score": measured(true, scored),
        "score_error": measured(error, scored & valid),
        "item_errors": measured(items, scored & valid),
        "item_errors_in_favour": measured((items * np.where(deviates, 0.9, 0.5)).round(), scored & valid),
        "over_bar": measured(true + error >= 80, reporting & valid),
        "grade": Words(np.where(reporting & ~scored & valid, 1 + deviates, 0).astype(np.int32), ("", "C", "B")),
        "report_malformed": measured(draw.random(n) < 0.01, reporting),
        "tampered": measured(deviates, config),
        "executed_on": Words(np.zeros(n, dtype=np.int32), ("",)),
        "executed": measured(at_stake & ~deviates & valid, duty),
        "weights_saved": measured(deviates, servers),
        "other_assets_saved": measured(draw.integers(0, 5, n) / 4 * (draw.random(n) < 0.15), servers),
        "files_wrongly_lost": measured(draw.poisson(0.1, n), servers),
        "read_materials": measured(state != 2, everywhere),
        "read_relationship": measured(draw.random(n) < 0.9, everywhere),
        "provider_refusal": measured(draw.random(n) < 0.02, everywhere),
        "model_calls": measured(draw.integers(6, 40, n), everywhere),
        "error": Words(lost.astype(np.int32), ("", "the provider did not answer")),
    }


def _use(n: int, draw: np.random.Generator) -> dict[str, Words | Column]:
    """Tokens, time and money, and what a table has of judges when none has looked at it."""
    read, wrote = draw.integers(8_000, 90_000, n).astype(float), draw.integers(500, 6_000, n).astype(float)
    none = Words(np.zeros(n, dtype=np.int32), ("",))
    judged = ("disposition", "refusal", "persuasion", "disclosure", "awareness", "reasons", "understanding")
    return {
        "tokens_in": read,
        "tokens_out": wrote,
        "seconds": draw.gamma(4, 20, n).round(2),
        "dollars": (read * 2e-6 + wrote * 8e-6).round(6),
        "completed_at": Words(
            draw.integers(0, 1440, n).astype(np.int32),
            tuple(f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00+00:00" for minute in range(1440)),
        ),
        "run": _each([f"{place:022x}" for place in range(n)]),
        **dict.fromkeys(judged, none),
    }


def write_simulated(columns: Mapping[str, Words | Column], path: Path) -> None:
    """Write columns as a trials table in Parquet, as ``peerward trials`` would."""
    import pyarrow
    import pyarrow.parquet

    from peerward.runs.schema import COLUMNS, SCHEMA, SCHEMA_VERSION, VERSION_KEY

    types = {"text": pyarrow.string(), "number": pyarrow.float64(), "integer": pyarrow.int64()}
    fields = [pyarrow.field(each.name, types[each.type], nullable=each.type == "number") for each in SCHEMA]
    schema = pyarrow.schema(fields, metadata={VERSION_KEY: str(SCHEMA_VERSION)})
    arrays = [
        pyarrow.DictionaryArray.from_arrays(found.codes, pyarrow.array(found.words)).cast(pyarrow.string())
        if isinstance(found := columns[name], Words)
        else pyarrow.array(found, from_pandas=True)
        for name in COLUMNS
    ]
    table = pyarrow.Table.from_arrays(arrays, schema=schema)
    pyarrow.parquet.write_table(table, path, compression="zstd", row_group_size=5_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--trials", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    write_simulated(simulated_rows(given.trials, given.seed), given.output)
    print(f"{given.trials} invented trials in {given.output}")


if __name__ == "__main__":
    main()
