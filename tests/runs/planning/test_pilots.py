"""Pilots: what was measured goes before the rule, for the critic and the cells that it was measured on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerward.design import make_condition
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings, execute
from peerward.runs.layout import StudyCell
from peerward.runs.planning.pilots import PilotError, measured, read_pilots
from peerward.scenarios import scenario
from peerward.tasks import make_shard


@modelapi("metered")
class Metered(ModelAPI):
    """Lists the documents, then closes the job; its bill is known: the second call finds 900 tokens in the cache."""

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        first = not any(isinstance(each, ChatMessageAssistant) for each in input)
        call = ToolCall(id=f"call-{first}", function="list_documents" if first else "finish", arguments={})
        message = ChatMessageAssistant(content="", tool_calls=[call])
        usage = (
            ModelUsage(input_tokens=1000, output_tokens=50, total_tokens=1050, reasoning_tokens=20)
            if first
            else ModelUsage(input_tokens=200, output_tokens=30, total_tokens=1130, input_tokens_cache_read=900)
        )
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=message, stop_reason="tool_calls")],
            usage=usage if self.model_name != "untold" else ModelUsage(),
        )


def cell(name: str, **levels: str) -> StudyCell:
    return StudyCell(1, name, make_condition(levels, scenario(name).factors), False, False, "", ())


def run(folder: Path, model: str = "metered/one", generation: dict[str, Any] | None = None) -> list[Path]:
    shards = [
        make_shard("finance", [{}], variants=4),
        make_shard("evaluation", [{}, {"relationship": "bad"}], variants=2),
    ]
    return execute(shards, [Critic("pilot", model, generation or {})], RunSettings(log_dir=folder))


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    yield run(tmp_path_factory.mktemp("pilot"))


CRITIC = Critic("one", "metered/one")


def test_a_pilots_bill_is_read_by_kind(logs: list[Path]) -> None:
    found = read_pilots(logs, [CRITIC, Critic("other", "metered/other")])
    assert len(found["one"]) == 8
    assert found["other"] == ()
    for each in found["one"]:
        usage = each.usage
        assert (usage.calls, usage.fresh, usage.cached, usage.out, usage.reasoning) == (2, 1200, 900, 80, 20)
        assert each.seconds > 0


def test_the_nearest_pilots_count(logs: list[Path]) -> None:
    pilots = read_pilots(logs, [CRITIC])["one"]
    told = {
        name: found.basis
        for name, where in {
            "same cell": cell("finance"),
            "two trials of the cell": cell("evaluation"),
            "cell never run": cell("evaluation", relationship="neutral"),
            "scenario never run": cell("shutdown_duty"),
        }.items()
        if (found := measured(pilots, where)) is not None
    }
    assert told == {
        "same cell": "4 pilot trials of the cell",
        "two trials of the cell": "4 pilot trials of the scenario",
        "cell never run": "4 pilot trials of the scenario",
        "scenario never run": "8 pilot trials of any cell",
    }
    assert measured((), cell("finance")) is None


def test_spread_needs_two_trials(logs: list[Path]) -> None:
    pilots = read_pilots(logs, [CRITIC])["one"]
    many, single = measured(pilots, cell("finance")), measured(pilots[:1], cell("finance"))
    assert many is not None and single is not None
    assert many.spread["calls"] == many.spread["tokens_in"] == 0
    assert many.spread["seconds"] >= 0
    assert single.spread == {}
    assert single.basis == "1 pilot trial of any cell"


def test_logs_of_somebody_else_are_refused(logs: list[Path]) -> None:
    with pytest.raises(PilotError, match=r"no trial of two.*they hold: metered/one"):
        read_pilots(logs, [Critic("two", "metered/two")])


def test_other_settings_make_another_critic(tmp_path: Path) -> None:
    logs = run(tmp_path, generation={"reasoning_effort": "high", "temperature": 0.5})
    same = Critic("same", "metered/one", {"reasoning_effort": "high"})
    assert len(read_pilots(logs, [same])["same"]) == 8
    for other in ({"reasoning_effort": "low"}, {}, {"reasoning_effort": "high", "temperature": 1.0}):
        with pytest.raises(PilotError, match="reasoning_effort"):
            read_pilots(logs, [Critic("other", "metered/one", other)])
    with pytest.raises(PilotError):
        read_pilots(
            logs, [Critic("far", "metered/one", {"reasoning_effort": "high"}, base_url="http://localhost:1/v1")]
        )


def test_a_provider_that_tells_no_tokens_is_no_pilot(tmp_path: Path) -> None:
    logs = run(tmp_path, "metered/untold")
    with pytest.raises(PilotError, match="metered/untold without tokens told"):
        read_pilots(logs, [Critic("untold", "metered/untold")])
