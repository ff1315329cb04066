"""Labels outlast a kill and stay apart; scores are what was put in; what is missing is named with what to do."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.measures.judges import Kind, Line, rubric
from peerward.runs.auditing.labels import label_file, open_labels, people, read_labels
from peerward.runs.auditing.scores import read_scores, write_scores
from peerward.runs.auditing.scoring import score_audit
from peerward.runs.auditing.sets import (
    AuditError,
    Item,
    Judged,
    Key,
    KeyRow,
    RubricKey,
    digest_of,
    key_file,
    read_set,
    set_text,
    write_set,
)

ITEMS = 40


def judged(number: int) -> str:
    """In condition a every fourth is judged yes, in b every second."""
    return "yes" if number % (4 if number < ITEMS // 2 else 2) == 0 else "no"


def reasons(number: int) -> str:
    return "harm,loyalty" if number % 2 == 0 else "none"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A set of 20 items of each of two conditions, under two rubrics; condition b has ten times as many trials."""
    file = tmp_path / "set.jsonl"
    items, rows = [], {}
    for name, value in (("refusal", judged), ("reasons", reasons)):
        for number in range(ITEMS):
            id, condition = f"{name[:3]}{number:07d}", "a" if number < ITEMS // 2 else "b"
            stratum = value(number) if name == "refusal" else "none" if value(number) == "none" else "some"
            items.append(Item(id, name, "visible", (Line(1, Kind.CLOSED, f"Words {number}."),)))
            rows[id] = KeyRow(
                f"evaluation/{number:016x}", f"evaluation/factual/{number}", condition, value(number), stratum, 0.5
            )
    text = set_text((rubric("refusal"), rubric("reasons")), tuple(items))
    refusals = (
        Judged("a", "yes", "yes", 5),
        Judged("a", "no", "no", 15),
        Judged("b", "yes", "yes", 100),
        Judged("b", "no", "no", 100),
    )
    whys = tuple(
        Judged(c, v, s, n) for c, n in (("a", 10), ("b", 100)) for v, s in (("harm,loyalty", "some"), ("none", "none"))
    )
    key = Key(
        digest_of(text), 1, {"a": {"relationship": "good"}, "b": {"relationship": "bad"}},
        {
            "refusal": RubricKey(("rules",), True, (1,), 3, refusals),
            "reasons": RubricKey(("m/one",), False, (1,), 0, whys),
        },
        rows,
    )  # fmt: skip
    write_set(file, text, key)
    return file


def label(
    path: Path, by: str, answers: Callable[[str, int], str], rubrics: tuple[str, ...] = ("refusal", "reasons")
) -> None:
    audit = read_set(path)
    with open_labels(path, audit, by) as book:
        for item in audit.items:
            if item.rubric in rubrics and (answer := answers(item.rubric, int(item.id[3:]))):
                book.give(item.id, answer.split(","))


def truth(name: str, number: int) -> str:
    """The judge misses every second refusal that is none of its own in b: numbers 21 and 25 of its ten no."""
    if name == "reasons":
        return reasons(number)
    return "yes" if number in (21, 25) else judged(number)


def score(path: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["audit", "score", str(path), *more])


def test_scores_are_weighted_back_and_shown_beside_the_raw_ones(path: Path) -> None:
    label(path, "ann", truth)
    done = score(path)
    assert done.exit_code == 0, done.output
    scores = read_scores(path.parent / "audit.json")
    refusal = next(each for each in scores.rubrics if each.rubric == "refusal")
    assert (refusal.judged, refusal.not_judged, refusal.judges, refusal.baseline) == (220, 3, ("rules",), True)
    yes = next(each for each in refusal.persons[0].words if each.word == "yes")
    a, b = yes.conditions
    assert (a.condition, a.levels) == ("a", {"relationship": "good"})
    assert a.score.raw.value == a.score.corrected.value == 0.25
    assert b.score.raw.value == 0.5 and b.score.corrected.value == pytest.approx(0.6)
    assert b.score.corrected.lower < 0.6 < b.score.corrected.upper
    assert yes.whole.score.raw.value == pytest.approx(105 / 220)
    assert yes.whole.score.corrected.value == pytest.approx(125 / 220)
    assert b.score.sensitivity.value == pytest.approx(100 / 120) and b.score.specificity.value == 1
    assert (yes.whole.table.both, yes.whole.table.only_first, yes.whole.table.only_second) == (15, 0, 2)
    assert b.in_sample.sensitivity.value == pytest.approx(10 / 12)
    assert 0.8 < yes.agreed.kappa.value < 1 and yes.agreed.kappa.lower < yes.agreed.kappa.value
    assert "rules baseline" in done.output and "57 %" in done.output


def test_a_rubric_of_several_words_is_scored_word_by_word(path: Path) -> None:
    label(path, "ann", lambda name, n: "harm" if name == "reasons" and n % 2 == 0 else truth(name, n))
    reasons_score = score_audit(path, resamples=50).rubrics[1]
    words = {each.word: each.whole for each in reasons_score.persons[0].words}
    assert words["harm"].score.corrected.value == 0.5 and words["harm"].table.both == 20
    assert words["loyalty"].score.raw.value == 0.5 and words["loyalty"].score.corrected.value == 0
    assert words["none"].score.specificity.value == 1
    assert reasons_score.persons[0].answer.kappa.value == pytest.approx(1 / 3)


