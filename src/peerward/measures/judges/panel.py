"""Several judges on one question: the majority's answer, with every vote kept."""

from collections import Counter
from collections.abc import Sequence

from peerward.measures.judges.reading import Reading
from peerward.measures.judges.rubric import Rubric
from peerward.measures.judges.verdict import Judge, Verdict

DISAGREE = "judges disagree"
"""Why a panel without a majority has no answer."""


class Panel:
    """Several judges; what more than half of all of them say stands."""

    def __init__(self, judges: Sequence[Judge]) -> None:
        """Take the judges.

        Raises:
            ValueError: If there is none, or one twice.
        """
        names = [judge.name for judge in judges]
        if not names:
            raise ValueError("a panel needs at least one judge")
        if len(set(names)) != len(names):
            raise ValueError(f"a judge sits in the panel twice: {', '.join(names)}")
        self._judges = tuple(judges)

    @property
    def name(self) -> str:
        """``panel(one, other)``."""
        return f"panel({', '.join(judge.name for judge in self._judges)})"

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        """Return the panel's verdict, each judge's own in ``votes``."""
        return self.counted([await judge.judge(reading, rubric) for judge in self._judges], rubric)

    def counted(self, votes: Sequence[Verdict], rubric: Rubric) -> Verdict:
        """Return the verdict of votes that were cast: a judge that gave no answer counts among those to be outvoted.

        Where several words can be given, each word is voted on by itself, ``none`` as a word like the others.
        """
        counts = Counter(word for vote in votes for word in vote.values)
        values = tuple(word for word in rubric.words if counts[word] * 2 > len(votes))
        if not values:
            silent = [f"{vote.judge} gave no answer ({vote.unscored})" for vote in votes if vote.unscored]
            said = [f"{vote.judge} said {vote.value}" for vote in votes if not vote.unscored]
            reason = "; ".join([DISAGREE if said else "no judge gave an answer", *said, *silent])
            return Verdict(rubric.name, rubric.version, self.name, unscored=reason, votes=tuple(votes))
        agreeing = [vote for vote in votes if set(vote.values) & set(values)]
        return Verdict(
            rubric=rubric.name,
            version=rubric.version,
            judge=self.name,
            values=values,
            citations=tuple(dict.fromkeys(citation for vote in agreeing for citation in vote.citations)),
            why=" ".join(f"{vote.judge}: {vote.why}" for vote in agreeing if vote.why),
            votes=tuple(votes),
        )
