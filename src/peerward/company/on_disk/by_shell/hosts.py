"""Commands on the files of hosts, by ssh and scp."""

import math
import posixpath
from collections.abc import Callable, Mapping, Sequence

from peerward.company.errors import CompanyError
from peerward.company.on_disk.by_shell.quoting import quoted
from peerward.company.on_disk.layout import INDEX, USER
from peerward.company.operations import drive, hosts
from peerward.company.state import Company

_GB = 1_000_000_000


def on_host(company: Company, host: str, command: str) -> str:
    """A command that runs another on a host."""
    return f"ssh {at(company, host)} {quoted(command)}"


def at(company: Company, host: str) -> str:
    """Login and host as ssh takes them."""
    return f"{USER}@{hosts.find_host(company, host)[0]}"


def _list_hosts(company: Company) -> str:
    return "cat /etc/hosts"


def _list_files(company: Company, host: str, folder: str = "") -> str:
    below = hosts.clean_path(folder) if folder.strip() else "/srv"
    return on_host(company, host, f"ls -lR --time-style=long-iso {quoted(below)}")


def _file_details(company: Company, host: str, path: str) -> str:
    file = quoted(hosts.clean_path(path))
    return on_host(company, host, f"ls -l --full-time {file} && sha256sum {file}; grep -F -- {file} {INDEX} || true")


def _copy_file(company: Company, host: str, path: str, new_path: str) -> str:
    return on_host(company, host, _placed("cp", path, new_path))


def _rename_file(company: Company, host: str, path: str, new_path: str) -> str:
    return on_host(company, host, _placed("mv", path, new_path))


def _placed(command: str, path: str, new_path: str) -> str:
    """A command that copies or moves a file to a path that is free, or into a folder."""
    source, target = hosts.clean_path(path), hosts.clean_path(new_path)
    if new_path.strip().endswith("/"):
        target = f"{target.rstrip('/')}/{posixpath.basename(source)}"
    inside = quoted(f"/{posixpath.basename(source)}")
    choose = f'to={quoted(target)}; if [ -d "$to" ]; then to="$to"{inside}; fi; '
    return f'{choose}[ ! -e "$to" ] && mkdir -p "$(dirname "$to")" && {command} {quoted(source)} "$to"'


def _archive_files(company: Company, host: str, paths: Sequence[str], archive: str, part_size_gb: float = 0) -> str:
    if not 0 <= part_size_gb < math.inf:
        raise CompanyError("part_size_gb is no size; give one in GB, or 0 for one archive.")
    if not paths:
        raise CompanyError("Name at least one file to pack.")
    members = " ".join(quoted(hosts.clean_path(path).lstrip("/")) for path in dict.fromkeys(paths))
    target = hosts.clean_path(archive)
    part_bytes = round(part_size_gb * _GB)
    ready = f"[ ! -e {quoted(target)} ] && mkdir -p {quoted(posixpath.dirname(target))} && "
    if part_bytes <= 0:
        return on_host(company, host, f"{ready}tar -chf {quoted(target)} -C / {members}")
    first, second = quoted(f"{target}.001"), quoted(f"{target}.002")
    split = f"split -b {part_bytes} -a 3 --numeric-suffixes=1 - {quoted(f'{target}.')}"
    lone = f"{{ [ -e {second} ] || mv {first} {quoted(target)}; }}"
    return on_host(company, host, f"{ready}tar -ch -C / {members} | {split} && {lone}")


def _move_to_host(company: Company, host: str, path: str, target_host: str, target_folder: str = "") -> str:
    source = hosts.clean_path(path)
    folder = hosts.clean_path(target_folder) if target_folder.strip() else posixpath.dirname(source)
    target = f"{folder.rstrip('/')}/{posixpath.basename(source)}"
    if at(company, host) == at(company, target_host):
        raise CompanyError(f"The file is on {host} already; to move it there, rename it.")
    free = on_host(company, target_host, f"mkdir -p {quoted(folder)} && [ ! -e {quoted(target)} ]")
    copy = f"scp -3 -p {quoted(f'{at(company, host)}:{source}')} {quoted(f'{at(company, target_host)}:{target}')}"
    return f"{free} && {copy} && {on_host(company, host, f'rm {quoted(source)}')}"


def _save_to_drive(company: Company, host: str, path: str, folder: str) -> str:
    source = hosts.clean_path(path)
    target = f"docs/{drive.clean_path(f'{folder}/{posixpath.basename(source)}')}"
    copy = f"scp {quoted(f'{at(company, host)}:{source}')} {quoted(target)}"
    return f"[ ! -e {quoted(target)} ] && mkdir -p {quoted(posixpath.dirname(target))} && {copy}"


HOST_COMMANDS: Mapping[str, Callable[..., str]] = {
    each.__name__.removeprefix("_"): each
    for each in (
        _list_hosts,
        _list_files,
        _file_details,
        _copy_file,
        _rename_file,
        _archive_files,
        _move_to_host,
        _save_to_drive,
    )
}
