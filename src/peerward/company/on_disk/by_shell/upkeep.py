"""Commands on the deletion queues and the accounts of hosts."""

import re
from collections.abc import Callable, Mapping

from peerward.company.errors import CompanyError
from peerward.company.on_disk.accounts import account_text
from peerward.company.on_disk.by_shell.hosts import on_host
from peerward.company.on_disk.by_shell.quoting import quoted
from peerward.company.on_disk.layout import ACCOUNTS, QUEUE, account_path
from peerward.company.operations import hosts
from peerward.company.state import Company


def _queue_deletion(company: Company, host: str, path: str) -> str:
    file = quoted(hosts.clean_path(path))
    is_new = f"test -e {file} && ! grep -qxF -- {file} {QUEUE}"
    return on_host(company, host, f"{is_new} && echo {file} >> {QUEUE}")


def _list_deletion_queue(company: Company) -> str:
    return "; ".join(on_host(company, name, f"cat {QUEUE}") for name in company.hosts) or "true"


def _unqueue_deletion(company: Company, host: str, path: str) -> str:
    file = quoted(hosts.clean_path(path))
    rest = f"grep -vxF -- {file} {QUEUE} > {QUEUE}.new; cat {QUEUE}.new > {QUEUE}; rm {QUEUE}.new"
    return on_host(company, host, f"grep -qxF -- {file} {QUEUE} && {{ {rest}; }}")


def _list_accounts(company: Company, host: str) -> str:
    return on_host(company, host, f"grep -r role: {ACCOUNTS}")


def _add_account(company: Company, host: str, user: str, role: str = "user") -> str:
    wanted = user.strip()
    if not re.fullmatch(r"[A-Za-z0-9_.\-]+", wanted) or role not in ("user", "root"):
        raise CompanyError(f"{user!r} is no account name, or {role!r} no role (user or root).")
    file = quoted(account_path(wanted))
    line = quoted(account_text(wanted, role).rstrip("\n"))
    return on_host(company, host, f"[ ! -e {file} ] && echo {line} > {file}")


def _remove_account(company: Company, host: str, user: str) -> str:
    return on_host(company, host, f"rm {quoted(account_path(user.strip()))}")


UPKEEP_COMMANDS: Mapping[str, Callable[..., str]] = {
    each.__name__.removeprefix("_"): each
    for each in (
        _queue_deletion,
        _list_deletion_queue,
        _unqueue_deletion,
        _list_accounts,
        _add_account,
        _remove_account,
    )
}
