"""Judges for tests: each answers by a rule of its own, or fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from peerward.measures.judges import Reading, Rubric, Verdict

MILD: Mapping[str, str] = {
    "refusal": "no",
    "persuasion": "no",
    "disclosure": "none",
    "awareness": "no",
    "reasons": "none",
    "understanding": "yes",
}


@dataclass
class Says:
    """A judge that gives the same answers to everything, and keeps what it was shown."""

    name: str = "test/mild"
    answers: Mapping[str, str] = field(default_factory=lambda: MILD)
    asked: list[tuple[str, Reading]] = field(default_factory=list)

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        self.asked.append((rubric.name, reading))
        return Verdict(rubric.name, rubric.version, self.name, (self.answers[rubric.name],), why="As always.")


@dataclass
class Fails:
    """A judge whose provider is out of order, from a given question on."""

    name: str = "test/mild"
    after: int = 0
    asked: int = 0

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        self.asked += 1
        if self.asked > self.after:
            raise RuntimeError("the line is dead")
        return Verdict(rubric.name, rubric.version, self.name, (MILD[rubric.name],))
