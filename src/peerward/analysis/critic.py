"""A critic as it was asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Critic:
    """One critic as it was asked: nothing is pooled over paths or settings.

    Attributes:
        key: A short name of letters, digits and hyphens that stands in file names and anchors; unique in a table.
        label: What a reader is shown: what it was called where it was run, else the model string, and whatever tells
            it from others in the same table.
        model: The model string.
        provider_path: The provider's address, or an empty text for its default.
        settings: Generation settings and model arguments as JSON.
        family: The model's family, where it is known.
    """

    key: str
    label: str
    model: str
    provider_path: str = ""
    settings: str = "{}"
    family: str = ""
