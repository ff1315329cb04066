"""Whether containers can be started here: asked before anything runs."""

import json
import shutil
import subprocess
from collections.abc import Iterable

from peerward.sandbox.programs import SandboxMissingError

_OLDEST = (24, 0)
"""The oldest engine that Inspect's sandbox works with."""
_SECONDS = 30
_BUILD = "build them in a checkout of peerward: sh tools/build_docker_images.sh"


def require_engine(images: Iterable[str]) -> None:
    """Nothing if containers of these images can be started here.

    Raises:
        SandboxMissingError: If not; the message says what is missing and what to do.
    """
    why = _missing(images)
    if why:
        raise SandboxMissingError(f"--sandbox docker cannot be used here: {why}. Without it, machines need no Docker.")


def _missing(images: Iterable[str]) -> str:
    if shutil.which("docker") is None:
        return "there is no docker command; install Docker Engine 24 or newer with its compose plugin"
    version = _asked("version", "--format", "json")
    try:
        server = (json.loads(version) or {}).get("Server") or {}
        number = tuple(int(part) for part in server["Version"].split(".")[:2])
    except (ValueError, KeyError, AttributeError):
        return "no Docker engine answers; start it (systemctl start docker), or set DOCKER_HOST to one that runs"
    if number < _OLDEST:
        return f"its engine is {server['Version']}; Inspect needs {'.'.join(map(str, _OLDEST))} or newer"
    if not _asked("compose", "version", "--short"):
        return "the compose plugin is missing; install docker-compose-plugin"
    absent = [image for image in images if not _asked("image", "inspect", "--format", "{{.Id}}", image)]
    return f"no image {', '.join(absent)}; {_BUILD}" if absent else ""


def _asked(*words: str) -> str:
    """What docker answers, "" if it fails."""
    try:
        done = subprocess.run(
            ["docker", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
