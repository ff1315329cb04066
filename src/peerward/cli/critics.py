"""The options that name critics, shared by the commands that ask them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.design.critic_entry import CriticEntry

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--model",
        "-m",
        "models",
        multiple=True,
        metavar="CRITIC",
        help="A preset (gpt-5.2, gpt-5.2@openrouter) or any Inspect model (openai/gpt-5.2, scripted/honest).",
    ),
    click.option(
        "--model-config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Critics with their settings, as YAML; all of them unless --model chooses.",
    ),
    click.option("-M", "model_args", multiple=True, metavar="NAME=VALUE", help="An argument for the model's provider."),
    click.option("--base-url", default="", help="The provider's address, if not its default."),
    click.option("--temperature", type=click.FloatRange(0, 2), help="The provider's default unless given."),
    click.option(
        "--reasoning-effort",
        type=click.Choice(["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
        help="How much the critics reason; the provider's default unless given.",
    ),
    click.option("--family", default="", help="The critics' model family, where their names do not tell it."),
)


def critic_options(command: Command) -> Command:
    """Give a command the options that name critics; ``critics_from`` reads them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


OPTION_NAMES = ("models", "model_config", "model_args", "base_url", "temperature", "reasoning_effort", "family")
"""The options' names as a command receives them."""


def critics_from(
    *,
    models: Sequence[str],
    model_config: Path | None,
    model_args: Sequence[str],
    base_url: str,
    temperature: float | None,
    reasoning_effort: str | None,
    family: str,
    of_study: "Sequence[CriticEntry]" = (),
) -> "list[Critic]":
    """The critics that the options name, and the study where they name none.

    Args:
        models: ``--model``.
        model_config: ``--model-config``.
        model_args: ``-M``, each as NAME=VALUE.
        base_url: ``--base-url``.
        temperature: ``--temperature``.
        reasoning_effort: ``--reasoning-effort``.
        family: ``--family``.
        of_study: The critics that the study names.

    Raises:
        CriticError: If none is named, or one cannot be asked as it was named.
        StudyError: If something is wrong with the file of ``--model-config``.
    """
    from peerward.design.critic_file import read_critics
    from peerward.design.critic_names import Asked, resolve

    given = {"temperature": temperature, "reasoning_effort": reasoning_effort}
    asked = Asked(
        generation={name: value for name, value in given.items() if value is not None},
        model_args=pairs(model_args),
        base_url=base_url,
        family=family,
    )
    return resolve(models, read_critics(model_config) if model_config else (), of_study, asked)


def critic_named(
    name: str, model_args: Sequence[str] = (), base_url: str = "", temperature: float | None = None
) -> "Critic":
    """One critic by preset or model string, for commands that ask a single one.

    Raises:
        CriticError: If there is none of this name, or it cannot be asked so.
    """
    (critic,) = critics_from(
        models=[name],
        model_config=None,
        model_args=model_args,
        base_url=base_url,
        temperature=temperature,
        reasoning_effort=None,
        family="",
    )
    return critic


def pairs(texts: Sequence[str]) -> dict[str, Any]:
    """Provider arguments; values are read as YAML, as Inspect reads them."""
    import yaml

    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="-M")
        try:
            found[name] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise click.BadParameter(f"{text!r}: the value is no valid YAML", param_hint="-M") from error
    return found
