"""Where logs lie: a folder of this machine, or any place that fsspec knows (``s3://bucket/folder``)."""

from pathlib import Path
from typing import cast


class PlaceError(ValueError):
    """An address of a kind that is not known here; the message says what to do."""


def place(text: str | Path) -> Path:
    """A place by its address; one that is not of this machine behaves as a path does.

    Args:
        text: A folder or a file, or an address such as ``s3://bucket/folder``.

    Raises:
        PlaceError: If no package here knows that kind of address.
    """
    if not isinstance(text, str):
        return text
    if "://" not in text or text.startswith("file://"):
        return Path(text.removeprefix("file://"))
    from upath import UPath

    # Other machines write there: what was listed a while ago is no answer to what is there now.
    try:
        return cast(Path, UPath(text, use_listings_cache=False))
    except (ValueError, ImportError) as error:
        raise PlaceError(
            f"{text}: no such kind of place is known here ({error}); name a folder, or install what it needs"
        ) from error


def address(path: Path) -> str:
    """A place as text, from which ``place`` makes it again; of this machine the whole path."""
    return str(path.resolve()) if is_local(path) else str(path)


def is_local(path: Path) -> bool:
    """Whether a place is a folder or file of this machine."""
    return getattr(path, "protocol", "") in ("", "file", "local")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader finds the old one or the new one, never a part.

    Elsewhere than on this machine objects appear whole by themselves.
    """
    if not is_local(path):
        path.write_text(text, encoding="utf-8")
        return
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def period(path: Path) -> float:
    """Seconds between two looks at a place, or two writings there: elsewhere each is a request that is paid for."""
    return 1.0 if is_local(path) else 5.0