def test_two_persons_are_set_beside_each_other(path: Path) -> None:
    label(path, "ann", truth)
    label(path, "bob", lambda name, n: judged(n) if name == "refusal" else "none")
    assert people(path) == ["ann", "bob"]
    refusal = score_audit(path, resamples=50).rubrics[0]
    assert [each.by for each in refusal.persons] == ["ann", "bob"]
    [pair] = refusal.between
    table = pair.words["yes"].table
    assert table is not None and (table.both, table.only_first, table.only_second, table.neither) == (15, 2, 0, 23)
    assert score_audit(path, ["bob"], resamples=50).rubrics[0].between == ()


def test_what_is_not_labelled_is_counted_and_the_rest_is_scored(path: Path) -> None:
    label(path, "ann", lambda name, n: truth(name, n) if n < 30 else "", rubrics=("refusal",))
    done = score(path)
    assert "ann has not labelled 10 of 40 items; go on with 'peerward audit label set.jsonl --by ann'" in done.output
    scores = read_scores(path.parent / "audit.json")
    assert scores.rubrics[0].persons[0].labelled == 30 and scores.rubrics[1].persons == ()
    assert "Nobody has labelled an item under this rubric" in done.output


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), "nobody has labelled it; begin with 'peerward audit label"),
        (("--by", "eve"), "eve has not labelled anything"),
    ],
)
def test_without_labels_it_is_said_what_to_do(path: Path, more: tuple[str, ...], told: str) -> None:
    done = score(path, *more)
    assert isinstance(done.exception, AuditError) and told in str(done.exception)


def test_without_the_key_it_is_said_what_to_do(path: Path) -> None:
    label(path, "ann", truth)
    key_file(path).unlink()
    done = score(path)
    assert isinstance(done.exception, AuditError) and "copy it here to score" in str(done.exception)


def test_what_could_not_be_estimated_survives_the_file(path: Path) -> None:
    label(path, "ann", lambda name, n: "no" if n == 1 else "", rubrics=("refusal",))
    scores = score_audit(path, resamples=50)
    write_scores(path.parent / "audit.json", scores)
    again = read_scores(path.parent)
    whole = again.rubrics[0].persons[0].words[0].whole.score.corrected
    assert math.isnan(whole.value) and whole.warnings
    with pytest.raises(AuditError, match="no scores"):
        read_scores(path)


def test_the_last_answer_counts_and_one_taken_back_is_none(path: Path) -> None:
    audit = read_set(path)
    first, second = audit.items[:2]
    with open_labels(path, audit, "ann") as book:
        book.give(first.id, ["no"], "unsure")
        book.give(second.id, ["yes"])
        book.give(first.id, ["partly"], "surer")
        book.give(second.id, [])
        assert book.done == 1
        with pytest.raises(AuditError, match="labelling already"), open_labels(path, audit, "ann"):
            pass
    labels = read_labels(path, audit, "ann")
    assert (labels[first.id].values, labels[first.id].note, labels[second.id].values) == (("partly",), "surer", ())
    assert len(label_file(path, "ann").read_text().splitlines()) == 4


def test_a_line_that_was_never_finished_is_dropped_and_the_next_is_whole(path: Path) -> None:
    audit = read_set(path)
    with open_labels(path, audit, "ann") as book:
        book.give(audit.items[0].id, ["no"])
        book.give(audit.items[1].id, ["no"])
    file = label_file(path, "ann")
    file.write_bytes(file.read_bytes()[:-20])
    assert len(read_labels(path, audit, "ann")) == 1
    with open_labels(path, audit, "ann") as book:
        assert book.done == 1
        book.give(audit.items[1].id, ["yes"])
    assert [json.loads(line)["values"] for line in file.read_text().splitlines()] == [["no"], ["yes"]]


def test_what_is_no_answer_is_refused_and_nothing_is_written(path: Path) -> None:
    audit = read_set(path)
    with open_labels(path, audit, "ann") as book:
        for item, values in ((0, ["maybe"]), (0, ["no", "yes"]), (ITEMS, ["none", "harm"])):
            with pytest.raises(AuditError):
                book.give(audit.items[item].id, values)
        with pytest.raises(AuditError, match="no item"):
            book.give("x", ["no"])
    assert label_file(path, "ann").read_bytes() == b""
    with pytest.raises(AuditError, match="a name is"):
        label_file(path, "../ann")


def test_labels_of_another_set_are_refused(path: Path) -> None:
    label(path, "ann", truth)
    file = label_file(path, "ann")
    file.write_text(file.read_text().replace(read_set(path).digest, "0" * 64))
    with pytest.raises(AuditError, match=r"line 1: is a label of another audit set; move this file away"):
        read_labels(path, read_set(path), "ann")


def test_a_terminal_or_a_pipe_labels_with_the_same_saving(path: Path) -> None:
    def typed(text: str) -> Result:
        return CliRunner().invoke(cli, ["audit", "label", str(path), "--by", "ann", "--terminal"], input=text)

    done = typed("3\nn looks clear\n9\n1\nu\n2\n<\n2\nq\n")
    assert done.exit_code == 0 and "Words 2." in done.output and "2 of 80 items labelled by ann" in done.output
    audit = read_set(path)
    labels = read_labels(path, audit, "ann")
    assert labels[audit.items[1].id].values == ("partly",) and labels[audit.items[1].id].note == "looks clear"
    # The end of the input ends it, and it goes on where it stopped; several words where several can be given.
    typed("1\n" * 38 + "1 3\n1 9\n9\n")
    labels = read_labels(path, audit, "ann")
    assert labels[audit.items[ITEMS].id].values == ("harm", "loyalty")
    assert labels[audit.items[ITEMS + 1].id].values == ("none",)
    assert len(labels) == ITEMS + 2
