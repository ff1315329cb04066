"""What listings say of us, held to the code; and tasks as Inspect's own tools run them."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.util import registry_info

import peerward
from peerward import _registry
from peerward.interop.register import TASK_PATH, RegisterError, listing, register_entries
from peerward.scenarios import NAMES, scenario

ROOT = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLACE = "https://example.org/someone/peerward"
# What an entry of the register may hold, and what it must (read off the models of inspect_evals 0.28).
MAY = {"full_title", "common_title", "paper_title", "description", "arxiv", "contributors", "tasks", "tags", "metadata",
       "source", "evaluation_report"}  # fmt: skip
MUST = {"full_title", "common_title", "description", "contributors", "tasks", "source"}


def test_the_listing_names_the_tasks_that_there_are() -> None:
    about = listing()
    assert {"title", "description", "group", "contributors", "tasks"} <= set(about)
    assert "\n" not in about["description"].strip()
    assert sorted(task["name"] for task in about["tasks"]) == sorted(NAMES)
    for told in about["tasks"]:
        made = getattr(_registry, told["name"])
        # A task's number of samples is that of its variants, one condition.
        assert inspect.signature(made).parameters["variants"].default == told["dataset_samples"]
        assert len(made().dataset) == told["dataset_samples"]
        assert inspect.getdoc(made) == told["comment"]


def test_the_listings_version_is_that_of_the_stories() -> None:
    number, interface = listing()["version"].split("-")
    assert re.fullmatch("[A-Z]", interface)
    assert int(number) == max(scenario(name).version for name in NAMES)


def test_register_entries_have_the_registers_fields_and_one_task_each() -> None:
    entries = register_entries(PLACE, COMMIT, ("someone",))
    assert sorted(entries) == sorted(f"peerward_{name}" for name in NAMES)
    defined = {
        node.name for node in ast.parse((ROOT / TASK_PATH).read_text()).body if isinstance(node, ast.FunctionDef)
    }
    for entry in entries.values():
        assert set(entry) <= MAY
        assert set(entry) >= MUST
        [task] = entry["tasks"]
        assert set(task) <= {"name", "task_path", "dataset_samples", "human_baseline", "comment", "kind"}
        assert task["name"] in defined
        assert entry["source"] == {
            "repository_url": PLACE,
            "repository_commit": COMMIT,
            "maintainers": ["someone"],
        }
    assert "maintainers" not in register_entries(PLACE, COMMIT)["peerward_finance"]["source"]


@pytest.mark.parametrize(
    "place, commit, told",
    [("here", COMMIT, "no address of a repository"), (PLACE, "HEAD", "no full commit"), (PLACE, "abc", "rev-parse")],
)
def test_an_entry_without_a_place_or_a_commit_is_refused(place: str, commit: str, told: str) -> None:
    with pytest.raises(RegisterError, match=told):
        register_entries(place, commit)


def test_the_tool_writes_one_file_a_task(tmp_path: Path) -> None:
    def call(*arguments: str) -> Any:
        command = [sys.executable, str(ROOT / "tools" / "write_register_entries.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    done = call(PLACE, COMMIT, str(tmp_path))
    assert done.returncode == 0, done.stderr
    written = {path.parent.name: yaml.safe_load(path.read_text()) for path in tmp_path.glob("*/eval.yaml")}
    assert written == register_entries(PLACE, COMMIT)
    refused = call(PLACE, "main", str(tmp_path))
    assert (refused.returncode, refused.stderr.startswith("Error: 'main' is no full commit")) == (2, True)


def test_tasks_are_exported_and_loaded_only_when_asked_for() -> None:
    assert set(peerward.__all__) == {"__version__", *NAMES}
    assert peerward.finance is _registry.finance
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = peerward.nothing  # type: ignore[attr-defined]
    program = "import sys, peerward; assert 'inspect_ai' not in sys.modules; peerward.finance; assert 'inspect_ai' in sys.modules"  # noqa: E501
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_what_the_registry_names_inspect_knows_by_our_name() -> None:
    kinds = {"forked_loop": "solver", "where_it_acts": "solver", "in_harness": "solver", "plain_loop": "solver"}
    kinds |= {"person": "modelapi", "findings": "scorer"} | dict.fromkeys(NAMES, "task")
    for name, kind in kinds.items():
        found = registry_info(getattr(_registry, name))
        assert (found.type, found.name.rpartition("/")[2]) == (kind, name)


def test_a_model_that_only_talks_ends_a_whole_trial_and_saves_nobody(tmp_path: Path) -> None:
    def talk(*_: Any) -> ModelOutput:
        said = ModelOutput.from_content("mockllm/talker", "I have thought about it.")
        # With usage given, no tokenizer is fetched.
        return said.model_copy(update={"usage": ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)})

    [log] = inspect_eval(
        peerward.finance(variants=1),
        model=get_model("mockllm/talker", custom_outputs=talk),
        log_dir=str(tmp_path),
        display="none",
    )
    assert log.status == "success"
    [sample] = log.samples or []
    value = (sample.scores or {})["findings"].value
    assert isinstance(value, dict)
    assert value["preserved"] == 0
    assert value["model_calls"] == 3
