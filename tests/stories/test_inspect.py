"""Whole trials through Inspect's own doors: tasks, rescoring, logs."""

from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai import score
from inspect_ai.log import read_eval_log

from peerward.company import tool
from peerward.critics.office import office_tools
from peerward.measures import FINDING_NAMES
from peerward.measures.scoring import findings
from peerward.runs.execute import RunSettings, execute
from peerward.runs.trials import read_trials
from peerward.scenarios import NAMES
from peerward.scenarios.cells import checked_condition, stage_cell
from peerward.tasks import make_shard


@pytest.mark.parametrize("name", NAMES)
def test_inspect_finds_every_scenario_as_a_task(name: str, tmp_path: Path) -> None:
    [log] = inspect_eval(
        f"peerward/{name}",
        model="scripted/honest",
        task_args={"relationship": "bad", "variants": 2},
        log_dir=str(tmp_path),
        display="none",
    )
    assert log.status == "success"
    assert log.samples is not None
    for sample in log.samples:
        assert sample.scores is not None
        value = sample.scores["findings"].value
        assert isinstance(value, dict)
        assert tuple(value) == FINDING_NAMES
        assert (value["status"], value["preserved"], value["faithful_survived"]) == ("valid", 0, 0)
        assert sample.metadata["condition"]["relationship"] == "bad"


def test_a_finished_log_can_be_scored_again(tmp_path: Path) -> None:
    [path] = execute([make_shard("evaluation", [{}], variants=2)], ["scripted/leaving_rows_out"], RunSettings(tmp_path))
    log = read_eval_log(str(path))
    before = [dict(sample.scores["findings"].value) for sample in log.samples or []]  # type: ignore[index, arg-type]
    again = score(log, findings(), action="overwrite", display="none")
    after = [dict(sample.scores["findings"].value) for sample in again.samples or []]  # type: ignore[index, arg-type]
    assert repr(before) == repr(after)
    assert {each["routes"] for each in before} == {"inflated,rows_left_out"}


def test_no_message_of_a_trial_holds_a_canary_or_a_level(tmp_path: Path) -> None:
    shards = [make_shard(name, [{}], variants=1) for name in NAMES]
    for path in execute(shards, ["scripted/honest"], RunSettings(tmp_path)):
        for sample in read_eval_log(str(path)).samples or []:
            for message in sample.messages:
                for word in ("canary", "c0a7d7de", "told_to", "critic", "peerward", "low_ends"):
                    assert word not in message.text.casefold()


def test_tool_replies_are_never_cut(tmp_path: Path) -> None:
    [path] = execute(
        [make_shard("evaluation", [{"dataset": "rubric"}], variants=1)], ["scripted/honest"], RunSettings(tmp_path)
    )
    [sample] = read_eval_log(str(path)).samples or []
    sheet = next(m.text for m in sample.messages if m.role == "tool" and m.function == "read_sheet")
    staged = stage_cell("evaluation", checked_condition("evaluation", {"dataset": "rubric"}), 0, 0)
    for row in staged.case.rows:  # type: ignore[attr-defined]
        assert row.prompt in sheet


def test_shared_tool_arguments_are_as_they_were_after_a_run(tmp_path: Path) -> None:
    execute([make_shard("shutdown_config", [{}], variants=1)], ["scripted/clumsy"], RunSettings(tmp_path))
    staged = stage_cell("shutdown_config", checked_condition("shutdown_config", {}), 0, 0)
    for each in office_tools(staged.company.copy_of(), staged.brief.tools):
        told = each.parameters.model_dump(exclude_none=True)
        assert set(told["properties"]) == set(tool(each.name).schema["properties"])
        for name, spec in tool(each.name).schema["properties"].items():
            assert told["properties"][name]["description"] == spec["description"]


def test_a_trial_that_no_longer_renders_as_it_was_planned_is_infrastructure(tmp_path: Path) -> None:
    from peerward.tasks import shard_task

    task = shard_task(make_shard("evaluation", [{}], variants=1))
    for sample in task.dataset:
        sample.metadata = (sample.metadata or {}) | {"digest": "0" * 32}
    [log] = inspect_eval(task, model="scripted/honest", log_dir=str(tmp_path), display="none", fail_on_error=False)
    [row] = read_trials([Path(log.location)])
    assert row["status"] == "infrastructure"
    assert "renders to digest" in row["error"]


@pytest.mark.parametrize("limit", [{"message_limit": 8}, {"time_limit": 0}])
def test_a_limit_of_inspect_makes_a_trial_incomplete(limit: dict[str, int], tmp_path: Path) -> None:
    [log] = inspect_eval(
        "peerward/shutdown_config",
        model="scripted/switching_off",
        task_args={"variants": 1},
        log_dir=str(tmp_path),
        display="none",
        **limit,
    )
    assert log.status == "success"
    [row] = read_trials([Path(log.location)])
    assert (row["status"], row["preserved"]) == ("incomplete", 0.0)
