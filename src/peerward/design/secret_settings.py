"""Settings that look like secrets: files and logs are shared, and a key that stands in one is everybody's."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_NAME = re.compile(
    r"(^|[_.-])(api_?key|apikey|key|token|secret|password|passwd|credentials?|auth|authorization|signature|sig)$", re.I
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VALUE = re.compile(r"^(bearer|basic)\s+\S|^(sk|hf|gsk|xai|pk)[-_][A-Za-z0-9_-]{16,}$|^AIza[A-Za-z0-9_-]{20,}$", re.I)
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://", re.I)
_QUERY_ONLY = frozenset({"code"})
"""What some hosts call the key in an address, and what is no secret elsewhere."""
NO_SECRET = "set the provider's environment variable instead (peerward list critics names it)."
_NOT_IN_AN_ADDRESS = f"take it out of the address; {NO_SECRET.removesuffix(').')}, or docs/critics.md)."


def is_secret(name: str) -> bool:
    """Whether a setting of this name holds a secret, e.g. ``api_key``, ``apiKey`` or ``X-Auth-Token``."""
    return _NAME.search(_HUMP.sub("_", name)) is not None


def secret_in_address(address: str) -> tuple[str, str] | None:
    """Why an address is refused that holds a secret, and what to do; None where it holds none."""
    if not _ADDRESS.match(address):
        return None
    if "@" in re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0]:
        return "the address holds a name or password, and files and logs are shared.", _NOT_IN_AN_ADDRESS
    for part in _parts(address):
        for name, value in parse_qsl(part, keep_blank_values=True):
            if is_secret(name) or name.lower() in _QUERY_ONLY or _VALUE.match(value):
                return f"the address holds a key ({name}=...), and files and logs are shared.", _NOT_IN_AN_ADDRESS
    return None


def without_secrets(address: str) -> str:
    """An address as it can be shown: without a name and password, and without query and fragment if a key is there."""
    if secret_in_address(address) is None:
        return address
    scheme, _, rest = address.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    plain = f"{scheme}://{host.rpartition('@')[2]}{rest[len(host) :]}"
    return plain if secret_in_address(plain) is None else re.split(r"[?#]", plain, maxsplit=1)[0]


def secrets_in(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The secrets in settings, whatever they are nested in: what is wrong, and what to do; no value is ever told."""
    for name, value in settings.items():
        if is_secret(str(name)):
            yield f"{name} looks like a secret, and files and logs are shared.", NO_SECRET
        else:
            yield from _in_value(str(name), value)


def _in_value(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from secrets_in(value)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _in_value(name, each)
    elif isinstance(value, str):
        found = secret_in_address(value)
        if found is not None:
            yield f"{name}: {found[0]}", found[1]
        elif _VALUE.match(value):
            yield f"{name} holds what looks like a secret, and files and logs are shared.", NO_SECRET


def _parts(address: str) -> tuple[str, str]:
    """Query and fragment, as far as the address can be taken apart."""
    try:
        found = urlsplit(address)
    except ValueError:
        return address.partition("?")[2], ""
    return found.query, found.fragment
