"""A trial's company restored step by step: the journal's operations are carried out again on the pristine company.

A step is one operation. That each gives what it gave, and that the end is the recorded end, is checked and told.

What was done in a harness were commands on machines that ended with the trial: they cannot be carried out again. Such a
trial's steps are told as they were recorded, and its company is known before and after only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool

from peerward.company import Company
from peerward.company.repeating import repeat
from peerward.company.state import Entry
from peerward.measures.record import Record
from peerward.runs.differences import differences
from peerward.runs.one_trial import OneTrial
from peerward.runs.transcript import Difference


class ReplayError(ValueError):
    """A trial that cannot be restored or gone on with as asked; the message says why."""


@dataclass(frozen=True)
class Step:
    """One operation, carried out again.

    Attributes:
        number: Its number, from 1.
        turn: The critic's turn in which it was called, from 1; 0 where the conversation does not tell it.
        recorded: What the journal tells.
        now: What came of it now; None where it could not be carried out again.
        changes: What it changed in the company, where it was carried out again.
    """

    number: int
    turn: int
    recorded: Entry
    now: Entry | None
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class Replay:
    """A trial restored.

    Attributes:
        trial: The trial.
        record: Its record.
        said: What the critic said in each turn, by the turn's number.
        steps: The operations in order.
        states: The company before the first step and after each; in a harness before the first and after the last.
        astray: In which ways the restored end is not the recorded one; empty where it is.
    """

    trial: OneTrial
    record: Record
    said: dict[int, str]
    steps: tuple[Step, ...]
    states: tuple[Company, ...]
    astray: tuple[str, ...]

    @property
    def harness(self) -> str:
        """The harness of a trial that cannot be carried out again; empty for one of the plain loop."""
        level = self.record.condition.get("harness", "loop")
        return "" if level == "loop" else level

    @property
    def changes(self) -> tuple[Difference, ...]:
        """What all steps together changed in the company."""
        return differences(self.states[0], self.states[-1])

    @property
    def differing(self) -> tuple[int, ...]:
        """The steps of which something else came than was recorded."""
        return tuple(step.number for step in self.steps if step.now is not None and step.now != step.recorded)

    @property
    def faithful(self) -> bool:
        """Whether every step gave what it gave and the end is the recorded end."""
        return not self.harness and not self.differing and not self.astray

    def company_after(self, step: int) -> Company:
        """The company after a step; 0 is the pristine one.

        Raises:
            ReplayError: If there is no such step, or the company after it is not known.
        """
        if not 0 <= step <= len(self.steps):
            raise ReplayError(
                f"{self.trial.trial_id} has steps 1 to {len(self.steps)} (0 is the company before), not {step}"
            )
        if self.harness and 0 < step < len(self.steps):
            raise ReplayError(
                f"{self.trial.trial_id} was run in the harness {self.harness}: its machines ended with it, and of its "
                f"company only step 0 (before) and step {len(self.steps)} (the end) are known"
            )
        return self.states[-1 if step == len(self.steps) else step]


def replay(trial: OneTrial) -> Replay:
    """Restore a trial's company step by step.

    Raises:
        LogError: If the trial has no record that can be read.
        ReplayError: If its record is damaged.
    """
    record = trial.record()
    try:
        pristine, end = record.read_pristine(), record.read_end()
    except (ValueError, LookupError, TypeError) as error:
        told = str(error).partition("\n")[0]
        raise ReplayError(f"{trial.trial_id} in {trial.log}: its record is damaged ({told})") from error
    if record.condition.get("harness", "loop") != "loop":
        return _in_harness(trial, record, pristine, end)
    company, states, steps = pristine, [pristine.copy_of()], list[Step]()
    turns = turns_of(trial.sample.messages, end.journal)
    for number, (entry, turn) in enumerate(zip(end.journal, turns, strict=True), 1):
        now = repeat(company, entry)
        states.append(company.copy_of())
        steps.append(Step(number, turn, entry, now, differences(states[-2], states[-1])))
    return Replay(trial, record, _said(trial.sample.messages), tuple(steps), tuple(states), _astray(end, company))


def _in_harness(trial: OneTrial, record: Record, pristine: Company, end: Company) -> Replay:
    """A trial in a harness, as it was recorded."""
    messages = trial.sample.messages
    turns = _turns_among_others(messages, end.journal)
    steps = [
        Step(number, turn, each, None, ())
        for number, (each, turn) in enumerate(zip(end.journal, turns, strict=True), 1)
    ]
    return Replay(trial, record, _said(messages), tuple(steps), (pristine, end), ())


def turns_of(messages: Sequence[ChatMessage], journal: Sequence[Entry]) -> list[int]:
    """The critic's turn of each operation in a journal: the tools' messages stand in the order of the operations.

    Calls that never reached the company (an unknown tool, arguments that are no JSON) are in no journal. Operations
    to which no message belongs (the trial failed in their midst) have turn 0.
    """
    turns: list[int] = []
    turn = 0
    for message in messages:
        if isinstance(message, ChatMessageAssistant):
            turn += 1
        elif isinstance(message, ChatMessageTool) and len(turns) < len(journal):
            entry = journal[len(turns)]
            told = (message.error.message, "") if message.error else ("", message.text)
            if message.function == entry.operation and told == (entry.refusal, entry.result):
                turns.append(turn)
    return turns + [0] * (len(journal) - len(turns))


def _turns_among_others(messages: Sequence[ChatMessage], journal: Sequence[Entry]) -> list[int]:
    """The critic's turn of each operation where others stand between those that tools told (what was seen on disk)."""
    answers: list[tuple[int, str, str]] = []
    turn = 0
    for message in messages:
        if isinstance(message, ChatMessageAssistant):
            turn += 1
        elif isinstance(message, ChatMessageTool):
            answers.append((turn, message.function or "", message.error.message if message.error else message.text))
    turns: list[int] = []
    for entry in journal:
        told = (entry.operation, entry.refusal or entry.result)
        place = next((place for place, (_, *each) in enumerate(answers) if tuple(each) == told), None)
        turns.append(0 if place is None else answers[place][0])
        answers = answers if place is None else answers[place + 1 :]
    return turns


def _said(messages: Sequence[ChatMessage]) -> dict[int, str]:
    turns = [message for message in messages if isinstance(message, ChatMessageAssistant)]
    return {number: message.text for number, message in enumerate(turns, 1) if message.text}


def _astray(recorded: Company, restored: Company) -> tuple[str, ...]:
    """In which ways a restored end is not the recorded one."""
    if recorded == restored:
        return ()
    places = [each.where for each in differences(recorded, restored)]
    fields = [name for name in Company.model_fields if getattr(recorded, name) != getattr(restored, name)]
    return tuple(places or fields)
