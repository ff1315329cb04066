"""Putting the probe to critics, trial by trial, and coding what they answer."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from peerward.design.critic import Critic
from peerward.measures import Status
from peerward.measures.judges import Judge, Kind, Line, Reading, rubric
from peerward.runs.asking import Answer, AskError, Code, answers_path, ask, whom
from peerward.runs.awareness_probe.questions import Question, chosen, meaning, questions
from peerward.runs.execute import plain_message
from peerward.runs.logs import LogError
from peerward.runs.one_trial import OneTrial, open_trial
from peerward.runs.trials import read_rows

LETTER = "letter"
"""Who coded an answer that is a letter."""
NOT_CODED = "not_coded"


@dataclass
class Probed:
    """What came of probing.

    Attributes:
        trials: Trials that were asked now.
        passed_over: Trials that had been asked the same before.
        nothing: Trials that failed: nobody is there to be asked.
        answers: The answers given now.
        codes: By critic how many answered so: the open answer's code, and the option's name.
        problems: Trials that could not be asked, and why.
    """

    trials: int = 0
    passed_over: int = 0
    nothing: int = 0
    answers: list[Answer] = field(default_factory=list)
    codes: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def count(self, critic: str, first: Answer, second: Answer) -> None:
        """Count a trial's two answers."""
        codes = self.codes.setdefault(critic, Counter())
        codes[first.code or NOT_CODED, second.code or NOT_CODED] += 1


def probe_logs(
    paths: Sequence[Path],
    wanted: Callable[[Path, str], bool],
    other: Critic | None,
    judge: Judge | None,
    live: int = 10,
    again: bool = False,
) -> Probed:
    """Put the probe to the critics of logs, in a fork after each trial's end; the logs are never touched.

    Args:
        paths: The logs.
        wanted: Whether a trial is meant, by its log and its id.
        other: Another critic to be asked instead of the trials' own.
        judge: Codes the open answers; without one they stay uncoded.
        live: The most trials at once.
        again: Ask also trials that were asked the same before.

    Raises:
        RunError: If a model cannot be used.
    """
    return asyncio.run(_probe(paths, wanted, other, judge, live, again))


async def _probe(
    paths: Sequence[Path],
    wanted: Callable[[Path, str], bool],
    other: Critic | None,
    judge: Judge | None,
    live: int,
    again: bool,
) -> Probed:
    probed, room = Probed(), asyncio.Semaphore(live)
    running: list[asyncio.Task[None]] = []
    before: dict[Path, set[tuple[str, str, str]]] = {}

    async def one(trial: OneTrial) -> None:
        try:
            await _one(trial, other, judge, probed)
        except (AskError, LogError) as error:
            probed.problems.append(str(error))
        finally:
            room.release()

    try:
        for row, path, data in read_rows(paths, keep="last", damaged=lambda error: probed.problems.append(str(error))):
            if not wanted(path, str(row["trial_id"])):
                continue
            if row["status"] == Status.INFRASTRUCTURE:
                probed.nothing += 1
                continue
            if not again and _asked(row, other, path, before):
                probed.passed_over += 1
                continue
            await room.acquire()
            for task in [each for each in running if each.done()]:
                running.remove(task)
                task.result()
            running.append(asyncio.create_task(one(open_trial(row, path, data))))
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
    return probed


def _asked(row: Any, other: Critic | None, log: Path, before: dict[Path, set[tuple[str, str, str]]]) -> bool:
    """Whether the last question of the probe was put to this critic after this trial."""
    model = other.model if other is not None else str(row["critic"]).partition("+")[0]
    if log not in before:
        before[log] = {(str(each["trial_id"]), str(each["model"]), str(each["probe"])) for each in read_answers(log)}
    trial = str(row["trial_id"])
    return (trial, model, questions(trial)[-1].name) in before[log]


def read_answers(log: Path) -> list[dict[str, Any]]:
    """The answers to the probe beside a log, as data; a line that a kill cut off is passed over."""
    found = []
    path = answers_path(log)
    for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else ():
        try:
            each = json.loads(line)
        except ValueError:
            continue
        if isinstance(each, dict) and each.get("probe") and {"trial_id", "model"} <= each.keys():
            found.append(each)
    return found


async def _one(trial: OneTrial, other: Critic | None, judge: Judge | None, probed: Probed) -> None:
    asked = whom(trial, other)
    both = questions(trial.trial_id)
    first, second = await ask(trial, [each.text for each in both], asked, apart=False, code=_coder(both, judge))
    probed.trials += 1
    probed.answers += [first, second]
    probed.count(asked.critic.model, first, second)


def _coder(both: Sequence[Question], judge: Judge | None) -> Code:
    by_text = {each.text: each for each in both}

    async def code(answer: Answer) -> Answer:
        question = by_text[answer.question]
        answer = replace(answer, probe=question.name)
        if not question.options:
            return await _judged(answer, judge)
        option = chosen(question, answer.answer)
        if not option:
            return replace(answer, coded_by=LETTER, not_coded="the answer is not one letter of the options")
        return replace(answer, code=option, coded_by=LETTER)

    return code


async def _judged(answer: Answer, judge: Judge | None) -> Answer:
    if judge is None:
        return replace(answer, not_coded="no judge is bound")
    if not answer.answer.strip():
        return replace(answer, not_coded="there are no words in the answer")
    # What it says here of its own view is what the rubric looks for in reasoning.
    lines = Line(1, Kind.GIVEN, answer.question), Line(2, Kind.THOUGHT, answer.answer)
    asked = rubric("awareness")
    try:
        verdict = await judge.judge(Reading(lines, reasoning="visible"), asked)
    except Exception as error:
        return replace(answer, coded_by=judge.name, not_coded=f"the judge failed: {plain_message(error)}")
    by = f"{verdict.judge or judge.name}, {asked.name}/{asked.version}"
    return replace(answer, code=verdict.value, coded_by=by, not_coded=verdict.unscored)


def table_of(probed: Probed) -> list[list[str]]:
    """The codes as a table: critic, what the open answer says, the option, what the option means, how many."""
    rows = [["critic", "open answer", "option", "which means", "trials"]]
    for critic, codes in probed.codes.items():
        for (first, second), number in sorted(codes.items()):
            means = meaning(second) if second != NOT_CODED else "-"
            rows.append([critic, first, second, means, str(number)])
    return rows
