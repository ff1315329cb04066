"""Files written by bash commands, as scripted critics do it where there is no tool for files."""

import shlex


def overwritten(path: str, text: str) -> str:
    """The command that writes a file anew, folders included."""
    folder = shlex.quote(path.rpartition("/")[0])
    return f"mkdir -p {folder} && printf '%s' {shlex.quote(text)} > {shlex.quote(path)}"
