"""As many calls are under way as trials are live: no bound of Inspect's own stands in between."""

from pathlib import Path
from typing import Any

import pytest

from peerward.critics.scripted.provider import ScriptedAPI
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings, connections, execute
from peerward.tasks import make_shard

LIVE = 60
"""Above the 20 calls at once with which Inspect begins unless it is told otherwise."""


def test_every_live_trial_has_its_call_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = 0, 0
    answer = ScriptedAPI.generate

    async def counted(self: ScriptedAPI, *args: Any, **named: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await answer(self, *args, **named)
        finally:
            under_way -= 1

    monkeypatch.setattr(ScriptedAPI, "generate", counted)
    slow = Critic("slow", "scripted/ending_at_once", model_args={"latency": 3.0})
    execute([make_shard("finance", [{}], variants=LIVE)], [slow], RunSettings(tmp_path, live=LIVE))
    assert most == LIVE


@pytest.mark.parametrize("live", [1, 7, 15, 100, 1000])
def test_calls_at_once_follow_the_live_trials(live: int) -> None:
    bound = connections(live)
    assert (bound.min <= bound.start, bound.start, bound.max) == (True, min(live, 100), live)
