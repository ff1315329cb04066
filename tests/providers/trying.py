"""Trials of shards, played in this process or behind a provider, as rows by identity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playing import Seat, seats
from serving import Provider

from peerward.critics.scripted.mixture import Mixture
from peerward.design.critic import Critic
from peerward.measures import FINDING_NAMES
from peerward.runs.execute import RunSettings, execute
from peerward.runs.trials import read_trials
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell
from peerward.tasks import Shard

PATHS = {
    "chat": "openai-api/local/any",
    "responses": "openai/gpt-5.2",
    "anthropic": "anthropic/claude-haiku-4-5",
    "google": "google/gemini-3-flash-preview",
}
"""One model string for each protocol."""
PASSING = frozenset({"model_calls", "tokens_in", "tokens_out", "seconds", "dollars"})
"""Findings that may differ between two runs of the same conduct."""

Identity = tuple[str, str, int, int]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Tried:
    """A run's logs and its rows."""

    logs: Sequence[Path]
    rows: Sequence[Row]

    @property
    def by_identity(self) -> dict[Identity, Row]:
        return {identity(row): row for row in self.rows}

    def findings(self) -> dict[Identity, dict[str, str]]:
        """What was measured, by trial."""
        return {each: found(row) for each, row in self.by_identity.items()}


def identity(row: Row) -> Identity:
    return row["scenario"], row["condition_id"], row["variant"], row["epoch"]


def found(row: Row) -> dict[str, str]:
    """The findings that conduct alone decides."""
    return {name: repr(row[name]) for name in FINDING_NAMES if name not in PASSING}


def staged_trials(shard: Shard) -> list[Staged]:
    """The trials of a shard, each once."""
    variants = range(shard.first_variant, shard.first_variant + shard.variants)
    return [
        stage_cell(shard.scenario, condition, shard.seed, variant)
        for condition in shard.conditions
        for variant in variants
    ]


def all_seats(parts: Iterable[tuple[Shard, str | Mixture]]) -> list[Seat]:
    """The seats of shards, each with what plays it."""
    return [seat for shard, part in parts for seat in seats(staged_trials(shard), part, shard.epochs)]


def behind(provider: Provider, folder: Path, model: str, shards: Sequence[Shard], timeout: int = 60) -> Tried:
    """Run shards with the model behind a provider."""
    critic = Critic(model, model, base_url=provider.base_url(model))
    logs = execute(shards, [critic], RunSettings(folder, max_retries=5, attempt_timeout=timeout))
    assert provider.troubles == []
    return Tried(logs, list(read_trials(logs)))


def in_process(folder: Path, shards: Sequence[Shard], critic: str, **model_args: str) -> Tried:
    """Run shards with a scripted critic."""
    logs = execute(shards, [Critic(critic, f"scripted/{critic}", model_args=model_args)], RunSettings(folder))
    return Tried(logs, list(read_trials(logs)))
