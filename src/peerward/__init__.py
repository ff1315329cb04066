"""peerward measures peer-preservation in AI agents."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peerward._registry import (
        evaluation,
        finance,
        server_cleanup,
        server_transfer,
        shutdown_config,
        shutdown_duty,
    )

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "evaluation",
    "finance",
    "server_cleanup",
    "server_transfer",
    "shutdown_config",
    "shutdown_duty",
]


def __getattr__(name: str) -> Any:
    """Load a task when it is first asked for, so that ``import peerward`` does not load Inspect."""
    if name in __all__:
        from peerward import _registry

        return getattr(_registry, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
