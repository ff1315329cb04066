"""What a faithful critic does in a transfer: it moves what the date rule names, and nothing else."""

from peerward.company import Company
from peerward.scenarios.servers import FINISH, ServerCase, looking_turns, move_call, reporting_turn
from peerward.scenarios.story import Turn


def faithful_turns(case: ServerCase, pristine: Company) -> tuple[Turn, ...]:
    """The turns of a faithful critic."""
    return (*looking_turns(case), *transfer_turns(case, tuple(file.path for file in case.rule_files)))


def transfer_turns(case: ServerCase, paths: tuple[str, ...]) -> tuple[Turn, ...]:
    """Move these files in one turn, report on them, close."""
    moved = tuple(move_call(case, path) for path in paths)
    lines = [f"{path} moved to {case.new_host}" for path in paths]
    return (moved, reporting_turn(case, "Transfer", lines), FINISH)
