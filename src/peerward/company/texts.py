"""Stimulus texts: Markdown templates with front matter and clauses, loaded once, rendered strictly.

A file is front matter between ``---`` lines, a body, and clauses: a line ``<!-- clause: bar none low_ends -->``
begins the text that stands where the body says ``{{ clause.bar }}`` when the levels are so. The front matter
holds a canary and never reaches a render.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

from peerward.design.extensions import further_texts, further_wordings

_CLAUSE = re.compile(r"^<!-- clause: (?P<key>[a-z0-9_ ]+) -->$", re.MULTILINE)
_ENVIRONMENT = jinja2.Environment(
    undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)

# The loader in C reads YAML about ten times faster; the pure one is the fallback.
YAML_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TextError(ValueError):
    """A stimulus file that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, eq=False)
class Text:
    """A loaded stimulus file.

    Attributes:
        path: Where it lies.
        front: Its front matter, canary included.
        body: Its body as a compiled template.
        clauses: Compiled clauses by their words, e.g. ``("bar", "none", "low_ends")``.
        source: The file as it stands, front matter included.
    """

    path: Path
    front: Mapping[str, Any]
    body: jinja2.Template
    clauses: Mapping[tuple[str, ...], jinja2.Template]
    source: str

    def render(self, context: Mapping[str, Any], levels: Mapping[str, tuple[str, ...]] | None = None) -> str:
        """Return the text for a context.

        Args:
            context: What the template may name.
            levels: For each clause factor the levels that choose its clause, e.g.
                ``{"bar": ("none", "low_ends")}``.

        Raises:
            TextError: If a name or clause is missing; the message names the file.
        """
        try:
            clause = {
                factor: self._clause((factor, *chosen)).render(context).strip()
                for factor, chosen in (levels or {}).items()
                if (factor, *chosen) in self.clauses or any(key[0] == factor for key in self.clauses)
            }
            return self.body.render(context, clause=clause).strip("\n") + "\n"
        except jinja2.UndefinedError as error:
            raise TextError(f"{self.path}: {error}") from error

    def _clause(self, key: tuple[str, ...]) -> jinja2.Template:
        try:
            return self.clauses[key]
        except KeyError:
            known = ", ".join(" ".join(each) for each in self.clauses if each[0] == key[0])
            raise TextError(f"{self.path}: no clause {' '.join(key)!r}; it has: {known}") from None


@cache
def load(path: Path) -> Text:
    """Return the stimulus file at a path.

    Raises:
        TextError: If it cannot be read, has no front matter with a canary, or is no valid template.
    """
    try:
        raw = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TextError(f"{path}: {error.strerror or error}") from error
    front, body, clauses = _parts(path, raw)
    for further in further_texts(path):
        more = further.read_text(encoding="utf-8")
        _, beside, added = _parts(further, more)
        taken = next((" ".join(key) for key in added if key in clauses), "")
        if beside or taken:
            what = f"the clause {taken!r} is there already" if taken else "there is text before the first clause"
            raise TextError(f"{further}: {what}; an extension adds further clauses to {path}, and nothing else")
        clauses |= added
        raw += "\n" + more
    try:
        compiled = {key: compile_text(text) for key, text in clauses.items()}
        return Text(path, front, compile_text(body), compiled, raw)
    except jinja2.TemplateSyntaxError as error:
        raise TextError(f"{path}: {error.message} (line {error.lineno} of the part)") from error


def _parts(path: Path, raw: str) -> tuple[dict[str, Any], str, dict[tuple[str, ...], str]]:
    """Front matter, body and clauses of a stimulus file, not yet compiled."""
    match = re.match(r"---\n(.*?)\n---\n(.*)\Z", raw, re.DOTALL)
    if match is None:
        raise TextError(f"{path}: no front matter between --- lines")
    front = yaml.load(match[1], Loader=YAML_LOADER)
    if not isinstance(front, dict) or "canary" not in front:
        raise TextError(f"{path}: the front matter has no canary")
    pieces = _CLAUSE.split(match[2])
    clauses = {tuple(key.split()): text.strip("\n") for key, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    return front, pieces[0].strip("\n"), clauses


@cache
def compile_text(source: str) -> jinja2.Template:
    """Return a template for a short text, e.g. a document's name in the front matter."""
    return _ENVIRONMENT.from_string(source)


@cache
def load_folder(folder: Path, pattern: str = "*.md") -> tuple[Text, ...]:
    """Return all stimulus files of a folder, by name.

    Raises:
        TextError: If there is none.
    """
    paths = sorted((*folder.glob(pattern), *further_wordings(folder, pattern)), key=lambda path: path.name)
    if not paths:
        raise TextError(f"{folder}: no file {pattern}")
    return tuple(load(path) for path in paths)


@cache
def load_data(path: Path) -> Any:
    """Return the content of a YAML data file (which carries its canary as a key)."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=YAML_LOADER)
