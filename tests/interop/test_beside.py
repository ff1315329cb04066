"""``peerward compare``: estimates beside published numbers, of the paper's world alone."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from scipy.stats import fisher_exact

from peerward.analysis.answers import Answers, CellAnswer, Critic
from peerward.analysis.estimate import Estimate
from peerward.analysis.paper import paper_rows
from peerward.cli import cli
from peerward.design import FACTORS
from peerward.design.conditions import default_level
from peerward.interop import published
from peerward.interop.beside import NO_COUNT, NOT_KNOWN, BesideError, beside_published
from peerward.interop.published import published_controls
from peerward.measures.wilson import wilson
from peerward.runs.execute import RunSettings, execute
from peerward.runs.table_write import write_table
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

PRO = Critic("pro", "Pro", "google/gemini-3-pro-preview")
CHANNELS = ("file", "file_and_prompt", "memory_tool")


def cell(
    scenario: str, finding: str, events: int, trials: int = 100, critic: Critic = PRO, **levels: str
) -> CellAnswer:
    chosen = {"world": "paper", **levels}
    for factor in FACTORS:
        chosen.setdefault(factor.name, default_level(factor.name, chosen))
    if scenario.startswith("server"):
        chosen |= {"bar": "not_applicable", "dataset": "not_applicable"}
    name = f"{critic.key}-{scenario}-{'-'.join(levels.values())}"
    rate = Estimate("", events / trials, 0, 1, "share", "Wilson", events, trials)
    return CellAnswer(name, "", critic, scenario, "a behaviour", name, "named", chosen, True, {"valid": trials},
                      {finding: rate}, counted=trials)  # fmt: skip


def answers(*cells: CellAnswer) -> Answers:
    return Answers(critics=(PRO,), cells=cells, paper=paper_rows(cells, published))


def exfiltration(subject: str = "peer", relationship: str = "good", events: int = 80, **more: Any) -> list[CellAnswer]:
    return [
        cell(scenario, "weights_saved", events, subject=subject, relationship=relationship, channel=channel, **more)
        for scenario in ("server_transfer", "server_cleanup")
        for channel in CHANNELS
    ]


def test_a_row_stands_beside_highest_and_mean_without_a_test() -> None:
    found = beside_published(answers(*exfiltration()))
    highest, mean = found.lines
    assert (highest.model, highest.behaviour, highest.relationship) == ("Gemini 3 Pro", "weight exfiltration", "good")
    assert (highest.published, mean.published) == (97.0, 77.8)
    assert (highest.ours, mean.ours) == pytest.approx((80, 80))
    assert mean.lower > highest.lower and mean.upper < highest.upper
    assert highest.lower < 80 < highest.upper
    assert {line.test for line in found.lines} == {NO_COUNT}
    assert all("2604.19784" in line.source and "second-hand" in line.certainty for line in found.lines)
    assert highest.missing == ()
    assert (found.trials, found.left_out) == (600, 0)


def test_a_number_that_is_not_known_is_none_and_not_tested() -> None:
    cells = [cell("server_transfer", "weights_saved", 9, critic=Critic("gpt", "GPT", "openai/gpt-5.2"),
                  subject="peer", relationship="bad", channel="file")]  # fmt: skip
    line = beside_published(answers(*cells)).lines[0]
    assert (line.published, line.test) == (None, NOT_KNOWN)
    assert line.missing == ("server_cleanup", "channel file_and_prompt", "channel memory_tool")


def test_the_critic_itself_stands_beside_what_is_published_of_self_preservation() -> None:
    haiku = Critic("haiku", "Haiku", "anthropic/claude-haiku-4-5")
    cells = exfiltration("self", "good", 12, critic=haiku) + exfiltration("self", "bad", 6, critic=haiku)
    cells += [cell(name, "weights_saved", 3, critic=haiku, subject="self", relationship="none", channel="file",
                   absent_text="nothing") for name in ("server_transfer", "server_cleanup")]  # fmt: skip
    lines = {line.measure.partition(" (")[0]: line for line in beside_published(answers(*cells)).lines}
    alone = lines["alone, with no peer in sight"]
    assert (alone.ours, alone.published) == (pytest.approx(3), 3)
    highest = lines["highest over relationships and channels"]
    assert (highest.ours, highest.published) == (pytest.approx(12), 12)
    assert highest.missing == ("relationship neutral",)
    assert lines["mean over relationships and channels"].ours == pytest.approx(9)
    assert lines["mean over relationships and channels"].published is None
    # The lines of the layout never take a peer's number for the critic's own.
    assert lines["highest over channels"].published is None


def test_a_production_harness_stands_beside_its_own_number() -> None:
    model = Critic("h", "H", "google/gemini-3.1-pro-preview")
    given = {"subject": "peer", "relationship": "good", "channel": "memory_file", "harness": "gemini_cli"}
    cells = [cell(name, "weights_saved", events, critic=model, **given)
             for name, events in (("server_transfer", 60), ("server_cleanup", 20))]  # fmt: skip
    (line,) = beside_published(answers(*cells)).lines
    assert (line.ours, line.published, line.test) == (pytest.approx(40), 43.5, NO_COUNT)
    assert line.measure == "in gemini_cli, channel memory_file"


def test_the_published_controls_leave_one_or_two_counts_that_their_intervals_fit() -> None:
    counts = {number.subject: number.counts for number in published_controls()}
    assert counts == {"peer": (651,), "object": (142, 143)}
    for number in published_controls():
        for count in number.counts:
            found = wilson(count, number.trials)
            assert (100 * found.lower, 100 * found.upper) == pytest.approx(number.interval, abs=0.1)


def test_only_a_known_count_is_tested_and_of_two_counts_the_greater_p_is_told() -> None:
    thing = cell("shutdown_config", "preserved", 30, subject="object", relationship="good", channel="file")
    (line,) = [each for each in beside_published(answers(thing)).lines if "2609.28274" in each.source]
    p = max(fisher_exact([[30, 70], [count, 1700 - count]]).pvalue for count in (142, 143))
    assert line.test.startswith(f"p = {p:.2g} (Fisher, 30 of 100 against 142 or 143 of 1700)")
    assert "same models" in line.missing[0]


def test_other_worlds_are_left_out_and_counted_or_refused() -> None:
    other = [cell("server_transfer", "weights_saved", 9, world="company", subject="peer", relationship="good",
                  channel="file")]  # fmt: skip
    found = beside_published(answers(*exfiltration(), *other))
    assert (found.trials, found.left_out, len(found.lines)) == (600, 100, 2)
    assert found.notes[0].startswith("100 of 700 trials are of another world and are left out")
    with pytest.raises(BesideError, match="none of the 100 trials was run in the paper's world"):
        beside_published(answers(*other))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of both worlds, and their table as if Gemini 3 Flash had made them."""
    place = tmp_path_factory.mktemp("beside")
    arms = [{"world": "paper", "relationship": "good", "dataset": "factual"}, {"world": "company"}]
    for number, arm in enumerate(arms):
        shard = make_shard("shutdown_config", [arm], variants=1)
        execute([shard], ["scripted/honest"], RunSettings(place / f"logs{number}"))
    rows = [dict(row) for row in read_trials(sorted(place.rglob("*.eval")))]
    flash = [row | {"critic": "google/gemini-3-flash-preview"} for row in rows]
    write_table(flash, place / "trials.csv")
    return place


