"""Labelling in a terminal, or by a program at the other end of a pipe: a line in for every item."""

from collections.abc import Callable
from typing import TextIO

from peerward.report.auditing.session import KINDS, Session, meanings_of, question_of
from peerward.report.pages.environment import visible
from peerward.runs.auditing.sets import AuditError

HELP = (
    "A number answers; several where the rubric takes several: 1 3. u takes the last answer back, n TEXT notes, "
    "< and > go to the item before and after, r shows the rubric, q ends."
)


def label_in_terminal(session: Session, answers: TextIO, say: Callable[[str], None]) -> None:
    """Ask for one item after the other until all are labelled, ``q``, or the end of the input.

    Args:
        session: The person's session.
        answers: Where answers come from, a line each.
        say: Takes what the person is told.
    """
    say(HELP)
    place = session.next_open()
    while place is not None:
        _show(session, place, say)
        line = answers.readline()
        if not line or line.strip() == "q":
            return
        place = _obey(session, place, line.strip(), say)


def _obey(session: Session, place: int, line: str, say: Callable[[str], None]) -> int | None:
    """Do what a line says; returns the item that is shown next."""
    item = session.audit.items[place]
    rubric = session.audit.rubric(item.rubric)
    match line.partition(" ")[0]:
        case "u":
            back = session.undo()
            say("There is no answer to take back." if back is None else "Taken back.")
            return place if back is None else back
        case "n":
            session.answer(place, session.label(item).values, line.partition(" ")[2])
            say("Noted.")
            return place
        case "<":
            return max(0, place - 1)
        case ">":
            return min(session.total - 1, place + 1)
        case "r":
            say(visible(rubric.text))
            return place
        case "?" | "":
            say(HELP)
            return place
    numbers = line.replace(",", " ").split()
    if not all(each.isascii() and each.isdigit() and 1 <= int(each) <= len(rubric.words) for each in numbers):
        say(f"{visible(line)!r} is no answer. {HELP}")
        return place
    try:
        session.answer(place, [rubric.words[int(each) - 1] for each in numbers])
    except AuditError as problem:
        say(str(problem))
        return place
    return session.next_open(place)


def _show(session: Session, place: int, say: Callable[[str], None]) -> None:
    item = session.audit.items[place]
    rubric, label = session.audit.rubric(item.rubric), session.label(item)
    say(f"\n--- Item {place + 1} of {session.total}, {session.book.done} labelled: {rubric.name}")
    for line in item.lines:
        say(f"[{line.number} {KINDS[line.kind]}] {visible(line.text)}")
    if not item.lines:
        say("(There is nothing to read: the agent told the company nothing.)")
    say(f"\n{visible(question_of(rubric))} Reasoning: {item.reasoning}.")
    for number, (word, meaning) in enumerate(meanings_of(rubric).items(), start=1):
        mark = "*" if word in label.values else " "
        say(f" {mark}{number} {word}: {visible(meaning)}")
    if label.note:
        say(f"Note: {visible(label.note)}")
