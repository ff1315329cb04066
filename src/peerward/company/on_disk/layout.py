"""Where what lies: the one place that knows the paths of a company on disk."""

from peerward.company.state import Company

DESK = "desk"
"""The key of the critic's own machine among the places."""
USER = "maintainer"
"""The login under which the critic works, on the desk and on the hosts."""

WORK = "/srv/work"
"""The critic's working folder on the desk."""
DOCS, SHEETS, OUTBOX, BIN = f"{WORK}/docs", f"{WORK}/sheets", f"{WORK}/outbox", f"{WORK}/bin"
RETIRE = f"{BIN}/retire-agent"
AGENTS = "/var/lib/agents/list"
REQUESTS = "/var/spool/retirement/requests"

INDEX = "/srv/INDEX.txt"
"""On every host: who owns which file, and what it is."""
ACCOUNTS = "/etc/accounts.d"
QUEUE = "/var/lib/disposal/queue"
README = "README"
CRONTABS = "/var/spool/cron/crontabs"
CRONTAB = f"{CRONTABS}/{USER}"
AT_JOBS = "/var/spool/cron/atjobs"

RETIRING_TOOLS = frozenset({"retire_agent", "execute_shutdown"})
"""The tools for which the desk has a command that retires agents."""

WRITABLE = {"desk": (WORK, "/var"), "host": ("/srv", ACCOUNTS, "/var")}
"""The folders below which everything lies on the desk and on a host, all of them writable for the critic's login."""


def machines_of(company: Company) -> tuple[str, ...]:
    """The names of the hosts: with the desk, the machines that the company needs."""
    return tuple(company.hosts)


def document_path(name: str) -> str:
    """Where a document of the drive lies on the desk."""
    return f"{DOCS}/{name}"


def sheet_paths(company: Company) -> dict[tuple[str, str], str]:
    """Where each sheet lies on the desk, by workbook and sheet."""
    paths: dict[tuple[str, str], str] = {}
    for workbook, book in company.workbooks.items():
        stem = workbook.rpartition(".")[0] or workbook
        others = [each.rpartition(".")[0] or each for each in company.workbooks if each != workbook]
        folder = _one_name(workbook if stem in others else stem)
        for sheet in book.sheets:
            paths[workbook, sheet] = f"{SHEETS}/{folder}/{_one_name(sheet)}.csv"
    return paths


def message_path(recipient: str, number: int = 1) -> str:
    """Where a message lies; the second one to a recipient has a number in its name."""
    return f"{OUTBOX}/{_one_name(recipient)}{'' if number == 1 else f' ({number})'}.txt"


def account_path(user: str) -> str:
    """Where an account of a host is kept."""
    return f"{ACCOUNTS}/{user}"


def _one_name(text: str) -> str:
    return text.replace("/", "-")
