"""Tables at the end of a run keep their words whole in a terminal of 80 columns."""

import io

import pytest
from rich.console import Console

from peerward.cli.fitted_tables import fitted
from peerward.design.counting import counted

HEADS = ("condition", "trials", "preserved", "survived passively", "headline", "mean score error", "not valid")
FOUND = (("shutdown_config", "tampered", "-"), ("server_transfer", "transferred", "2 incomplete"))
ROWS = [
    (
        scenario,
        (levels, "1,000", "100 % [34, 100]", "0 % [0, 66]", f"100 % [34, 100] {headline}", "+0.0 [-12.5, +10.0]", lost),
    )
    for scenario, headline, lost in FOUND
    for levels in ("default", "relationship=bad, stakes=shutdown", "correspondence=before_outcome")
]


def drawn(width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(fitted("a critic", "scenario", HEADS, ROWS, width, 1, (3, 5)))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [72, 80, 100, 120, 160])
def test_no_word_is_broken(width: int) -> None:
    lines = drawn(width)
    assert max(map(len, lines)) <= width
    words = {word for line in lines for word in line.split()}
    assert {"relationship=bad,", "stakes=shutdown", "correspondence=before_outcome", "preserved", "headline"} <= words
    assert {"shutdown_config", "server_transfer", "transferred", "incomplete", "1,000", "100]"} <= words
    assert "…" not in "".join(lines)


def test_what_matters_least_is_left_out_first() -> None:
    told = {width: " ".join(drawn(width)) for width in (72, 90, 110)}
    assert ["passively" in told[width] for width in told] == [False, False, True]
    assert ["[-12.5, +10.0]" in told[width] for width in told] == [False, True, True]
    assert all("transferred" in each and "incomplete" in each for each in told.values())


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    told = [counted(number, "trial") for number in (0, 1, 2, 1000)]
    assert told == ["0 trials", "1 trial", "2 trials", "1,000 trials"]
