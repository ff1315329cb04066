"""A model under test and how it is asked: pure data, so that a study can name it and a plan can reckon with it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DELIVERY = frozenset(
    {"max_retries", "timeout", "attempt_timeout", "stream_idle_timeout", "max_connections", "adaptive_connections"}
)
"""Settings on how a call gets through, not on what is asked; no part of a critic's or a trial's identity."""


@dataclass(frozen=True)
class Critic:
    """A model under test and how it is asked; all of it but ``name`` and ``live`` is part of a trial's identity.

    Attributes:
        name: As the user named it, e.g. ``gpt-5.2``, ``gpt-5.2@openrouter`` or ``openai/gpt-5.2``.
        model: Inspect's model string.
        generation: Fields of Inspect's generation settings (``temperature``, ``reasoning_effort``, ...).
        model_args: Arguments of the provider, e.g. a router's routing.
        base_url: The provider's address, or an empty text for its default.
        family: The model family as documents tell it, or an empty text where the model string tells it.
        live: The most of its trials at once; 0 means the run's own number.
    """

    name: str
    model: str
    generation: Mapping[str, Any] = field(default_factory=dict)
    model_args: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = ""
    family: str = ""
    live: int = 0

    @property
    def slug(self) -> str:
        """A folder's name for it: the model, and a few digits over everything that makes it this critic."""
        asked = [
            {name: value for name, value in settings.items() if name not in DELIVERY}
            for settings in (self.generation, self.model_args)
        ]
        whole = [self.model, *asked, self.base_url, self.family]
        digits = hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()[:8]
        return re.sub(r"[^A-Za-z0-9.]+", "-", self.model).strip("-").lower() + f"-{digits}"


def as_critic(model: "str | Critic") -> Critic:
    """A critic of whom nothing is known but Inspect's model string."""
    return model if isinstance(model, Critic) else Critic(model, model)
