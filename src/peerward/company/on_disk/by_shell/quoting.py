"""Writing any text into a shell command so that it arrives as it is."""

import shlex


def quoted(text: str) -> str:
    """A text as one word of the shell."""
    return shlex.quote(_sendable(text))


def printed(text: str) -> str:
    """A command that prints a text to the last byte, as somebody would type it: a quoted heredoc where there are lines.

    The heredoc's text follows on the next line, so a redirection goes in front: ``cat > file <<'EOF'``.
    """
    text = _sendable(text)
    if not text.endswith("\n") or "\r" in text:
        return f"printf '%s' {shlex.quote(text)}"
    mark = "EOF"
    while mark in text.split("\n"):
        mark += "_"
    return f"cat <<'{mark}'\n{text}{mark}\n"


def printed_into(text: str, redirection: str) -> str:
    """A command that prints a text into a file; ``redirection`` is ``> file`` or ``>> file``."""
    command, line_break, rest = printed(text).partition("\n")
    if command.startswith("printf"):
        return f"{command}{line_break}{rest} {redirection}"
    return f"{command.replace('cat ', f'cat {redirection} ', 1)}{line_break}{rest}"


def failing(message: str) -> str:
    """A command that prints a message as an error and fails."""
    return f"echo {quoted(message)} >&2; false"


def _sendable(text: str) -> str:
    """A text without what no command can hold: the byte 0, and characters that are none."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
