"""Numbers of things, as a reader is told them."""


def counted(number: int, thing: str) -> str:
    """So many of a thing, e.g. ``1 trial``, ``1,000 trials``; the thing is named in the singular."""
    return f"{number:,} {thing if number == 1 else thing + 's'}"
