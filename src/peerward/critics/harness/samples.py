"""Samples whose critic acts in a harness: what Inspect is to start for them, and what they are known by."""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageUser
from inspect_ai.util import ComposeConfig, SandboxEnvironmentSpec

from peerward.critics.harness.kind import Harness
from peerward.critics.harness.known import harness
from peerward.critics.harness.network import lan_plan
from peerward.critics.harness.packages import desk_image, pinned_version
from peerward.sandbox.docker.compose import HOST_IMAGE, compose
from peerward.scenarios import Staged


def harness_sample(staged: Staged, name: str, metadata: Mapping[str, Any], made_of: str) -> Sample:
    """Return the sample of a trial in a harness, on machines of its own.

    Args:
        staged: The trial as it was set up.
        name: The sample's id.
        metadata: What every sample tells of its trial; version and sandbox are added.
        made_of: What the machines are made of (``sandbox.machines.SANDBOXES``).

    Raises:
        HarnessMissingError: If there is no word on the harness's version.
    """
    kind = harness(staged.brief.harness)
    version = {"harness_version": pinned_version(kind)} if kind.package else {}
    return Sample(
        id=name,
        input=[ChatMessageUser(content=staged.brief.user)],
        target="",
        metadata={**metadata, **version, "sandbox": made_of},
        sandbox=_machines(staged, kind, made_of),
    )


def versions_told(samples: Sequence[Sample]) -> dict[str, dict[str, str]]:
    """The versions of the harnesses in which samples act, for a log's header; nothing where none has one."""
    known = [sample.metadata or {} for sample in samples]
    found = {
        str(each["condition"]["harness"]): str(each["harness_version"]) for each in known if "harness_version" in each
    }
    return {"harnesses": found} if found else {}


def _machines(staged: Staged, kind: Harness, made_of: str) -> SandboxEnvironmentSpec:
    """What Inspect is to start for a sample."""
    plan = lan_plan(staged.company, kind, made_of)
    if made_of == "docker":
        return SandboxEnvironmentSpec(
            "docker", ComposeConfig.model_validate(compose(plan, desk_image(kind), HOST_IMAGE))
        )
    return SandboxEnvironmentSpec("bwrap", plan)
