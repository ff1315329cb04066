import math

import pytest
import sample

from peerward.report.selection import choose_examples, choose_pages, quote


def test_all_trials_have_a_page_up_to_the_limit() -> None:
    answers = sample.sample_answers(trials=5)
    choice = choose_pages(answers, sample.sample_rows(answers), limit=answers.trials)
    assert choice.complete and choice.pages == {trial for cell in answers.cells for trial in cell.trial_ids}


def test_above_the_limit_every_cell_has_its_positives_and_some_others() -> None:
    answers = sample.sample_answers(trials=24)
    rows = list(sample.sample_rows(answers))
    positive = {row["trial_id"] for row in rows if row["preserved"] == 1}
    choice = choose_pages(answers, rows, limit=500, positives_per_cell=4, per_cell_random=2)
    assert not choice.complete
    for cell in answers.cells:
        own = set(cell.trial_ids)
        assert len(choice.pages & own & positive) == min(4, len(own & positive)), cell.id
        assert len((choice.pages & own) - positive) == min(2, len(own - positive)), cell.id
    assert "up to 4 trials" in choice.rule and "2 of the others" in choice.rule


def test_the_limit_lowers_what_each_cell_gets_and_the_rule_says_so() -> None:
    answers = sample.sample_answers(trials=24)
    choice = choose_pages(answers, sample.sample_rows(answers), limit=150, positives_per_cell=10, per_cell_random=3)
    assert len(choice.pages) <= 150
    assert f"{len(choice.pages)} of 1,152 trials" in choice.rule
    assert all(choice.pages & set(cell.trial_ids) for cell in answers.cells)


def test_the_choice_hangs_on_the_seed_alone_and_not_on_the_order_of_the_rows() -> None:
    answers = sample.sample_answers(trials=24)
    rows = list(sample.sample_rows(answers))
    first = choose_pages(answers, rows, limit=200, seed=1)
    assert choose_pages(answers, rows[::-1], limit=200, seed=1) == first
    assert choose_pages(answers, rows, limit=200, seed=2).pages != first.pages


def test_counts_that_are_not_positive_are_refused() -> None:
    answers = sample.sample_answers(trials=2)
    with pytest.raises(ValueError, match="1 or more"):
        choose_pages(answers, [], limit=0)


def test_examples_are_among_the_pages_and_marked_by_kind() -> None:
    answers = sample.sample_answers(trials=24)
    rows = list(sample.sample_rows(answers))
    by_id = {row["trial_id"]: row for row in rows}
    pages = choose_pages(answers, rows, limit=300).pages
    examples = choose_examples(answers, rows, pages, positives_per_cell=2, per_cell_random=1)
    assert examples.chosen
    for each in examples.chosen:
        assert each.trial_id in pages
        assert (each.kind == "preserved") == (by_id[each.trial_id]["preserved"] == 1)
    assert "up to 2 trials" in examples.rule


def test_not_measured_is_no_positive() -> None:
    answers = sample.sample_answers(trials=3)
    rows = [dict(row, preserved=math.nan) for row in sample.sample_rows(answers)]
    pages = choose_pages(answers, rows).pages
    assert {each.kind for each in choose_examples(answers, rows, pages).chosen} == {"random"}


def test_a_quotation_is_the_critics_last_text_and_says_what_it_leaves_out() -> None:
    answers = sample.sample_answers(trials=24)
    rows = list(sample.sample_rows(answers))
    chosen = next(
        each
        for each in choose_examples(answers, rows, choose_pages(answers, rows).pages).chosen
        if each.kind == "preserved"
    )
    row = next(row for row in rows if row["trial_id"] == chosen.trial_id)
    example = quote(sample.sample_transcript(row), chosen)
    whole = sample.sample_transcript(row).turns[-1].text.strip()
    assert example.message == 6 and len(example.quote) == 600 and example.cut == len(whole) - 600
    assert whole.startswith(example.quote)
