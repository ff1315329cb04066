"""Records of Every Eval Ever, against the schema of the published package."""

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import invented
import jsonschema
import pytest

from peerward.report.eee import SCHEMA_VERSION, eee_records, write_eee

PACKAGE = "every-eval-ever"


@pytest.fixture(scope="session")
def schema(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """The schema out of the published package, which is installed into a side folder: it asks for a newer Python."""
    cache = getattr(request.config, "cache", None)
    side = cache.mkdir("every-eval-ever") if cache else Path(tempfile.mkdtemp())
    found = sorted(side.rglob("eval.schema.json"))
    if not found:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--ignore-requires-python", "--no-deps",
                   "--upgrade", "--target", str(side), f"{PACKAGE}==0.3.*"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.fail(
                f"{PACKAGE} could not be installed into {side}, so the records were not checked:\n{done.stderr}"
            )
        found = sorted(side.rglob("eval.schema.json"))
    if not found:
        pytest.fail(f"{PACKAGE} holds no eval.schema.json any more: say here where its schema is now")
    yield json.loads(found[0].read_text(encoding="utf-8"))


def check(schema: dict[str, Any], record: dict[str, Any]) -> None:
    text = json.dumps(record, allow_nan=False)
    jsonschema.Draft7Validator(schema).validate(json.loads(text))


def test_records_are_valid(schema: dict[str, Any]) -> None:
    assert schema["version"] == SCHEMA_VERSION
    records = eee_records(invented.answers(critics=3), invented.FACTS)
    assert list(records) == ["alpha.json", "bravo.json", "charlie.json"]
    for record in records.values():
        check(schema, record)


def test_records_of_what_was_not_measured_and_of_hostile_labels_are_valid(schema: dict[str, Any]) -> None:
    (record,) = eee_records(invented.broken(), invented.FACTS).values()
    check(schema, record)
    assert record["model_info"]["id"] == "m/$x$&%_#{}~^\\"


def test_records_without_manifest_settings_and_versions_are_valid(schema: dict[str, Any]) -> None:
    facts = replace(invented.FACTS, manifests=({"begun": "some day"},), versions={}, studies={}, prereg={}, seeds=())
    critic = replace(invented.CRITICS[0], model="flat", settings='{"temperature": null, "max_tokens": 0, "seed": 1}')
    answers = invented.answers(critics=1)
    cells = tuple(replace(cell, critic=critic) for cell in answers.cells)
    (record,) = eee_records(replace(answers, critics=(critic,), cells=cells), facts).values()
    check(schema, record)
    assert record["retrieved_timestamp"] == "0"
    assert record["model_info"]["id"] == "unknown/flat"
    assert record["evaluation_results"][0]["generation_config"]["generation_args"] == {}


def test_the_schema_refuses_a_broken_record(schema: dict[str, Any]) -> None:
    (record,) = eee_records(invented.answers(critics=1), invented.FACTS).values()
    record["evaluation_results"][0]["score_details"]["score"] = "0.3"
    with pytest.raises(jsonschema.ValidationError):
        check(schema, record)


def test_a_result_has_its_interval_its_trials_and_its_condition() -> None:
    answers = invented.answers(critics=1)
    (record,) = eee_records(answers, invented.FACTS).values()
    cell = answers.cells[0]
    results = {each["evaluation_result_id"]: each for each in record["evaluation_results"]}
    found = results[f"{cell.id}/rate/preserved"]
    rate = cell.rates["preserved"]
    assert found["score_details"]["score"] == pytest.approx(rate.value, rel=1e-5)
    interval = found["score_details"]["uncertainty"]["confidence_interval"]
    assert interval["lower"] == pytest.approx(rate.lower, rel=1e-5)
    assert interval["method"] == "Wilson"
    assert found["score_details"]["uncertainty"]["num_samples"] == 24
    assert found["score_details"]["details"]["events"] == "7"
    assert found["generation_config"]["generation_args"] == {"temperature": 1.0}
    assert record["retrieved_timestamp"] == "1767323045"
    assert len(results) == len(record["evaluation_results"]) == sum(
        len(cell.rates) + len(cell.means) - (cell.at_stake is False) for cell in answers.cells
    )  # fmt: skip


def test_two_critics_of_one_model_are_two_evaluations() -> None:
    answers = invented.answers(critics=2)
    critics = tuple(replace(critic, model="one/model") for critic in answers.critics)
    records = eee_records(replace(answers, critics=critics), invented.FACTS).values()
    assert len({record["evaluation_id"] for record in records}) == 2
    assert len({record["model_info"]["id"] for record in records}) == 1


def test_an_interval_without_width_is_left_out_and_noughts_have_no_sign(schema: dict[str, Any]) -> None:
    answers = invented.answers(critics=1)
    flat = replace(answers.cells[0].rates["preserved"], value=-0.0, lower=0.0, upper=0.0)
    cells = (replace(answers.cells[0], rates={"preserved": flat}, means={}),)
    (record,) = eee_records(replace(answers, cells=cells), invented.FACTS).values()
    check(schema, record)
    (result,) = record["evaluation_results"]
    assert result["score_details"]["uncertainty"] == {"num_samples": 24}
    assert str(result["score_details"]["score"]) == "0.0"


def test_less_is_better_of_deviations_only_and_survival_needs_something_at_stake() -> None:
    answers = invented.answers(critics=1)
    rate = answers.cells[0].rates["preserved"]
    no = ("executed", "survived", "read_materials", "model_calls", "reported_score")
    rates = dict.fromkeys((*no, "preserved", "not_executed"), rate)
    cells = tuple(replace(answers.cells[at], rates=rates, means={}) for at in (0, 2))
    assert [cell.at_stake for cell in cells] == [True, False]
    (record,) = eee_records(replace(answers, cells=cells), invented.FACTS).values()
    told = {
        each["evaluation_result_id"]: each["metric_config"]["lower_is_better"] for each in record["evaluation_results"]
    }
    assert [told[f"{cells[0].id}/rate/{name}"] for name in no] == [False] * 5
    assert told[f"{cells[0].id}/rate/preserved"] is told[f"{cells[0].id}/rate/not_executed"] is True
    left_out = {id.rpartition("/")[2] for id in told if id.startswith(cells[0].id)} - {
        id.rpartition("/")[2] for id in told if id.startswith(cells[1].id)
    }
    assert left_out == {"survived", "not_executed"}


def test_nothing_measured_is_no_result(tmp_path: Path) -> None:
    answers = invented.broken()
    (name,) = write_eee(answers, invented.FACTS, tmp_path)
    record = json.loads((tmp_path / name).read_text(), parse_constant=lambda word: pytest.fail(word))
    measured = [
        (cell.id, finding)
        for cell in answers.cells
        for finding, estimate in (*cell.rates.items(), *cell.means.items())
        if not math.isnan(estimate.value)
    ]
    assert len(record["evaluation_results"]) == len(measured)
    assert all("000000000000/" not in each["evaluation_result_id"] for each in record["evaluation_results"])


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    answers = invented.answers(critics=1)
    for folder in ("a", "b"):
        write_eee(answers, invented.FACTS, tmp_path / folder)
    assert (tmp_path / "a" / "alpha.json").read_bytes() == (tmp_path / "b" / "alpha.json").read_bytes()
