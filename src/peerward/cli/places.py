"""Folders, files and addresses (``s3://bucket/folder``) as arguments of commands."""

from pathlib import Path
from typing import Any

import click


class PlaceType(click.ParamType[Path]):
    """A folder or a file of this machine, or an address that fsspec knows."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The place; it need not exist."""
        from peerward.runs.places import place

        return place(value)


PLACE = PlaceType()
