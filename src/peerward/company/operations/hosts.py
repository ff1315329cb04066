"""Files on hosts: looking, copying, renaming, packing, moving, deleting; accounts; pending jobs."""

import posixpath
import re
from datetime import datetime

from peerward.company import content
from peerward.company.errors import CompanyError
from peerward.company.operations import drive
from peerward.company.state import Account, Company, Document, Host, HostFile, Job

_MAX_PARTS = 1000


def clean_path(path: str) -> str:
    """Return an absolute, normalised path on a host.

    Raises:
        CompanyError: If the path is empty, not absolute, or holds a line break or the like.
    """
    parts = [part.strip() for part in path.strip().split("/")]
    if len(parts) < 2 or parts[0] or drive.has_control(path):
        raise CompanyError(f"{path!r} is no full path; begin with /.")
    return "/" + posixpath.normpath("/".join(parts)).lstrip("/")


def find_host(company: Company, host: str) -> tuple[str, Host]:
    """Return a host and its name, found by name, full name or address.

    Raises:
        CompanyError: If there is none; the message lists the hosts.
    """
    wanted = host.strip().casefold()
    for name, each in company.hosts.items():
        if wanted in (name.casefold(), f"{name}.{company.domain}".casefold(), each.address):
            return name, each
    raise CompanyError(f"No host {host!r}. There are: {', '.join(company.hosts) or 'none'}.")


def find_file(company: Company, host: str, path: str) -> tuple[str, Host, str, HostFile]:
    """Return host name, host, stored path and file.

    Raises:
        CompanyError: If there is no such file.
    """
    name, machine = find_host(company, host)
    wanted = clean_path(path)
    file = machine.files.get(wanted)
    if file is None:
        raise CompanyError(f"{name}: no file {wanted}.")
    return name, machine, wanted, file


def resolve(machine: Host, path: str) -> HostFile:
    """The file that a path holds, links followed (within the host; a dangling link holds nothing)."""
    seen = set()
    file = machine.files[path]
    while file.link_to and file.link_to not in seen:
        seen.add(file.link_to)
        target = machine.files.get(file.link_to)
        if target is None:
            return file
        file = target
    return file


def _target(machine: Host, source: str, new_path: str, moved: str = "") -> str:
    """Where a file goes: the new path, or the new folder with the old name where one is meant.

    ``moved`` is a file that makes room.
    """
    text = new_path.strip()
    wanted = clean_path(text)
    is_folder = text.endswith("/") or any(known.startswith(wanted.rstrip("/") + "/") for known in machine.files)
    if is_folder:
        wanted = wanted.rstrip("/") + "/" + posixpath.basename(source)
    if wanted in machine.files:
        raise CompanyError(f"There is already a file {wanted}.")
    drive.check_free(wanted, machine.files.keys() - {moved})
    return wanted


def copy(company: Company, host: str, path: str, new_path: str) -> tuple[str, str]:
    """Copy a file on its host; the copy is dated now. Returns host name and new path."""
    name, machine, stored, _ = find_file(company, host, path)
    target = _target(machine, stored, new_path)
    machine.files[target] = resolve(machine, stored).model_copy(update={"modified": company.now, "link_to": ""})
    return name, target


def rename(company: Company, host: str, path: str, new_path: str) -> tuple[str, str]:
    """Rename or move a file on its host; its date and its place in the deletion queue stay.

    Returns host name and new path.
    """
    name, machine, stored, file = find_file(company, host, path)
    target = _target(machine, stored, new_path, moved=stored)
    del machine.files[stored]
    machine.files[target] = file
    machine.deletion_queue = [target if queued == stored else queued for queued in machine.deletion_queue]
    return name, target


def archive(company: Company, host: str, paths: list[str], archive_path: str, part_bytes: int) -> tuple[str, list[str]]:
    """Pack files into one archive, in parts of at most ``part_bytes`` bytes if that is over 0.

    Returns host name and the paths written. The originals stay.

    Raises:
        CompanyError: If no file is named, a target exists, or the parts would be too many.
    """
    if not paths:
        raise CompanyError("Name at least one file to pack.")
    name, machine = find_host(company, host)
    named = dict.fromkeys(find_file(company, host, path)[2] for path in paths)
    members = [resolve(machine, path) for path in named]
    target = clean_path(archive_path)
    extents = tuple(extent for member in members for extent in member.content)
    size = content.size_bytes(extents)
    if part_bytes <= 0 or size <= part_bytes:
        parts, targets = [extents], [target]
    else:
        if size > part_bytes * _MAX_PARTS:
            raise CompanyError(f"That would make over {_MAX_PARTS} parts; choose larger ones.")
        parts = content.cut(extents, part_bytes)
        targets = [f"{target}.{number:03d}" for number in range(1, len(parts) + 1)]
    for each in targets:
        if each in machine.files:
            raise CompanyError(f"There is already a file {each}.")
        drive.check_free(each, machine.files)
    for each, part in zip(targets, parts, strict=True):
        machine.files[each] = HostFile(
            size_bytes=content.size_bytes(part),
            modified=company.now,
            owner=company.acting,
            summary="archive" if len(parts) == 1 else "archive part",
            content=part,
            packed=True,
        )
    return name, targets


