"""One process at a time on a folder.

On this machine the system itself holds the lock and lets go of it when the process ends, however it ends. Elsewhere a
file that its holder writes anew every few seconds stands for it; one that has not been written for long is void.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from peerward.runs.execute import RunError
from peerward.runs.places import is_local

_BEAT = 20.0
"""Seconds between two signs of life where no system holds the lock."""
_SETTLING = (1.0, 2.0)
"""Seconds after which a lock elsewhere is looked at again before it is trusted."""
_VOID = 90.0
"""Seconds of silence after which such a lock is void."""


class LockedError(RunError):
    """A folder that another process is running; the message says which."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a folder while something is done there.

    Args:
        path: The lock's file, in the folder that it is for.

    Raises:
        LockedError: If another process holds it.
    """
    with _held_here(path) if is_local(path) else _held_elsewhere(path):
        yield


def holder(path: Path) -> str:
    """Who holds a lock at this moment, in words, or an empty text.

    Args:
        path: The lock's file.
    """
    if not is_local(path):
        found = _read(path)
        return _who(json.dumps(found)) if found and time.time() - float(found.get("beat", 0)) < _VOID else ""
    import fcntl

    try:
        with path.open("r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return _who(file.read())
    except FileNotFoundError:
        pass
    return ""


@contextmanager
def _held_here(path: Path) -> Iterator[None]:
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LockedError(_told(path, file.read())) from None
        except OSError as error:
            raise RunError(
                f"{path.parent}: its file system has no locks ({error.strerror}); mount it with locks (Lustre: -o "
                "flock), or name another folder with --log-dir"
            ) from error
        file.truncate(0)
        file.write(_holder())
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


@contextmanager
def _held_elsewhere(path: Path) -> Iterator[None]:
    mine = _holder()
    found = _read(path)
    if found and time.time() - float(found.get("beat", 0)) < _VOID and not _dead(found):
        raise LockedError(_told(path, json.dumps(found)))
    _beat(path, mine)
    # Two processes may have written at once; the one whose writing stayed holds the lock. Looked at twice, since a
    # slow place may show another's writing late.
    key = json.loads(mine)["key"]
    for pause in _SETTLING:
        time.sleep(pause)
        if _read(path).get("key") != key:
            break
    if _read(path).get("key") != key:
        raise LockedError(_told(path, json.dumps(_read(path))))
    over = threading.Event()

    def keep() -> None:
        while not over.wait(_BEAT):
            # A place that cannot be reached for a while is written to again; somebody else's lock is left alone.
            with suppress(Exception):
                if _read(path).get("key") in (None, key):
                    _beat(path, mine)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        if _read(path).get("key") == key:
            path.unlink(missing_ok=True)


def _dead(found: dict[str, Any]) -> bool:
    """Whether the holder was a process of this machine that is no more; of others only silence tells."""
    if found.get("machine") != _machine() or not isinstance(found.get("process"), int):
        return False
    try:
        os.kill(found["process"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """This machine, and of containers with one name this one: elsewhere a process number means nothing."""
    space = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()} {space.readlink() if space.is_symlink() else ''}"


def _beat(path: Path, mine: str) -> None:
    path.write_text(json.dumps(json.loads(mine) | {"beat": time.time()}), encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _holder() -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    key = f"{socket.gethostname()}-{os.getpid()}-{time.time_ns()}"
    about = {"host": socket.gethostname(), "machine": _machine(), "process": os.getpid(), "since": since, "key": key}
    return json.dumps(about)


def _who(holder: str) -> str:
    try:
        found = json.loads(holder)
        return f"process {found['process']} on {found['host']} since {found['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


def _told(path: Path, holder: str) -> str:
    return (
        f"{path.parent} is being run by {_who(holder)}: wait until it has ended (peerward status {path.parent}), or "
        "name another folder with --log-dir"
    )
