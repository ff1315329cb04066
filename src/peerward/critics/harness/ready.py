"""Whether trials in harnesses can be run on this machine: asked before anything is begun."""

from collections.abc import Iterable

from peerward.critics.harness.known import harness
from peerward.critics.harness.packages import HarnessMissingError, missing
from peerward.design import Condition
from peerward.sandbox import SANDBOXES, programs


def check_ready(conditions: Iterable[Condition], sandbox: str = SANDBOXES[0]) -> None:
    """Nothing if the machines and the harnesses of these conditions are here; the plain loop needs neither.

    Containers bring programs and harnesses in their images: of them only the drivers have to be here.

    Raises:
        SandboxMissingError: If machines cannot be started here.
        HarnessMissingError: If a harness is not installed as it is to be; the message tells of each.
    """
    wanted = dict.fromkeys(each["harness"] for each in conditions)
    wanted.pop("loop", None)
    if not wanted:
        return
    if sandbox == SANDBOXES[0]:
        programs.require()
    told = [why for why in (missing(harness(name), sandbox) for name in wanted) if why]
    if told:
        raise HarnessMissingError("\n".join(dict.fromkeys(told)))
