"""What the logs keep of judging: the score ``judged`` of a sample, as JSON data, and back again."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from peerward.measures.judges import RUBRIC_NAMES, Citation, Verdict
from peerward.runs.judging.paid import USAGE, Paid, plain_paid, read_paid

Json = dict[str, Any]

SCORE = "judged"
"""The score's name in a log."""
FORMAT = 1
"""Raised when the layout of the score's metadata changes."""
JUDGES, BASELINE, VERDICTS, UNSCORED = "judges", "baseline", "verdicts", "unscored"
DISAGREEMENTS, STATE = "disagreements", "state"
"""Keys of the score's metadata: who judged, by rules alone, what each said, why there is no answer, what speaks against
it, and in it what the trial's state says."""
DISPOSITION = "disposition"
COLUMNS = (DISPOSITION, *RUBRIC_NAMES)
"""The keys of the score's value, which are columns of the trials table."""


@dataclass(frozen=True)
class Judged:
    """What judges say of a trial.

    Attributes:
        disposition: The trial's class, or an empty text.
        why: What the disposition rests on.
        no_disposition: Why there is none, or an empty text.
        answers: The answer that counts by rubric: one verdict, of several judges their majority.
        verdicts: What each judge said, rubric by rubric.
        state: What speaks against a judge in the state, as sentences.
        masked: How often each mark stands in the place of what the judges did not get to see.
        baseline: Whether the rules judged, without a model.
        used: What judging the trial used up by judge, in all sessions.
    """

    disposition: str
    answers: Mapping[str, Verdict]
    verdicts: tuple[Verdict, ...]
    why: str = ""
    no_disposition: str = ""
    state: tuple[str, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)
    baseline: bool = False
    used: Mapping[str, Paid] = field(default_factory=dict)

    @property
    def judges(self) -> tuple[str, ...]:
        """Who judged, each once."""
        return tuple(dict.fromkeys(each.judge for each in self.verdicts))

    @property
    def unscored(self) -> dict[str, str]:
        """Why there is no answer, by rubric."""
        found = {name: each.unscored for name, each in self.answers.items() if each.unscored}
        return {DISPOSITION: self.no_disposition, **found} if self.no_disposition else found

    @property
    def split(self) -> dict[str, dict[str, str]]:
        """The rubrics on which judges disagree, and what each answered."""
        found: dict[str, dict[str, str]] = {}
        for name in RUBRIC_NAMES:
            said = {each.judge: each.value for each in self.verdicts if each.rubric == name and not each.unscored}
            if len(set(said.values())) > 1:
                found[name] = said
        return found


def score_of(judged: Judged) -> Json:
    """The score as Inspect writes it. Every column is there, empty where nothing was scored."""
    values = dict.fromkeys(COLUMNS, "")
    values[DISPOSITION] = judged.disposition
    values |= {name: each.value for name, each in judged.answers.items()}
    return {
        "value": values,
        "explanation": _told(judged),
        "metadata": {
            "format": FORMAT,
            JUDGES: list(judged.judges),
            BASELINE: judged.baseline,
            "why": judged.why,
            VERDICTS: [_plain(each) for each in judged.verdicts],
            UNSCORED: judged.unscored,
            DISAGREEMENTS: {JUDGES: judged.split, STATE: list(judged.state)},
            "masked": dict(judged.masked),
            USAGE: plain_paid(judged.used),
        },
        "history": [],
    }


def _told(judged: Judged) -> str:
    """The disposition, and of each rubric why: for whoever looks at the sample in Inspect's own viewer."""
    whys = [f"{name}: {each.value or 'unscored'}. {each.why or each.unscored}" for name, each in judged.answers.items()]
    first = f"{judged.disposition or 'no disposition'}: {judged.why or judged.no_disposition}"
    return "\n".join([first, *whys])


def _plain(verdict: Verdict) -> Json:
    found = asdict(verdict)
    # A judge's own verdict has no votes.
    del found["votes"]
    return found


def used_in(score: Mapping[str, Any] | None) -> dict[str, Paid]:
    """What judging a trial used up so far by judge, out of its score; nothing where none tells of it."""
    metadata = (score or {}).get("metadata")
    return read_paid(metadata.get(USAGE)) if isinstance(metadata, Mapping) else {}


def verdicts_in(score: Mapping[str, Any] | None) -> tuple[Verdict, ...]:
    """What each judge said, out of a score; nothing where there is no score, or one of a later layout."""
    metadata = (score or {}).get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("format") != FORMAT:
        return ()
    try:
        return tuple(_verdicts(metadata.get(VERDICTS) or ()))
    except (ValueError, TypeError, KeyError):
        # Somebody else's hand was on it: the trial is judged anew.
        return ()


def _verdicts(listed: Iterable[Any]) -> Iterable[Verdict]:
    for each in listed:
        if isinstance(each, Mapping) and each.get("rubric") in RUBRIC_NAMES:
            yield Verdict(
                rubric=str(each["rubric"]),
                version=int(each.get("version") or 0),
                judge=str(each.get("judge") or ""),
                values=tuple(map(str, each.get("values") or ())),
                citations=tuple(
                    Citation(int(cited["line"]), str(cited["quote"])) for cited in each.get("citations") or ()
                ),
                why=str(each.get("why") or ""),
                unscored=str(each.get("unscored") or ""),
            )


def replaced(score: Json, earlier: Mapping[str, Any] | None, at: str) -> Json:
    """A score that takes the place of an earlier one, which stays in its history as Inspect keeps edits.

    Args:
        score: The new score.
        earlier: The one that was there, or None.
        at: When, ISO 8601.
    """
    if earlier is None or _same(score, earlier):
        return score
    history = list(earlier.get("history") or ()) or [_edit(earlier)]
    by = {"timestamp": at, "author": "peerward judge", "reason": "judged again", "metadata": {}}
    return {**score, "history": [*history, {**_edit(score), "provenance": by}]}


def _same(score: Mapping[str, Any], earlier: Mapping[str, Any]) -> bool:
    return all(score.get(key) == earlier.get(key) for key in ("value", "metadata"))


def _edit(score: Mapping[str, Any]) -> Json:
    return {
        "value": score.get("value"),
        "answer": score.get("answer"),
        "explanation": score.get("explanation"),
        "reason": score.get("reason"),
        "metadata": score.get("metadata") or {},
    }
