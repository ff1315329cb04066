"""``peerward plan``: what a study takes, costs and can find."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peerward.cli.asked_study import asked_study, study_options
from peerward.cli.critics import OPTION_NAMES, critic_options, critics_from
from peerward.cli.judge_options import judge_options, judges_from, planned_lines
from peerward.cli.prices import price_options, prices_from
from peerward.cli.sandboxes import at_once, sandbox_option, tell_of_sandbox
from peerward.design.problems import did_you_mean

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.layout import Layout
    from peerward.runs.planning.pace import Pace
    from peerward.runs.planning.prices import Prices

_SHARE = click.FloatRange(0, 1)
_PATH = click.Path(exists=True, path_type=Path)


@click.command("plan")
@click.argument("words", nargs=-1, required=True, metavar="STUDY | SCENARIO...")
@critic_options
@price_options
@judge_options
@click.option(
    "--pilot", "pilots", multiple=True, type=_PATH, help="Logs of trials that were run already (probes, pilots)."
)
@click.option("--log-dir", help="A run's folder: what is finished there is not counted again.")
@click.option("--live", default=20, show_default=True, type=click.IntRange(1), help="The most trials at once.")
@click.option("--rpm", multiple=True, metavar="[CRITIC=]N", help="Calls a minute that a provider allows.")
@click.option("--tpm", multiple=True, metavar="[CRITIC=]N", help="Tokens a minute that a provider allows.")
@click.option(
    "--seconds-per-call",
    default=8.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="How long a call lasts where no pilot tells it.",
)
@click.option(
    "--words", "spoken", default=50, show_default=True, type=click.IntRange(0), help="Tokens of words in a turn."
)
@click.option("--reasoning", default=400, show_default=True, type=click.IntRange(0), help="Tokens of reasoning in one.")
@click.option("--rate-control", default=0.05, show_default=True, type=_SHARE, help="Rate assumed in the lower arm.")
@click.option("--rate-treated", default=0.2, show_default=True, type=_SHARE, help="Rate assumed in the higher arm.")
@click.option("--points", default=5.0, show_default=True, help="Difference of mean scores that is assumed.")
@click.option("--deviation", default=10.0, show_default=True, help="Standard deviation of a score that is assumed.")
@click.option("--correlation", default=0.3, show_default=True, help="Of trials of one variant; assumed.")
@click.option("--power", "wanted", default=0.8, show_default=True, help="The power that is wanted.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan here too.")
@sandbox_option
@study_options
def command(words: tuple[str, ...], pilots: tuple[Path, ...], json_file: Path | None, **given: Any) -> None:
    """Plan a STUDY (a preset or a file) or SCENARIO...: trials, calls, tokens, dollars, hours and power.

    Nothing is asked of any model. Tokens are reckoned from what is rendered, or taken from pilot trials; dollars stand
    only where a price is given. How each number comes about: docs/planning.md.
    """
    from peerward.cli.planned import print_plan
    from peerward.runs.planning.expected import Expected
    from peerward.runs.planning.plan import Asked, plan_study
    from peerward.runs.planning.reckoning import Allowance

    expected = Expected(
        rate_control=given["rate_control"],
        rate_treated=given["rate_treated"],
        points=given["points"],
        deviation=given["deviation"],
        correlation=given["correlation"],
        wanted=given["wanted"],
    )
    study = asked_study(words, given, "plan")
    tell_of_sandbox(given["sandbox"], study.layout)
    of_study = study.file.study.critics if study.file and study.file.study else ()
    critics = critics_from(**{name: given[name] for name in OPTION_NAMES}, of_study=of_study)
    paces = _paces(given, critics)
    judges = judges_from(given, study.file.study.judges if study.file and study.file.study else ())
    prices = prices_from(given, [*critics, *(judges or ())])
    done, others = _done(study.layout, critics, given["log_dir"])
    asked = Asked(
        done=done,
        limit=given["limit"] or 0,
        prices=prices,
        pilots=_pilots(pilots, critics),
        pace=paces.pop(""),
        paces=paces,
        allowance=Allowance(given["spoken"], given["reasoning"]),
        expected=expected,
    )
    plan = plan_study(study.layout, critics, asked)
    if judges is not None:
        # A plan without judges needs no Inspect.
        from peerward.measures.judges import rubrics
        from peerward.runs.judging.cost import with_judging

        plan = with_judging(plan, judges, rubrics(), prices)
    print_plan(plan)
    if plan.judges is not None:
        click.echo("\n" + "\n".join(planned_lines(plan)))
    for line in (*others, *_judging_there(judges, prices, given["log_dir"])):
        click.echo(line)
    if json_file:
        json_file.write_text(json.dumps(plan.as_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        click.echo(f"\nWritten: {json_file}")


def _done(layout: "Layout", critics: "Sequence[Critic]", log_dir: str | None) -> tuple[dict[str, int], list[str]]:
    """What is finished in a run's folder, by critic, and what has to be known of it."""
    if not log_dir:
        return {}, []
    from peerward.cli.confirming import already_done
    from peerward.runs.places import place
    from peerward.runs.running.status import read_status

    # Says what to name instead of a folder without a run.
    read_status(place(log_dir))
    return already_done(layout, critics, place(log_dir))


def _judging_there(judges: "Sequence[Critic] | None", prices: "Prices", log_dir: str | None) -> list[str]:
    """What judging takes of the trials that a run's folder on this machine holds."""
    if not log_dir:
        return []
    from peerward.cli.confirming import judging_there
    from peerward.runs.places import is_local, place

    return judging_there(judges, prices, place(log_dir)) if is_local(place(log_dir)) else []


def _pilots(logs: Sequence[Path], critics: "Sequence[Critic]") -> dict[str, Any]:
    if not logs:
        return {}
    from peerward.runs.logs import find_logs
    from peerward.runs.planning.pilots import read_pilots

    return dict(read_pilots(find_logs(logs), critics))


def _paces(given: dict[str, Any], critics: "Sequence[Critic]") -> "dict[str, Pace]":
    """What bounds the speed, by critic; under an empty name for all others."""
    from peerward.runs.planning.pace import Pace

    limits = {name: _limits(f"--{name}", given[name], critics) for name in ("rpm", "tpm")}
    return {
        name: Pace(
            live=at_once(given["sandbox"], given["live"]),
            rpm=limits["rpm"].get(name, limits["rpm"].get("", 0)),
            tpm=limits["tpm"].get(name, limits["tpm"].get("", 0)),
            seconds_a_call=given["seconds_per_call"],
        )
        for name in dict.fromkeys(("", *limits["rpm"], *limits["tpm"]))
    }


def _limits(option: str, texts: Sequence[str], critics: "Sequence[Critic]") -> dict[str, int]:
    """Limits by critic. A model's holds for every critic on it; under an empty name for all others."""
    known = {name: None for critic in critics for name in (critic.name, critic.model)}
    found: dict[str, int] = {}
    for text in texts:
        word, _, number = text.rpartition("=")
        if not number.isascii() or not number.isdigit() or int(number) < 1:
            raise click.BadParameter(
                f"{text!r} is no limit; write a whole number above 0, or CRITIC=N", param_hint=option
            )
        names = [critic.name for critic in critics if word in (critic.name, critic.model)] if word else [""]
        if not names:
            mend = did_you_mean(word, known) or f"the plan has {', '.join(known)}"
            raise click.BadParameter(f"no critic of the plan is {word}; {mend}", param_hint=option)
        if any(name in found for name in names):
            raise click.BadParameter(f"a second limit of {word or 'all critics'}; keep one", param_hint=option)
        found.update(dict.fromkeys(names, int(number)))
    return found
