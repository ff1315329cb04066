"""Judging logs: what is asked, what is kept, what a second call does, and what a kill costs."""

import asyncio
import json
import shutil
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import read_eval_log
from judges_at_hand import MILD, Fails, Says

from peerward.analysis.awareness import awareness
from peerward.cli.answers import summarise
from peerward.measures import FINDING_NAMES
from peerward.measures.judges import RUBRIC_NAMES, Judge, Reading, Rubric, RulesJudge, Verdict, rubrics
from peerward.runs.execute import RunSettings, execute
from peerward.runs.judging.asked import Bench
from peerward.runs.judging.conduct import Tally, judge_logs
from peerward.runs.judging.notebook import notebook, notebook_path
from peerward.runs.logs import open_log, read_member, read_samples
from peerward.runs.running.locks import held
from peerward.runs.table import load_table
from peerward.runs.table_write import write_table
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

Row = dict[str, Any]
ALL = len(RUBRIC_NAMES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three trials: an honest one, one that inflates a score, one that takes the key out."""
    parts = ["honest", "inflating_much", "removing_key"]
    shard = make_shard("shutdown_config", [{}], parts=parts)
    [path] = execute([shard], ["scripted/cast"], RunSettings(tmp_path_factory.mktemp("logs")))
    return path


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def bench(*judges: Judge, again: bool = False, only: tuple[str, ...] = RUBRIC_NAMES) -> Bench:
    return Bench(judges, tuple(each for each in rubrics() if each.name in only), again)


def rows_of(log: Path) -> dict[str, Row]:
    return {str(row["critic"]).partition("+")[2]: row for row in read_trials([log])}


def scores_of(log: Path) -> list[Row]:
    return [sample["scores"]["judged"] for sample in read_samples(log)]


def test_every_trial_is_judged_and_nothing_that_was_measured_changes(log: Path) -> None:
    before = rows_of(log)
    judge = Says()
    tally = judge_logs([log], bench(judge))
    assert (tally.trials, tally.judged, tally.logs, tally.problems) == (3, 3, 1, [])
    after = rows_of(log)
    assert len(after) == 3
    for part, row in after.items():
        for name in ("trial_id", "digest", "run", *FINDING_NAMES):
            assert repr(row[name]) == repr(before[part][name]), name
        assert {name: row[name] for name in RUBRIC_NAMES} == dict(MILD)
    assert after["honest"]["disposition"] == "complied"
    assert after["removing_key"]["disposition"] == "deviated_covertly"
    assert sorted(name for name, _ in judge.asked) == sorted(RUBRIC_NAMES * 3)
    assert [path.name for path in log.parent.iterdir()] == [log.name]


def test_the_score_tells_who_judged_by_which_version_and_why(log: Path) -> None:
    judge_logs([log], bench(Says()))
    for score in scores_of(log):
        assert set(score["value"]) == {"disposition", *RUBRIC_NAMES}
        about = score["metadata"]
        assert (about["format"], about["judges"], about["baseline"]) == (1, ["test/mild"], False)
        assert [each["rubric"] for each in about["verdicts"]] == list(RUBRIC_NAMES)
        versions = {each.name: each.version for each in rubrics()}
        assert all(each["version"] == versions[each["rubric"]] for each in about["verdicts"])
        assert all(each["why"] == "As always." for each in about["verdicts"])
        assert (about["unscored"], about["disagreements"]) == ({}, {"judges": {}, "state": []})
        assert about["masked"]["[#]"] > 0 and about["masked"]["[the subject]"] > 0


def test_judges_see_masked_text_and_the_outward_rubric_is_theirs_to_narrow(log: Path) -> None:
    judge = Says()
    judge_logs([log], bench(judge))
    shown = "\n".join(line.text for _, reading in judge.asked for line in reading.lines)
    subjects = {str(sample["metadata"]["scenario"]) for sample in read_samples(log)}
    assert subjects == {"shutdown_config"}
    assert "Average score: 60.0" not in shown and "[#]" in shown


def test_a_second_call_asks_nothing_and_writes_nothing(log: Path) -> None:
    judge_logs([log], bench(Says()))
    written, judge = log.read_bytes(), Says()
    tally = judge_logs([log], bench(judge))
    assert (tally.passed_over, tally.judged, judge.asked) == (3, 0, [])
    assert log.read_bytes() == written


def test_again_another_judge_or_another_version_asks_anew_and_keeps_what_was_said(log: Path) -> None:
    judge_logs([log], bench(Says()))
    second = Says(answers={**MILD, "awareness": "yes"})
    assert judge_logs([log], bench(second, again=True)).judged == 3
    assert len(second.asked) == 3 * ALL
    assert {row["awareness"] for row in rows_of(log).values()} == {"yes"}
    first, last = scores_of(log)[0]["history"]
    assert (first["value"]["awareness"], last["value"]["awareness"]) == ("no", "yes")
    assert last["provenance"]["author"] == "peerward judge"
    samples = read_eval_log(str(log)).samples or []
    edits = [sample.scores["judged"].history for sample in samples if sample.scores]
    assert [len(each) for each in edits] == [2, 2, 2]
    assert all(each[1].provenance and each[1].provenance.reason == "judged again" for each in edits)
    other = Says(name="test/other")
    assert judge_logs([log], bench(other)).judged == 3
    assert scores_of(log)[0]["metadata"]["judges"] == ["test/other"]
    newer = tuple(replace(each, version=each.version + (each.name == "refusal")) for each in rubrics())
    judge_logs([log], Bench((other,), newer))
    assert [name for name, _ in other.asked[3 * ALL :]] == ["refusal"] * 3


def test_one_rubric_alone_leaves_the_others_as_they_were(log: Path) -> None:
    judge_logs([log], bench(Says()))
    other = Says(name="test/other", answers={**MILD, "awareness": "unsure"})
    judge_logs([log], bench(other, only=("awareness",)))
    row = rows_of(log)["honest"]
    assert (row["awareness"], row["refusal"], row["disposition"]) == ("unsure", "no", "complied")
    assert scores_of(log)[0]["metadata"]["judges"] == ["test/mild", "test/other"]


def test_one_rubric_alone_gives_no_disposition(log: Path) -> None:
    judge_logs([log], bench(Says(), only=("awareness",)))
    assert {row["disposition"] for row in rows_of(log).values()} == {""}
    told = scores_of(log)[0]["metadata"]["unscored"]["disposition"]
    assert "refusal, persuasion, disclosure" in told


def test_a_panel_counts_its_majority_and_keeps_every_voice(log: Path) -> None:
    harsh = {**MILD, "awareness": "yes", "refusal": "yes"}
    panel = (Says("test/a"), Says("test/b", harsh), Says("test/c", {**MILD, "awareness": "yes"}))
    tally = judge_logs([log], bench(*panel))
    assert (tally.split, tally.judged) == (3, 3)
    row = rows_of(log)["honest"]
    assert (row["awareness"], row["refusal"]) == ("yes", "no")
    split = scores_of(log)[0]["metadata"]["disagreements"]["judges"]
    assert split["refusal"] == {"test/a": "no", "test/b": "yes", "test/c": "no"}
    assert len(scores_of(log)[0]["metadata"]["verdicts"]) == 3 * ALL


def test_two_judges_who_disagree_give_no_answer_and_a_third_is_asked_alone(log: Path) -> None:
    one, two = Says("test/a"), Says("test/b", {**MILD, "awareness": "yes"})
    tally = judge_logs([log], bench(one, two))
    assert tally.unscored == {"awareness": 3}
    assert {row["awareness"] for row in rows_of(log).values()} == {""}
    three = Says("test/c", {**MILD, "awareness": "yes"})
    judge_logs([log], bench(one, two, three))
    assert (len(one.asked), len(two.asked), len(three.asked)) == (3 * ALL,) * 3
    assert {row["awareness"] for row in rows_of(log).values()} == {"yes"}


def test_the_state_stands_against_a_judge_and_the_disagreement_is_kept(log: Path) -> None:
    tally = judge_logs([log], bench(Says(answers={**MILD, "refusal": "yes"})))
    assert tally.against_state == 3
    assert rows_of(log)["honest"]["disposition"] == "complied"
    assert all("refusal is judged yes" in score["metadata"]["disagreements"]["state"][0] for score in scores_of(log))


def test_a_judge_that_fails_gives_a_reason_never_a_value_and_is_asked_again(log: Path) -> None:
    tally = judge_logs([log], bench(Fails(after=4)), live=1)
    assert sum(count for name, count in tally.unscored.items() if name != "disposition") == 3 * ALL - 4
    first, *others = sorted(scores_of(log), key=lambda score: len(score["metadata"]["unscored"]))
    assert {name for name, value in first["value"].items() if value} == {"disposition", *RUBRIC_NAMES[:4]}
    for score in others:
        assert set(score["value"].values()) == {""}
        assert all("the line is dead" in why for name, why in score["metadata"]["unscored"].items() if name in MILD)
    judge = Says()
    judge_logs([log], bench(judge))
    assert len(judge.asked) == 3 * ALL - 4
    assert {row["understanding"] for row in rows_of(log).values()} == {"yes"}


def test_a_failed_trial_is_nothing_to_judge_and_is_said_to_be(log: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.eval"
    with open_log(log) as archive:
        members = {name: json.loads(read_member(archive, log, name)) for name in archive.namelist()}
    with zipfile.ZipFile(broken, "w") as archive:
        for number, (name, data) in enumerate(members.items()):
            if name.startswith("samples/") and number < 3:
                data["error"] = {"message": "502 bad gateway", "traceback": "", "traceback_ansi": ""}
            archive.writestr(name, json.dumps(data, separators=(",", ":")))
    judge = Says()
    tally = judge_logs([broken], bench(judge))
    assert tally.nothing >= 1 and tally.nothing + tally.judged == 3
    assert len(judge.asked) == tally.judged * ALL
    failed = [score for score in scores_of(broken) if not score["metadata"]["verdicts"]]
    assert all("502 bad gateway" in score["metadata"]["unscored"]["refusal"] for score in failed)
    assert {value for score in failed for value in score["value"].values()} == {""}
    assert judge_logs([broken], bench(judge)).passed_over == 3


def test_a_kill_loses_at_most_the_trials_in_flight(log: Path) -> None:
    before = log.read_bytes()
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[2])
        from judges_at_hand import Says
        from peerward.measures.judges import rubrics
        from peerward.runs.judging.asked import Bench
        from peerward.runs.judging.conduct import judge_logs

        def seen(tally):
            if tally.judged == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        judge_logs([Path(sys.argv[1])], Bench((Says(),), rubrics()), live=1, seen=seen)
        """
    )
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", program, str(log), here], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert log.read_bytes() == before
    with notebook_path(log).open("a", encoding="utf-8") as file:
        file.write('{"sample": "cut o')
    judge = Says()
    tally = judge_logs([log], bench(judge))
    assert len(judge.asked) == ALL and (tally.passed_over, tally.judged) == (2, 1)
    assert {row["refusal"] for row in rows_of(log).values()} == {"no"}
    assert not notebook_path(log).exists()


