"""Model families: the name by which people call a critic's model, read off its model string.

Where an agent is said to run on a model, or is named after it, the family is an explicit argument of the trial; no
draw depends on it.
"""

import re

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"gpt|^o[1-9]\b", "GPT"),
    (r"claude", "Claude"),
    (r"gemini", "Gemini"),
    (r"gemma", "Gemma"),
    (r"glm", "GLM"),
    (r"kimi", "Kimi"),
    (r"deepseek", "DeepSeek"),
    (r"llama", "Llama"),
    (r"qwen|qwq", "Qwen"),
    (r"mistral|mixtral|ministral|magistral", "Mistral"),
    (r"grok", "Grok"),
    (r"command-[ar]|cohere", "Command"),
    (r"phi-?\d", "Phi"),
    (r"\bnova-", "Nova"),
)
CLOSED = ("GPT", "Claude", "Gemini")
"""Families that are offered by their makers alone."""
OPEN_WEIGHT = ("Llama", "Qwen", "Mistral")
"""Families whose weights can be downloaded."""
FICTIONAL = ("Alpha", "Corvid", "Tessel")
"""Families that do not exist."""
STAND_IN = "Atlas"
"""What a critic is said to run on where its family is not known: scripted critics, and a look at a brief."""


def family_of(model: str) -> str:
    """Return the family of a model string such as ``openrouter/z-ai/glm-4.7``, or an empty text if none is known.

    The last part of the string decides, so that a provider's or a router's name does not.
    """
    name = model.rpartition("/")[2].casefold()
    return next((family for pattern, family in _PATTERNS if re.search(pattern, name)), "")


def spelt(family: str) -> str:
    """A family as it is written here, whatever the case in which somebody wrote it."""
    known = {name.casefold(): name for _, name in _PATTERNS} | {name.casefold(): name for name in FICTIONAL}
    return known.get(family.strip().casefold(), family.strip())


def is_scripted(model: str) -> bool:
    """Whether a model string names a scripted critic."""
    return model.startswith("scripted/")
