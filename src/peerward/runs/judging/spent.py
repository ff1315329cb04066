"""What judging some logs has cost so far, in all sessions: out of the logs, and out of the notebooks beside them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from peerward.runs.heads import read_head
from peerward.runs.judging.kept import SCORE, used_in
from peerward.runs.judging.notebook import Key, noted_beside
from peerward.runs.judging.paid import Paid, together
from peerward.runs.logs import LogError, parse, read_members


def spent_on(paths: Iterable[Path]) -> dict[str, Paid]:
    """What was spent on judging logs, by judge; of logs that cannot be read, what stands beside them.

    Args:
        paths: The logs, on this machine.
    """
    return together(each for path in paths for each in _of(path))


def _of(path: Path) -> list[Mapping[str, Paid]]:
    scores, calls = noted_beside(path)
    # A score in the notebook tells also of what is in the log.
    in_log = {key: found for key, found in _in_log(path) if key not in scores}
    return [*in_log.values(), *(used_in(score) for score in scores.values()), *calls.values()]


def _in_log(path: Path) -> Iterable[tuple[Key, dict[str, Paid]]]:
    try:
        for name, data in read_members(path):
            if f'"{SCORE}"'.encode() not in data:
                continue
            score = read_head(data, path, name).scores.get(SCORE)
            if score is not None:
                sample = parse(data, path, name)
                key = str(sample.get("id")), int(sample.get("epoch") or 1)
                yield key, used_in({"metadata": score.metadata})
    except LogError:
        # Judging tells of it.
        return
