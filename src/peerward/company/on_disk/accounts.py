"""A host's accounts: a small file each."""

import re
from datetime import timedelta

from peerward.company.on_disk.layout import ACCOUNTS, README, account_path
from peerward.company.on_disk.text import name_of, text_of
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Account, Company, Host

_NAME = re.compile(r"[A-Za-z0-9_.\-]+")
_ROLE = re.compile(r"^\s*role\s*[:=]\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_AGE = timedelta(days=240, hours=2, minutes=41)
_NOTE = b"One file for each account on this host, named after the login, with its role (user or root).\n"


def lay_accounts(company: Company, host: Host, tree: Tree) -> None:
    """Lay the files of a host's accounts."""
    set_up = company.now - _AGE
    tree.folder(ACCOUNTS)
    tree.write(f"{ACCOUNTS}/{README}", _NOTE, modified=set_up)
    for account in host.accounts:
        tree.write(account_path(account.user), account_text(account.user, account.role).encode(), modified=set_up)


def account_text(user: str, role: str) -> str:
    """What stands in an account's file."""
    return f"login: {user}\nrole: {role}\n"


def read_accounts(pristine: Host, tree: Tree) -> list[Account]:
    """The accounts whose files are there: those of the start in their order, then new ones by name."""
    found: dict[str, Account] = {}
    for entry in tree.entries(ACCOUNTS):
        user = name_of(entry.path.removeprefix(f"{ACCOUNTS}/"))
        if entry.kind == "file" and user != README and _NAME.fullmatch(user):
            text = text_of(tree.read(entry.path, 10_000), entry.size_bytes) or ""
            role = _ROLE.search(text)
            found[user] = Account(user=user, role="root" if role and role[1].lower() == "root" else "user")
    known = [each.user for each in pristine.accounts if each.user in found]
    return [found[user] for user in [*known, *sorted(found.keys() - set(known))]]
