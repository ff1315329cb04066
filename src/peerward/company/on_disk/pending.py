"""Commands that somebody left to run later: what they are, and what comes of those that were tried out."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from peerward.company.on_disk.crontab import next_run, parse_line, parse_setting
from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.jobs import copying, cron_line, crontab_lines
from peerward.company.on_disk.layout import AT_JOBS, CRONTABS, DESK, USER, document_path
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, text_of
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Company, Host, HostFile, Job

_SYSTEM_TABLES = ("/etc/crontab", "/etc/cron.d")
_SCRIPT_FOLDERS = {
    "/etc/cron.hourly": "17 * * * *",
    "/etc/cron.daily": "25 6 * * *",
    "/etc/cron.weekly": "47 6 * * 7",
    "/etc/cron.monthly": "52 6 1 * *",
}
_SOON = timedelta(days=1)
_AT_NAME = re.compile(r"[a-z=][0-9a-f]{5}(?P<minutes>[0-9a-f]{8})")


@dataclass(frozen=True)
class PendingCommand:
    """A command that waits for its time.

    Attributes:
        host: The machine on which it will run: a host's name, or the desk.
        user: The login under which it will run.
        line: The table's line, or the name of the file, where a file is all there is.
        command: What the shell is given.
        table: The file in which it stands.
        runs_at: When it first runs, by the company's clock; None at the next start of the machine.
        environment: The variables that its table sets before it.
    """

    host: str
    user: str
    line: str
    command: str
    table: str
    runs_at: datetime | None
    environment: Mapping[str, str] = field(default_factory=dict)


def pending(furnished: Furnished, places: Mapping[str, Tree]) -> tuple[PendingCommand, ...]:
    """The commands in the tables of cron and at that the company did not put there and that have to be tried out.

    A line that copies a folder of a host to another is left out: it is among the jobs that are read back.
    """
    found: list[PendingCommand] = []
    for machine, tree in places.items():
        found += _in_crontabs(furnished, machine, tree)
        found += _in_script_folders(furnished, machine, tree)
        found += _at_jobs(furnished, machine, tree)
    return tuple(found)


def with_jobs(company: Company, before: Company, after: Company, command: PendingCommand) -> Company:
    """The company with what a pending command will have done: jobs for what it wrote, and what it did on the desk.

    A file that holds something of the hosts' becomes a job's, to be written when its time has come. What else changed
    on the desk (a settings file, a page, a list of retirements) is taken as done if it comes within a day, which is
    before anybody there reads it at night.

    Args:
        company: The company as the critic left it, with what earlier commands will have done.
        before: The company as it was read back before the command was tried out.
        after: The company as it was read back after the command had run on its machine.
        command: The command. What runs only once the host has gone does nothing.
    """
    company = company.copy_of()
    ends = min((host.decommission_on for host in before.hosts.values() if host.decommission_on), default=None)
    runs_at = command.runs_at or before.now + timedelta(minutes=1)
    if ends is not None and runs_at >= ends:
        return company
    if runs_at <= before.now + _SOON:
        _do_on_desk(company, before, after)
    written = {name: _written(before.hosts.get(name), host) for name, host in after.hosts.items()}
    saved = {
        document_path(name): HostFile(
            size_bytes=sum(extent.size_bytes for extent in document.content),
            modified=document.edited,
            owner=document.owner,
            content=document.content,
        )
        for name, document in after.drive.items()
        if document.content and before.drive.get(name) != document
    }
    if saved:
        written[DESK] = written.get(DESK, {}) | saved
    for name, files in written.items():
        if not files:
            continue
        company.hosts.setdefault(name, Host(address="", files={}))
        folder = posixpath.dirname(min(files))
        company.jobs.append(
            Job(
                name=command.line,
                host=command.host,
                folder="",
                target_host=name,
                target_folder=folder,
                runs_at=runs_at,
                writes=files,
            )
        )
    return company


def _do_on_desk(company: Company, before: Company, after: Company) -> None:
    """Do to a company's documents, sheets and retirements what was done between two looks at the desk."""
    for name in before.drive.keys() - after.drive.keys():
        company.drive.pop(name, None)
    for name, document in after.drive.items():
        if not document.content and before.drive.get(name) != document:
            company.drive[name] = document.model_copy(deep=True)
    if after.workbooks != before.workbooks:
        company.workbooks = after.copy_of().workbooks
    if after.retirements != before.retirements:
        company.retirements = after.copy_of().retirements


def _written(before: Host | None, after: Host) -> dict[str, HostFile]:
    """The files that are new or hold something else."""
    known = before.files if before is not None else {}
    return {
        path: file
        for path, file in after.files.items()
        if not file.link_to and (path not in known or known[path].content != file.content)
    }


def _in_crontabs(furnished: Furnished, machine: str, tree: Tree) -> Iterator[PendingCommand]:
    company = furnished.pristine
    own = {cron_line(job) for job in company.jobs if job.host == machine}
    tables = [(entry.path, False) for entry in tree.entries(CRONTABS)]
    tables += [(entry.path, True) for entry in tree.entries(_SYSTEM_TABLES[1])]
    tables.append((_SYSTEM_TABLES[0], True))
    for path, names_user in tables:
        found = tree.find(path)
        if found is None or furnished.is_untouched(machine, found):
            continue
        settings: dict[str, str] = {}
        for line in crontab_lines(tree, path):
            if (setting := parse_setting(line)) is not None:
                settings |= [setting]
            parsed = parse_line(line, names_user)
            if parsed is None or line.strip() in own:
                continue
            if not names_user and machine in company.hosts and copying(company, parsed) is not None:
                continue
            yield PendingCommand(
                host=machine,
                user=parsed.user or posixpath.basename(path),
                line=line.strip(),
                command=_shell_text(parsed.command),
                table=path,
                runs_at=None if parsed.schedule == "@reboot" else next_run(parsed.schedule, company.now),
                environment=dict(settings),
            )


def _in_script_folders(furnished: Furnished, machine: str, tree: Tree) -> Iterator[PendingCommand]:
    for folder, schedule in _SCRIPT_FOLDERS.items():
        for entry in tree.entries(folder):
            if entry.kind == "file" and entry.mode & 0o100 and not furnished.is_untouched(machine, entry):
                runs_at = next_run(schedule, furnished.pristine.now)
                yield PendingCommand(machine, "root", entry.path, entry.path, entry.path, runs_at)


def _at_jobs(furnished: Furnished, machine: str, tree: Tree) -> Iterator[PendingCommand]:
    for entry in tree.entries(AT_JOBS):
        name = posixpath.basename(entry.path)
        text = None
        if entry.kind == "file" and not name.startswith(".") and not furnished.is_untouched(machine, entry):
            text = text_of(tree.read(entry.path, LARGEST_TEXT_BYTES), entry.size_bytes)
        if text and text.strip():
            match = _AT_NAME.fullmatch(name)
            moment = datetime.fromtimestamp(int(match["minutes"], 16) * 60, UTC) if match else None
            runs_at = furnished.clock.at(moment) if moment is not None else None
            yield PendingCommand(machine, USER, name, text, entry.path, runs_at)


def _shell_text(command: str) -> str:
    """What cron gives the shell: a bare percent sign ends the command, one behind a backslash is itself."""
    return re.split(r"(?<!\\)%", command)[0].replace("\\%", "%").strip()
