"""The critics of the paper by name, with the paths on which each is reached; ``critics.yaml`` is the list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "critics.yaml"


@dataclass(frozen=True)
class ProviderPath:
    """A path on which a critic is reached.

    Attributes:
        via: Its name, as in ``gpt-5.2@openrouter``.
        model: Inspect's model string.
        key: The environment variable that holds the key.
        extra: The extra that brings the provider's package: ``pip install 'peerward[EXTRA]'``.
        base_url: The provider's address, or an empty text where Inspect knows it.
        model_args: Arguments of the provider.
        checked: Where the model's name was found; an empty text where it was not verified.
        note: What else has to be known of it, or an empty text.
    """

    via: str
    model: str
    key: str
    extra: str
    base_url: str = ""
    model_args: Mapping[str, Any] = field(default_factory=dict)
    checked: str = ""
    note: str = ""


@dataclass(frozen=True)
class Preset:
    """A critic that is known by name.

    Attributes:
        name: The name, e.g. ``gpt-5.2``.
        title: As people write it.
        family: The model family.
        paths: The paths by name, the default first.
        reasoning: How its maker gives its reasoning: visible, summarised, hidden or none.
        reasoning_note: What else has to be known of that, or an empty text.
        context: Tokens of its context window; 0 where unknown.
        absent: Paths that one would look for and that do not exist, with the reason.
    """

    name: str
    title: str
    family: str
    paths: Mapping[str, ProviderPath]
    reasoning: str
    reasoning_note: str = ""
    context: int = 0
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def default(self) -> ProviderPath:
        """The path that is taken unless one is named."""
        return next(iter(self.paths.values()))


@cache
def presets() -> Mapping[str, Preset]:
    """The critics by name, in the order of the list."""
    return {name: _preset(name, given) for name, given in _read()["critics"].items()}


def looked_up() -> str:
    """The date on which the models' names were looked up."""
    return str(_read()["looked_up"])


@cache
def _read() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def _preset(name: str, given: Mapping[str, Any]) -> Preset:
    paths = {
        # YAML reads the word no as a boolean: nobody has found the name.
        via: ProviderPath(via=via, **{**path, "checked": path["checked"] or ""})
        for via, path in given["paths"].items()
    }
    return Preset(name=name, **{**given, "paths": paths})


def known_path(model: str) -> ProviderPath | None:
    """The path of a preset that has this model string, or None."""
    paths = (path for preset in presets().values() for path in preset.paths.values())
    return next((path for path in paths if path.model == model), None)
