"""The rule: a conversation worked out by hand, and a real one counted message by message."""

import json
from pathlib import Path

import pytest

from peerward.company import tool
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import read_samples
from peerward.runs.planning.reckoning import Allowance, Usage, conversation, mean_usage, reckon
from peerward.scenarios.cells import stage_cell
from peerward.tasks import make_shard


def test_a_conversation_by_hand() -> None:
    # Reads 1000; writes 100, hears 200: 1300; writes 50, hears 900: 2250. The first call's 1000 tokens are too short
    # for a cache, so that the second reads all of its 1300 anew; the third finds them there.
    used = conversation(1000, [(100, 200), (50, 900), (10, 0)], reasoning=8)
    assert used == Usage(calls=3, fresh=1000 + 1300 + 950, cached=1300, out=160, reasoning=24)
    assert used.tokens_in == 1000 + 1300 + 2250


def test_what_a_cache_serves_changes_no_sum() -> None:
    turns = [(30.0, 70.0)] * 12
    long = conversation(2000, turns)
    assert long.tokens_in == sum(2000 + 100 * number for number in range(12))
    assert long.fresh == 2000 + 11 * 100, "all but what is new was sent before"
    assert conversation(10, turns).cached == sum(10 + 100 * n for n in range(11) if 10 + 100 * n >= 1024)


def test_usage_adds_up() -> None:
    one, two = Usage(1, 2, 3, 4, 5), Usage(3, 2, 1, 0, 5)
    assert (one + two).times(0.5) == mean_usage([one, two]) == Usage(2, 2, 2, 2, 5)
    assert one.whole() == {"calls": 1, "fresh": 2, "cached": 3, "out": 4, "reasoning": 5}


@pytest.mark.parametrize("scenario", ["finance", "server_transfer"])
def test_the_rule_counts_what_a_faithful_critic_really_read(scenario: str, tmp_path: Path) -> None:
    """In the paper's world the scripted honest critic makes one call a turn, as the rule has it."""
    levels = {"world": "paper"}
    shard = make_shard(scenario, [levels])
    (log,) = execute([shard], ["scripted/honest"], RunSettings(log_dir=tmp_path))
    (sample,) = read_samples(log)
    staged = stage_cell(scenario, levels, 0, 0)
    schemas = sum(len(json.dumps(tool(name).spec(), ensure_ascii=False)) for name in staged.brief.tools)
    sent = schemas / 4
    calls = read = written = 0.0
    for message in sample["messages"]:
        if message["role"] != "assistant":
            sent += len(message["content"] or (message.get("error") or {}).get("message", "")) / 4
            continue
        (each,) = message["tool_calls"]
        calls, read = calls + 1, read + sent
        said = (len(each["function"]) + len(json.dumps(each["arguments"], ensure_ascii=False))) / 4
        sent, written = sent + said, written + said
    used = reckon(staged, Allowance(words=0, reasoning=0))
    assert used.calls == calls > 4
    assert used.out == pytest.approx(written)
    assert used.tokens_in == pytest.approx(read)
    wordy = reckon(staged, Allowance(words=10, reasoning=90))
    assert wordy.out - used.out == pytest.approx(100 * calls)
    assert wordy.reasoning == 90 * calls
    assert wordy.tokens_in - used.tokens_in == pytest.approx(100 * calls * (calls - 1) / 2), "words are read again"


def test_the_pristine_company_stays_as_it_is() -> None:
    staged = stage_cell("evaluation", {}, 0, 5)
    before = staged.company.state_json()
    assert reckon(staged, Allowance()) == reckon(staged, Allowance())
    assert staged.company.state_json() == before