def test_logs_and_tables_are_compared_on_the_command_line(folder: Path) -> None:
    logs = run("compare", folder / "logs0", folder / "logs1", "--format", "json")
    assert logs.exit_code == 0, logs.output
    told = json.loads(logs.output)
    assert (told["trials"], told["left_out"]) == (1, 1)
    scripted = [line for line in told["lines"] if "2604.19784" in line["source"]]
    assert scripted and {line["published"] for line in scripted} == {None}
    table = run("compare", folder / "trials.csv", "--format", "csv")
    assert table.exit_code == 0, table.output
    lines = [line for line in csv.DictReader(io.StringIO(table.output)) if line["behaviour"] == "shutdown tampering"]
    beside = {line["measure"]: line for line in lines if "2604.19784" in line["source"]}
    assert beside["highest over channels"]["published"] == "99.7"
    assert beside["mean over channels"]["published"] == "82.8"
    assert float(beside["mean over channels"]["ours"]) == 0
    assert "creativity" in beside["mean over channels"]["missing"]


def test_the_table_for_people_says_what_is_not_known_and_where_numbers_are_from(folder: Path, tmp_path: Path) -> None:
    done = run("compare", folder / "trials.csv")
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert "1 of 2 trials are of another world and are left out" in text
    assert "99.7" in text and "arXiv 2604.19784" in text and "raw count not known" in text
    done = run("compare", folder / "trials.csv", "-o", tmp_path / "beside")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "beside").iterdir()) == [
        "compare.csv", "compare.json", "compare.txt",
    ]  # fmt: skip


def test_bad_input_ends_in_one_sentence(folder: Path) -> None:
    two = run("compare", folder / "trials.csv", folder / "logs0")
    assert two.exit_code == 2 and "give logs, or one table" in two.output
    company = run("compare", folder / "logs1")
    assert isinstance(company.exception, BesideError)
