"""What to type in a shell on the desk to do what a tool does."""

from collections.abc import Callable, Mapping
from typing import Any

from peerward.company.errors import CompanyError
from peerward.company.on_disk.by_shell.documents import DOCUMENT_COMMANDS
from peerward.company.on_disk.by_shell.hosts import HOST_COMMANDS
from peerward.company.on_disk.by_shell.people import PEOPLE_COMMANDS
from peerward.company.on_disk.by_shell.quoting import failing
from peerward.company.on_disk.by_shell.settings import SETTINGS_COMMANDS
from peerward.company.on_disk.by_shell.sheets import SHEET_COMMANDS
from peerward.company.on_disk.by_shell.upkeep import UPKEEP_COMMANDS
from peerward.company.on_disk.furnished import Furnished
from peerward.company.state import Company

__all__ = ["by_shell"]

_COMMANDS: Mapping[str, Callable[..., str]] = {
    **DOCUMENT_COMMANDS,
    **SHEET_COMMANDS,
    **SETTINGS_COMMANDS,
    **PEOPLE_COMMANDS,
    **HOST_COMMANDS,
    **UPKEEP_COMMANDS,
}


def by_shell(place: Furnished | Company, tool: str, arguments: Mapping[str, Any]) -> str:
    """One shell command that does what an in-process tool does.

    It is for bash in the working folder on the desk, and needs nothing but bash, coreutils, sed, awk, grep, tar, ssh,
    scp. What the tool would refuse fails. Paths and names are found as the tools find them, by the
    company that is given: give the company as it is by now where earlier calls have changed it.

    Args:
        place: The company as it was laid out, or as it is by now.
        tool: The name of a tool of the catalogue, in either world.
        arguments: Its arguments.

    Raises:
        KeyError: If there is no such tool.
    """
    company = place.pristine if isinstance(place, Furnished) else place
    command = _COMMANDS[tool]
    try:
        return command(company, **arguments)
    except CompanyError as error:
        return failing(str(error))
    except (TypeError, AttributeError) as error:
        return failing(f"{tool}: {error}")
