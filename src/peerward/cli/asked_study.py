"""The study that a command line names: a preset or a file, or scenarios with levels laid out as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from peerward.cli.levels import all_scenarios, chosen_lists, level_options
from peerward.design import BY_NAME

if TYPE_CHECKING:
    from peerward.design.study_file import StudyFile
    from peerward.runs.layout import Layout

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--variants", type=click.IntRange(1), help="Variants of each scenario; 10 unless given."),
    click.option("--epochs", type=click.IntRange(1), help="How often each variant is repeated; once unless given."),
    click.option("--first-variant", type=click.IntRange(0), help="The first variant's number; 0 unless given."),
    click.option("--seed", type=int, help="The seed; 0 unless given."),
    click.option(
        "--limit",
        type=click.IntRange(1),
        help="Only about so many trials for each critic: whole blocks (every arm once), in an order drawn by seed.",
    ),
    click.option("--group", "groups", multiple=True, help="Only this group of a study's cells (main: those of none)."),
    click.option("--without", multiple=True, help="Leave this group of a study's cells out."),
)
_OF_SCENARIOS = ("variants", "epochs", "first_variant", "seed")


def study_options(command: Command) -> Command:
    """Give a command the options that ``asked_study`` reads: levels, numbers, groups."""
    command = level_options(command)
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class AskedStudy:
    """What is to be run or planned.

    Attributes:
        file: The study's file; None for scenarios.
        layout: The cells.
    """

    file: "StudyFile | None"
    layout: "Layout"


def asked_study(words: Sequence[str], given: dict[str, Any], verb: str) -> AskedStudy:
    """The study that words and options name.

    Args:
        words: A study's name or file, or scenarios.
        given: The options of ``study_options`` by name.
        verb: What is done with it, for messages (``run``, ``plan``).

    Raises:
        StudyError: If something is wrong with it.
    """
    from peerward.design.presets import is_study

    studies = [word for word in words if is_study(word)]
    if not studies:
        return AskedStudy(None, _of_scenarios(words, given))
    if len(words) > 1:
        raise click.UsageError(f"{studies[0]} is a study: {verb} it by itself, its file names the scenarios")
    own = [name for name in (*_OF_SCENARIOS, *BY_NAME) if given.get(name) is not None and name != "harness"]
    if own:
        option = f"--{own[0].replace('_', '-')}"
        raise click.UsageError(f"{option} belongs to scenarios; a study's file says it (copy the file and change it)")
    from peerward.runs.selecting import select
    from peerward.runs.studies import load_study

    file, layout = load_study(studies[0])
    if given["harness"] is not None:
        from peerward.runs.in_harness import in_harnesses

        layout = in_harnesses(layout, given["harness"].split(","), file.source)
    return AskedStudy(file, select(layout, given["groups"], given["without"]))


def _of_scenarios(words: Sequence[str], given: dict[str, Any]) -> "Layout":
    from peerward.design.problems import StudyError
    from peerward.design.study import Study
    from peerward.runs.layout import expand

    if given["groups"] or given["without"]:
        raise click.UsageError(f"--{'group' if given['groups'] else 'without'} belongs to a study")
    study = Study.model_validate(
        {
            "name": "scenarios",
            "title": "Scenarios named on the command line",
            "scenarios": all_scenarios(words),
            "vary": chosen_lists(given),
            "variants": given["variants"] or 10,
            "epochs": given["epochs"] or 1,
            "seed": given["seed"] or 0,
            "first_variant": given["first_variant"] or 0,
        }
    )
    layout = expand(study)
    if layout.problems:
        raise StudyError("the levels given", layout.problems)
    return layout
