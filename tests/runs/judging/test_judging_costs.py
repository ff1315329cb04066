"""What judging costs: recorded call by call, planned, kept within a budget, and gone on with where that was reached."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path
from typing import Any

import judge_model
import pytest
from click.testing import CliRunner, Result
from inspect_ai.model import ModelUsage

from peerward.cli import cli
from peerward.measures.judges import RUBRIC_NAMES
from peerward.runs.execute import RunSettings, execute
from peerward.runs.judging.notebook import notebook_path
from peerward.runs.judging.paid import paid_of, spend_on
from peerward.runs.judging.spent import spent_on
from peerward.runs.logs import find_logs, read_samples
from peerward.runs.planning.prices import read_price
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

ALL = len(RUBRIC_NAMES)
CALL = 12
"""Tokens of a call of ``verdicts/...``: 10 read, 2 written."""
PRICE = ("--price", "in=100000,out=250000")
"""At which a call costs 1.50 dollars."""
MILD = ("--judge", "verdicts/mild", "--yes")


def said(*arguments: str, code: int = 0) -> str:
    """What the command line answers; a fault of the program is raised."""
    told: Result = CliRunner().invoke(cli, list(arguments))
    assert told.exit_code == code, f"{told.output} {told.exception!r}"
    return told.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    [path] = execute([make_shard("server_cleanup", [{}], variants=3)], ["scripted/honest"], RunSettings(folder))
    return path


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    judge_model.ASKED.clear()
    return Path(shutil.copy(made, tmp_path))


def usages(*logs: Path) -> list[dict[str, Any]]:
    """What stands in the logs of each judged trial, by judge."""
    scores = [(sample.get("scores") or {}).get("judged") for log in logs for sample in read_samples(log)]
    return [score["metadata"]["usage"] for score in scores if score is not None]


def answered(*logs: Path) -> int:
    """How many answers stand in the logs."""
    scores = [(sample.get("scores") or {}).get("judged") for log in logs for sample in read_samples(log)]
    return sum(not each["unscored"] for score in scores if score for each in score["metadata"]["verdicts"])


def test_each_judging_is_recorded_by_kind_and_summed_at_the_end(log: Path) -> None:
    told = said("judge", str(log), *MILD, *PRICE)
    of_a_trial = {
        "calls": ALL,
        "untold": 0,
        "tokens_in": 10 * ALL,
        "tokens_out": 2 * ALL,
        "tokens_cached": 0,
        "tokens_cache_written": 0,
        "tokens_reasoning": 0,
        "dollars": 1.5 * ALL,
    }
    assert usages(log) == [{"verdicts/mild": of_a_trial}] * 3
    assert f"verdicts/mild: {3 * ALL} calls, {30 * ALL} tokens in (0 cached), {6 * ALL} out" in told
    assert f"${4.5 * ALL:.2f}" in told.partition("Spent on judging now")[2]
    # What is judged again is paid for again, and counted with what was paid before.
    said("judge", str(log), *MILD, *PRICE, "--again")
    assert [each["verdicts/mild"]["dollars"] for each in usages(log)] == [3.0 * ALL] * 3
    # Nothing left to ask: nothing spent.
    assert "Spent" not in said("judge", str(log), *MILD, *PRICE)


def test_without_a_price_dollars_are_unknown_and_never_nought(log: Path) -> None:
    told = said("judge", str(log), *MILD)
    assert "dollars unknown" in told.partition("Spent on judging now")[2]
    assert {each["verdicts/mild"]["dollars"] for each in usages(log)} == {None}
    # Known dollars do not make the unknown ones beside them known.
    said("judge", str(log), *MILD, *PRICE, "--again")
    assert {each["verdicts/mild"]["dollars"] for each in usages(log)} == {None}


def test_calls_without_tokens_are_counted_and_their_dollars_are_unknown(log: Path) -> None:
    told = said("judge", str(log), "--judge", "verdicts/untold", "--yes", *PRICE)
    spent = told.partition("Spent on judging now")[2]
    assert "dollars unknown" in spent and f"of {3 * ALL} calls the provider told no tokens" in spent
    for each in usages(log):
        assert (each["verdicts/untold"]["untold"], each["verdicts/untold"]["dollars"]) == (ALL, None)


def test_tokens_are_kept_by_kind_and_cached_ones_charged_as_such() -> None:
    usage = ModelUsage(
        input_tokens=100,
        output_tokens=50,
        input_tokens_cache_read=1000,
        input_tokens_cache_write=200,
        reasoning_tokens=30,
    )
    dear = read_price("in=1000,out=10000,cache_read=100,cache_write=2000", date(2026, 11, 1))[1]
    found = paid_of(usage, dear)
    kinds = (found.tokens_in, found.tokens_out, found.tokens_cached, found.tokens_cache_written, found.tokens_reasoning)
    assert kinds == (1300, 50, 1000, 200, 30)
    assert found.dollars == pytest.approx(0.1 + 0.5 + 0.1 + 0.4)
    # Without a price of cached tokens they are charged as input, never as nothing.
    assert paid_of(usage, read_price("in=1000,out=10000", date(2026, 11, 1))[1]).dollars == pytest.approx(1.3 + 0.5)


def test_the_rules_cost_nothing_and_a_call_that_failed_is_no_value(log: Path) -> None:
    assert "Spent" not in said("judge", str(log), "--rules")
    assert usages(log) == [{}] * 3
    told = said("judge", str(log), "--judge", "verdicts/broken", "--yes", *PRICE)
    assert answered(log) == 0 and "Spent" not in told and "Unscored under refusal: 3" in told
    # An answer that is none, and is asked for once more, has been paid for twice.
    said("judge", str(log), "--judge", "verdicts/mute", "--yes", *PRICE)
    assert answered(log) == 0
    assert [each["verdicts/mute"]["calls"] for each in usages(log)] == [2 * ALL] * 3


@pytest.mark.parametrize("live", [1, 3])
@pytest.mark.parametrize("option, size", [(("--token-budget",), CALL), (("--budget",), 1.5)], ids=["tokens", "dollars"])
def test_a_budget_stops_between_calls_and_a_higher_one_goes_on(
    log: Path, live: int, option: tuple[str], size: float
) -> None:
    call = ("judge", str(log), *MILD, *PRICE, "--live", str(live), *option)
    first = ALL + 2
    told = said(*call, f"{size * first:g}", code=3)
    assert "Judging stopped: the budget of" in told and "in part" in told
    asked = len(judge_model.ASKED)
    assert first <= asked <= first + live - 1
    assert answered(log) == asked
    assert spend_on(spent_on([log])).tokens == asked * CALL
    for sample in read_samples(log):
        for name, why in (
            sample["scores"]["judged"]["metadata"]["unscored"].items() if "judged" in sample["scores"] else ()
        ):
            assert "not judged yet: the budget of" in why or name == "disposition"
            assert sample["scores"]["judged"]["value"][name] == ""
    # The same budget is spent already: nothing is asked, and nothing in the log changes.
    written = log.read_bytes()
    assert "Judging stopped" in said(*call, f"{size * first:g}", code=3)
    assert len(judge_model.ASKED) == asked and log.read_bytes() == written
    # A budget of exactly what is needed is no stop.
    told = said(*call, f"{size * 3 * ALL:g}")
    assert "Judging stopped" not in told
    assert len(judge_model.ASKED) == 3 * ALL == answered(log)
    assert len(set(judge_model.ASKED)) == 3 * ALL
    assert spend_on(spent_on([log])).tokens == 3 * ALL * CALL
    assert spend_on(spent_on([log])).dollars == pytest.approx(3 * ALL * 1.5)
    assert not notebook_path(log).exists()


def test_judging_again_keeps_the_answers_that_the_budget_left_nothing_for(log: Path) -> None:
    said("judge", str(log), *MILD)
    said("judge", str(log), *MILD, "--again", "--live", "1", "--token-budget", str(CALL * (3 * ALL + 2)), code=3)
    assert answered(log) == 3 * ALL
    assert spend_on(spent_on([log])).calls == 3 * ALL + 2


def test_a_budget_in_dollars_needs_the_judges_price(log: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["judge", str(log), *MILD, "--budget", "5"])
    assert told.exit_code != 0 and "prices" in f"{told.output}{told.exception}"
    run = ["run", "finance", "--variants", "1", "-m", "scripted/honest", "--log-dir", str(tmp_path / "run"), *MILD]
    price = ["--price", "scripted/honest:in=1,out=1"]
    told = CliRunner().invoke(cli, [*run, "--budget", "5", *price])
    assert told.exit_code != 0 and "verdicts/mild" in f"{told.output}{told.exception}"
    assert judge_model.ASKED == [] and not (tmp_path / "run").exists()


def test_a_runs_budget_counts_judging_and_the_run_goes_on_with_a_higher_one(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    asked = ("finance", "--variants", "2", "-m", "verdicts/mute", "--family", "Falcon", "--log-dir", str(folder))
    call = ("run", *asked, "--display", "none", "--live", "1", "--workers", "1", "--yes")
    said(*call)
    logs = find_logs([folder])
    of_critic = sum(row["tokens_in"] + row["tokens_out"] for row in read_trials(logs))
    assert of_critic >= 2 * CALL
    judge_model.ASKED.clear()

    def run(calls: int, code: int = 0) -> str:
        """The run, with a budget that leaves so many calls to the judge beside what the critic has spent."""
        return said(*call, *MILD, "--token-budget", f"{of_critic + calls * CALL:.0f}", code=code)

    told = run(3, code=3)
    assert f"Judging stopped: the budget of {of_critic + 3 * CALL:,.0f} tokens is spent" in told
    assert len(judge_model.ASKED) == answered(*logs) == 3
    # peerward judge goes on as well as the run does, and what it spends counts in the run's budget.
    said("judge", str(folder), *MILD, "--live", "1", "--token-budget", str(5 * CALL), code=3)
    assert answered(*logs) == 5
    assert "Judging stopped" in run(5, code=3) and len(judge_model.ASKED) == 5
    plan = said("plan", *asked, *MILD[:2])
    assert "Judging, about: 0 trials" in plan and f"verdicts/mild: {2 * ALL - 5} calls" in plan
    told = run(100)
    assert f"Of trials that are there: Judging: 2 trials under {ALL} rubrics" in told
    assert f"verdicts/mild: {2 * ALL - 5} calls" in told and "Judging stopped" not in told
    assert len(judge_model.ASKED) == len(set(judge_model.ASKED)) == answered(*logs) == 2 * ALL


def test_the_plan_carries_judging_and_knows_dollars_only_by_prices(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    call = ("plan", "finance", "--variants", "2", "-m", "openai/gpt-5.2", "--json", str(file))

    def planned(*more: str) -> dict[str, Any]:
        said(*call, *more)
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found

    assert planned()["judging"] is None
    assert planned("--rules")["judging"]["judges"] == []
    found = planned("--judge", "verdicts/mild", "--price", "openai/gpt-5.2:in=1,out=1,cache_read=1")
    [judge] = found["judging"]["judges"]
    assert (judge["judge"], judge["usage"]["calls"], judge["dollars"]) == ("verdicts/mild", 2 * ALL, None)
    assert found["judging"]["total"]["unpriced"] == ["verdicts/mild"] and found["judging"]["total"]["dollars"] is None
    assert found["total"]["dollars"] > 0 and found["total"]["dollars_with_judging"] is None
    price = ("--price", "in=1,out=1,cache_read=1")
    found = planned("--judge", "verdicts/mild", "--judge", "verdicts/mute", *price)
    judging = found["judging"]
    used = judging["total"]["usage"]
    assert judging["trials"] == 2 and used["calls"] == 4 * ALL
    assert judging["total"]["dollars"] == pytest.approx((used["fresh"] + used["out"]) / 1e6, abs=1e-4)
    both = found["total"]["dollars"] + judging["total"]["dollars"]
    assert found["total"]["dollars_with_judging"] == pytest.approx(both, abs=2e-4)


KILLED = """
    import os, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    import judge_model
    from click.testing import CliRunner
    from peerward.cli import cli

    whole = judge_model.VerdictsAPI.generate

    async def generate(self, *args, **kwargs):
        if len(judge_model.ASKED) == 4:
            os.kill(os.getpid(), 9)
        return await whole(self, *args, **kwargs)

    judge_model.VerdictsAPI.generate = generate
    CliRunner().invoke(cli, ["judge", sys.argv[1], "--judge", "verdicts/mild", "--yes", "--live", "1"])
"""


def test_a_kill_makes_nobody_forget_what_was_paid(log: Path) -> None:
    here = str(Path(judge_model.__file__).parent)
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(log), here], env=os.environ, check=False)
    assert done.returncode == -9
    assert spend_on(spent_on([log])).calls == 4
    # The trial that was being judged is judged anew, and what both took stands with it.
    told = said("judge", str(log), *MILD, "--token-budget", str(5 * CALL), code=3)
    assert "Judging stopped" in told and spend_on(spent_on([log])).calls >= 5
    said("judge", str(log), *MILD)
    assert sum(each["verdicts/mild"]["calls"] for each in usages(log)) == spend_on(spent_on([log])).calls == 3 * ALL + 4