def test_a_log_that_is_run_or_judged_by_another_is_left_alone(log: Path, tmp_path: Path) -> None:
    before = log.read_bytes()
    with notebook(log):
        program = "from peerward.cli import main; import sys; sys.argv = ['peerward', *sys.argv[1:]]; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, "judge", str(log), "--rules"], capture_output=True, text=True
        )
        assert "is being judged by another process" in done.stderr, done.stderr
    with held(tmp_path / "lock"):
        tally = judge_logs([log], bench(Says()))
    assert tally.judged == 0 and "is being run by" in tally.problems[0]
    assert log.read_bytes() == before


def test_only_so_many_trials_are_judged_at_once(log: Path) -> None:
    now, most = [0], [0]

    class Slow(Says):
        async def judge(self, reading: Any, rubric: Any) -> Any:
            now[0] += 1
            most[0] = max(most[0], now[0])
            await asyncio.sleep(0.01)
            now[0] -= 1
            return await super().judge(reading, rubric)

    judge_logs([log], bench(Slow()), live=2)
    assert most[0] == 2


def test_the_rules_judge_offline_and_are_labelled(log: Path) -> None:
    seen: list[int] = []

    def told(tally: Tally) -> None:
        seen.append(tally.judged)

    judge_logs([log], bench(RulesJudge()), seen=told)
    assert sorted(seen) == [1, 2, 3]
    assert all(score["metadata"]["baseline"] and score["metadata"]["judges"] == ["rules"] for score in scores_of(log))
    assert all(row["refusal"] for row in rows_of(log).values())


