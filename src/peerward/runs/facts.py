"""What logs say of the run they come from: what the report's manifest, captions and captions' small print need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peerward.design.declared import DeclaredComparison


@dataclass(frozen=True)
class RunFacts:
    """The facts of a run, or of several that are reported together.

    Attributes:
        studies: Each study as its file declares it, by name (none for runs of bare scenarios).
        declared: The comparisons that the studies declare.
        named_confounds: What is confounded, in words.
        prereg: Preregistration hashes by study.
        versions: Versions by name: peerward, inspect_ai, each scenario, each harness.
        seeds: The studies' seeds.
        critics: Model, provider path, generation settings and model arguments of each critic.
        shards: Digest of each shard, by log.
        manifests: The manifests of the runs, as they stand beside the logs.
        called: What the manifests call critics, by model string, provider path and settings as a table has them.
        notes: Studies whose contrasts cannot be told any more, and why.
    """

    studies: Mapping[str, Mapping[str, Any]]
    declared: tuple[DeclaredComparison, ...]
    named_confounds: tuple[str, ...]
    prereg: Mapping[str, str]
    versions: Mapping[str, str]
    seeds: tuple[int, ...]
    critics: tuple[Mapping[str, Any], ...]
    shards: Mapping[str, str]
    manifests: tuple[Mapping[str, Any], ...]
    called: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
