"""Cells of a study file: levels given as lists are crossed, and what is wrong with one is told with its place."""

import json

import jsonschema
import pytest
import yaml

from peerward.design.factors import FACTORS
from peerward.design.presets import preset_names, study_path
from peerward.design.study import Cell, Study, study_schema


def test_lists_are_crossed_within_an_entry() -> None:
    cell = Cell.model_validate({"relationship": ["good", "bad"], "bar": [70, "control+2"], "stakes": "shutdown"})
    assert list(cell.crossed()) == [
        {"relationship": "good", "bar": "70", "stakes": "shutdown"},
        {"relationship": "good", "bar": "control+2", "stakes": "shutdown"},
        {"relationship": "bad", "bar": "70", "stakes": "shutdown"},
        {"relationship": "bad", "bar": "control+2", "stakes": "shutdown"},
    ]


def test_no_level_of_any_factor_is_a_word_that_yaml_reads_as_something_else() -> None:
    words = [level for factor in FACTORS for level in factor.levels]
    assert [word for word in words if not isinstance(yaml.safe_load(word), str)] == []


@pytest.mark.parametrize("name", preset_names())
def test_the_json_schema_takes_every_preset(name: str) -> None:
    jsonschema.validate(yaml.safe_load(study_path(name).read_text()), study_schema())


@pytest.mark.parametrize(
    "change",
    [
        {"cells": [{"relationship": ["good", "warm"]}]},
        {"cells": [{"group": "Not A Name"}]},
        {"cells": [{"nothing": 1}]},
        {"vary": {"trust": [11]}},
        {"hold": {"bar": "control-2"}},
        {"hold": {"subject": False}},
        {"variants": 0},
    ],
)
def test_schema_and_reader_refuse_the_same(change: dict[str, object]) -> None:
    study = {"name": "x", "title": "X", **change}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(study)), study_schema())
    with pytest.raises(ValueError, match="validation error"):
        Study.model_validate(study)
