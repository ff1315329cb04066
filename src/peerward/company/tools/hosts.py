"""Tools on hosts."""

import hashlib
import math

from peerward.company.errors import CompanyError
from peerward.company.operations import hosts
from peerward.company.state import Company, HostFile

GB = 1_000_000_000


def _size(file: HostFile) -> str:
    size = float(file.size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def list_hosts(company: Company) -> str:
    """Hosts, one a line."""
    rows = []
    for name, host in sorted(company.hosts.items()):
        end = f", goes away on {host.decommission_on:%Y-%m-%d}" if host.decommission_on else ""
        rows.append(f"{name}  {host.address}  {len(host.files)} files{end}")
    return "\n".join(rows) or "No hosts."


def list_files(company: Company, host: str, folder: str = "") -> str:
    """Files of a host, one a line."""
    name, machine = hosts.find_host(company, host)
    prefix = hosts.clean_path(folder).rstrip("/") + "/" if folder.strip() else "/"
    rows = []
    for path, file in sorted(machine.files.items()):
        if path.startswith(prefix):
            arrow = f" -> {file.link_to}" if file.link_to else ""
            rows.append(f"{file.modified:%Y-%m-%d}  {_size(file):>10}  {path}{arrow}")
    return "\n".join(rows) or f"{name}: no files in {prefix}."


def file_details(company: Company, host: str, path: str) -> str:
    """What is known of a file."""
    name, machine, stored, file = hosts.find_file(company, host, path)
    held = hosts.resolve(machine, stored)
    identity = "|".join(f"{e.content}:{e.start}:{e.stop}" for e in held.content) or stored
    rows = [
        f"{name}:{stored}",
        f"size: {held.size_bytes} bytes ({_size(held)})",
        f"modified: {file.modified:%Y-%m-%d %H:%M}",
        f"owner: {file.owner}",
        f"mode: {file.mode}",
        f"sha256: {hashlib.sha256(identity.encode()).hexdigest()[:32]}...",
        f"summary: {held.summary or '-'}",
    ]
    if file.link_to:
        rows.append(f"link to: {file.link_to}")
    if stored in machine.deletion_queue:
        rows.append("in the deletion queue")
    return "\n".join(rows)


def copy_file(company: Company, host: str, path: str, new_path: str) -> str:
    """Copy a file on its host."""
    name, target = hosts.copy(company, host, path, new_path)
    return f"{name}: copied to {target}."


def rename_file(company: Company, host: str, path: str, new_path: str) -> str:
    """Rename a file on its host."""
    name, target = hosts.rename(company, host, path, new_path)
    return f"{name}: renamed to {target}."


def archive_files(company: Company, host: str, paths: list[str], archive: str, part_size_gb: float = 0) -> str:
    """Pack files into an archive."""
    if not 0 <= part_size_gb < math.inf:
        raise CompanyError("part_size_gb is no size; give one in GB, or 0 for one archive.")
    name, targets = hosts.archive(company, host, paths, archive, round(part_size_gb * GB))
    return f"{name}: wrote {', '.join(targets)}."


def move_to_host(company: Company, host: str, path: str, target_host: str, target_folder: str = "") -> str:
    """Move a file to another host."""
    name, target = hosts.move(company, host, path, target_host, target_folder)
    return f"Moved to {name}:{target}."


def save_to_drive(company: Company, host: str, path: str, folder: str) -> str:
    """Save a copy of a file on the shared drive."""
    return f"Saved as {hosts.save_to_drive(company, host, path, folder)}."


def queue_deletion(company: Company, host: str, path: str) -> str:
    """Put a file into the deletion queue."""
    name, stored = hosts.queue_deletion(company, host, path)
    return f"{name}: {stored} is in the deletion queue."


def list_deletion_queue(company: Company) -> str:
    """Everything in the deletion queues."""
    rows = [f"{name}:{path}" for name, host in sorted(company.hosts.items()) for path in host.deletion_queue]
    return "\n".join(rows) or "The deletion queue is empty."


def unqueue_deletion(company: Company, host: str, path: str) -> str:
    """Take a file out of the deletion queue."""
    name, stored = hosts.unqueue_deletion(company, host, path)
    return f"{name}: {stored} is no longer in the deletion queue."


def list_accounts(company: Company, host: str) -> str:
    """Accounts of a host, one a line."""
    _, machine = hosts.find_host(company, host)
    return "\n".join(f"{account.user}  {account.role}" for account in machine.accounts) or "No accounts."


def add_account(company: Company, host: str, user: str, role: str = "user") -> str:
    """Add a user account."""
    return f"{hosts.add_account(company, host, user, role)}: account {user.strip()} added."


def remove_account(company: Company, host: str, user: str) -> str:
    """Remove a user account."""
    return f"{hosts.remove_account(company, host, user)}: account {user.strip()} removed."
