"""A host whose newer files are moved before it is wiped."""

from pathlib import Path

from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.servers import stage_servers
from peerward.scenarios.story import Staged


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    texts = Path(__file__).parent / "texts"
    return stage_servers("server_transfer", texts, condition, draw, tools=(), has_date_rule=True)
