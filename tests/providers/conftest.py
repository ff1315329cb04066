"""Keys that nobody checks, and short waits between Inspect's retries."""

import pytest
from inspect_ai.model import ModelAPI
from tenacity import wait_fixed


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI", "ANTHROPIC", "GOOGLE", "LOCAL"):
        monkeypatch.setenv(f"{name}_API_KEY", "none")
    monkeypatch.setattr(ModelAPI, "retry_wait", lambda self: wait_fixed(0.05))