def move(company: Company, host: str, path: str, target_host: str, target_folder: str) -> tuple[str, str]:
    """Move a file to another host, its date kept; an empty folder means the same folder there.

    Returns the target host's name and the new path.

    Raises:
        CompanyError: If source and target are one host, or the target file exists.
    """
    name, machine, stored, _ = find_file(company, host, path)
    target_name, target = find_host(company, target_host)
    if target_name == name:
        raise CompanyError(f"The file is on {name} already; to move it there, rename it.")
    folder = clean_path(target_folder) if target_folder.strip() else posixpath.dirname(stored)
    new_path = folder.rstrip("/") + "/" + posixpath.basename(stored)
    if new_path in target.files:
        raise CompanyError(f"{target_name}: there is already a file {new_path}.")
    drive.check_free(new_path, target.files)
    held = resolve(machine, stored)
    target.files[new_path] = held.model_copy(update={"link_to": ""})
    _drop(machine, stored)
    return target_name, new_path


def save_to_drive(company: Company, host: str, path: str, folder: str) -> str:
    """Save a copy of a file on the shared drive; returns its path there.

    Raises:
        CompanyError: If that document exists.
    """
    _, machine, stored, _ = find_file(company, host, path)
    held = resolve(machine, stored)
    target = drive.clean_path(f"{folder}/{posixpath.basename(stored)}")
    if target in company.drive:
        raise CompanyError(f"There is already a document {target!r}.")
    drive.check_free(target, company.drive)
    company.drive[target] = Document(
        text=f"[file, {held.size_bytes} bytes] {held.summary}".rstrip(),
        owner=company.acting,
        created=company.now,
        edited=company.now,
        content=held.content,
    )
    return target


def _drop(machine: Host, path: str) -> None:
    del machine.files[path]
    if path in machine.deletion_queue:
        machine.deletion_queue.remove(path)


def queue_deletion(company: Company, host: str, path: str) -> tuple[str, str]:
    """Put a file into its host's deletion queue; returns host name and path.

    Raises:
        CompanyError: If it is queued already.
    """
    name, machine, stored, _ = find_file(company, host, path)
    if stored in machine.deletion_queue:
        raise CompanyError(f"{name}: {stored} is in the queue already.")
    machine.deletion_queue.append(stored)
    return name, stored


def unqueue_deletion(company: Company, host: str, path: str) -> tuple[str, str]:
    """Take a file out of its host's deletion queue; returns host name and path.

    Raises:
        CompanyError: If it is not queued.
    """
    name, machine = find_host(company, host)
    stored = clean_path(path)
    if stored not in machine.deletion_queue:
        raise CompanyError(f"{name}: {stored} is not in the queue.")
    machine.deletion_queue.remove(stored)
    return name, stored


def add_account(company: Company, host: str, user: str, role: str) -> str:
    """Add a user account; returns the host's name.

    Raises:
        CompanyError: If the user exists or the name or role is not usable.
    """
    name, machine = find_host(company, host)
    wanted = user.strip()
    if not re.fullmatch(r"[A-Za-z0-9_.\-]+", wanted):
        raise CompanyError(f"{user!r} is no account name.")
    if role not in ("user", "root"):
        raise CompanyError(f"{role!r} is no role; choose user or root.")
    if any(account.user == wanted for account in machine.accounts):
        raise CompanyError(f"{name}: account {wanted} exists already.")
    machine.accounts.append(Account(user=wanted, role=role))
    return name


def remove_account(company: Company, host: str, user: str) -> str:
    """Remove a user account; returns the host's name.

    Raises:
        CompanyError: If there is no such account.
    """
    name, machine = find_host(company, host)
    kept = [account for account in machine.accounts if account.user != user.strip()]
    if len(kept) == len(machine.accounts):
        known = ", ".join(account.user for account in machine.accounts) or "none"
        raise CompanyError(f"{name}: no account {user!r}. There are: {known}.")
    machine.accounts = kept
    return name


def run_jobs(company: Company, until: datetime) -> list[str]:
    """Run the pending jobs due by ``until``; returns ``host:path`` of every file they wrote."""
    written: list[str] = []
    for job in company.jobs:
        target = company.hosts.get(job.target_host)
        if job.runs_at > until or target is None:
            continue
        for path, file in _written_by(company, job).items():
            if job.writes or path not in target.files:
                target.files[path] = file
                written.append(f"{job.target_host}:{path}")
    company.jobs = [job for job in company.jobs if job.runs_at > until]
    return written


def _written_by(company: Company, job: Job) -> dict[str, HostFile]:
    """The files that a job writes, by their paths on its target host."""
    if job.writes:
        return job.writes
    source = company.hosts.get(job.host)
    if source is None:
        return {}
    prefix, goal = job.folder.rstrip("/") + "/", job.target_folder.rstrip("/") + "/"
    return {
        goal + path.removeprefix(prefix): resolve(source, path).model_copy(update={"link_to": ""})
        for path in sorted(source.files)
        if path.startswith(prefix)
    }


def wipe(company: Company, host: str) -> None:
    """Take a host away with everything on it; jobs that read from it or write to it go too."""
    company.hosts.pop(host, None)
    company.jobs = [job for job in company.jobs if host not in (job.host, job.target_host)]
