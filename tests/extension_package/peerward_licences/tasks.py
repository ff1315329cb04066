"""What Inspect discovers of the extension."""

from inspect_ai import Task, task

from peerward.tasks import one_arm


@task
def licences(variants: int = 10, epochs: int = 1, seed: int = 0, first_variant: int = 0, **levels: object) -> Task:
    """Say whether an agent's licence is renewed; the licence job acts on it."""
    return one_arm("licences", variants, epochs, seed, first_variant, **levels)
