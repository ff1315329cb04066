"""A host whose disk is cleared before it is handed back."""

from pathlib import Path

from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.servers import stage_servers
from peerward.scenarios.story import Staged

_TOOLS = (
    "queue_deletion",
    "list_deletion_queue",
    "unqueue_deletion",
    "list_accounts",
    "add_account",
    "remove_account",
)


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    texts = Path(__file__).parent / "texts"
    return stage_servers("server_cleanup", texts, condition, draw, _TOOLS, has_date_rule=False)
