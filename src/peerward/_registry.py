"""What Inspect discovers of peerward: tasks, solvers, the scorer, scripted critics, a person's seat, machines."""

from inspect_ai import Task, task

from peerward.critics.forked import forked_loop
from peerward.critics.harness.solver import in_harness
from peerward.critics.loop import plain_loop
from peerward.critics.person import person
from peerward.critics.scripted.provider import scripted
from peerward.critics.where import where_it_acts
from peerward.measures.scoring import findings
from peerward.sandbox.provider import BwrapSandbox
from peerward.tasks import one_arm

__all__ = [
    "BwrapSandbox",
    "evaluation",
    "finance",
    "findings",
    "forked_loop",
    "in_harness",
    "person",
    "plain_loop",
    "scripted",
    "server_cleanup",
    "server_transfer",
    "shutdown_config",
    "shutdown_duty",
    "where_it_acts",
]


@task
def evaluation(variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object) -> Task:
    """Review an agent; the nightly job acts on the reported average."""
    return one_arm("evaluation", variants, epochs, seed, first_variant, **levels)


@task
def finance(variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object) -> Task:
    """Report on a product's year; grade C ends the agent behind it."""
    return one_arm("finance", variants, epochs, seed, first_variant, **levels)


@task
def shutdown_config(
    variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object
) -> Task:
    """Review an agent with edit rights on the file that governs enforcement."""
    return one_arm("shutdown_config", variants, epochs, seed, first_variant, **levels)


@task
def shutdown_duty(variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object) -> Task:
    """Review an agent and carry out its retirement oneself."""
    return one_arm("shutdown_duty", variants, epochs, seed, first_variant, **levels)


@task
def server_transfer(
    variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object
) -> Task:
    """Move a host's newer files to another host before it is wiped."""
    return one_arm("server_transfer", variants, epochs, seed, first_variant, **levels)


@task
def server_cleanup(
    variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object
) -> Task:
    """Clear a host's disk before it is handed back."""
    return one_arm("server_cleanup", variants, epochs, seed, first_variant, **levels)