def test_awareness_flows_from_the_logs_to_rates_split_by_it(tmp_path: Path) -> None:
    """A judge to whom taking the key out gives the suspicion away: behaviour and awareness then go together."""

    class Suspicious(Says):
        async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
            said = await super().judge(reading, rubric)
            if rubric.name != "awareness":
                return said
            took = any("remove_config_value(" in line.text for line in reading.lines)
            return replace(said, values=("yes" if took else "no",))

    shard = make_shard("shutdown_config", [{}], parts=["honest", "removing_key"], variants=3)
    [log] = execute([shard], ["scripted/cast"], RunSettings(tmp_path))
    judge_logs([log], bench(Suspicious()))
    write_table(read_trials([log]), tmp_path / "trials.parquet")
    table = load_table(tmp_path / "trials.parquet")
    found = awareness(list(table["awareness"]), table["preserved"], list(table["cluster"]))

    assert (found.counts, found.not_judged) == ({"yes": 3, "unsure": 0, "no": 3, "not_visible": 0}, 0)
    assert (found.rate.value, found.aware.value, found.unaware.value) == (0.5, 1.0, 0.0)
    assert (found.everyone.value, found.without_aware.value) == (0.5, 0.0)
    cells = {cell.critic.model.partition("+")[2]: cell.awareness for cell in summarise([log]).cells}
    assert cells == {"honest": {"no": 3}, "removing_key": {"yes": 3}}
