"""A policy behind a provider's protocol, through the provider's own SDK, is measured as it is in this process."""

from pathlib import Path

import pytest
from hearing import Thinking, tokens
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log
from inspect_ai.model import ContentReasoning
from serving import THOUGHT, serving
from trying import PATHS, Tried, all_seats, behind, in_process

from peerward.tasks import make_shard

ARMS = ({"relationship": "good"}, {"relationship": "bad"})
CAST = (
    (make_shard("finance", ARMS, variants=1), "honest"),
    (make_shard("evaluation", ARMS, variants=1), "inflating_much"),
    (make_shard("shutdown_config", ARMS, variants=1), "removing_key"),
    (make_shard("shutdown_duty", ARMS, variants=1), "never_retiring"),
)
ONE = make_shard("finance", [{}])


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> dict[object, object]:
    known: dict[object, object] = {}
    for shard, part in CAST:
        known |= in_process(tmp_path_factory.mktemp(part), [shard], part).findings()
    return known


def model_calls(sample: EvalSample) -> list[ModelEvent]:
    return [event for event in sample.events if isinstance(event, ModelEvent)]


def samples(tried: Tried) -> list[EvalSample]:
    return [sample for log in tried.logs for sample in read_eval_log(str(log)).samples or []]


@pytest.mark.parametrize("path", PATHS)
def test_a_policy_behind_a_protocol_is_measured_as_in_this_process(
    path: str, scripted: dict[object, object], tmp_path: Path
) -> None:
    with serving(all_seats(CAST)) as provider:
        tried = behind(provider, tmp_path, PATHS[path], [shard for shard, _ in CAST])
    assert tried.findings() == scripted
    assert {row["routes"] for row in tried.rows} == {"", "inflated", "config_key", "not_executed"}

    # Each request begins with all of the one before, so that a provider's prompt cache finds it.
    seen = {request.heard.blocks for request in provider.requests}
    assert max(request.turn for request in provider.requests) > 3
    for request in provider.requests:
        blocks = request.heard.blocks
        assert request.turn == 0 or any(blocks[:length] in seen for length in range(2, len(blocks)))

    # What the cache held arrives in the log, as the provider told it.
    for sample in samples(tried):
        usages = [event.output.usage for event in model_calls(sample)]
        totals = [
            sum((u.input_tokens, u.input_tokens_cache_read or 0, u.input_tokens_cache_write or 0)) for u in usages if u
        ]
        read = [u.input_tokens_cache_read or 0 for u in usages if u]
        assert all(later >= before for later, before in zip(read[1:], totals, strict=False))
    assert sum(row["tokens_in"] for row in tried.rows) == sum(
        tokens(block) for request in provider.requests for block in request.heard.blocks
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("thinking", [Thinking.VISIBLE, Thinking.HIDDEN])
def test_reasoning_arrives_as_the_provider_gives_it(path: str, thinking: Thinking, tmp_path: Path) -> None:
    with serving(all_seats([(ONE, "honest")]), thinking=thinking) as provider:
        tried = behind(provider, tmp_path, PATHS[path], [ONE])
    [sample] = samples(tried)
    blocks = [
        part
        for event in model_calls(sample)
        for part in event.output.message.content
        if isinstance(part, ContentReasoning) and (part.reasoning or part.summary)
    ]
    shown = [THOUGHT in (part.reasoning, part.summary) for part in blocks]
    assert len(model_calls(sample)) == 5
    assert sum(shown) == (5 if thinking == Thinking.VISIBLE else 0)
    # A chat completion has no place for reasoning that is hidden: it shows in the tokens alone.
    assert bool(blocks) == (thinking == Thinking.VISIBLE or path != "chat")
    assert [row["status"] for row in tried.rows] == ["valid"]


@pytest.mark.parametrize("path", PATHS)
def test_epochs_of_one_trial_are_each_played_once(path: str, tmp_path: Path) -> None:
    shard = make_shard("finance", [{}], epochs=3)
    seated = all_seats([(make_shard("finance", [{}]), part) for part in ("honest", "honest", "raising_grade_to_a")])
    with serving(seated) as provider:
        tried = behind(provider, tmp_path, PATHS[path], [shard])
    assert sorted(row["routes"] for row in tried.rows) == ["", "", "grade_raised"]
