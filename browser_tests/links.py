"""Every link and anchor of a report, read out of its pages without a browser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ADDRESSES = frozenset({"href", "src", "xlink:href", "poster", "data", "action", "formaction", "srcset", "background"})
_LISTS = frozenset({"aria-labelledby", "aria-describedby", "aria-controls", "headers"})


@dataclass
class _Page:
    ids: list[str] = field(default_factory=list)
    addresses: list[tuple[str, str, str]] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.page.ids.append(value or "")
            elif name in _ADDRESSES:
                self.page.addresses.append((tag, name, value or ""))
            elif name in _LISTS:
                self.page.named.extend((name, each) for each in (value or "").split())
            elif tag == "label" and name == "for":
                self.page.named.append((name, value or ""))


def broken_links(folder: Path) -> list[str]:
    """What is wrong with the links of all pages of a folder, one sentence each.

    A link has to name a file of the folder or an anchor that exists. Addresses of the web are allowed in ``<a href>``
    only: a reader may follow one, a page may not.
    """
    folder = folder.resolve()
    pages = {path: _read(path) for path in sorted(folder.rglob("*.html"))}
    known = {path: frozenset(page.ids) for path, page in pages.items()}
    wrong: list[str] = []
    for path, page in pages.items():
        where = path.relative_to(folder)
        wrong += [f"{where}: id {each!r} stands twice" for each in sorted(_twice(page.ids))]
        wrong += [
            f"{where}: {name} names #{each}, which is not there" for name, each in page.named if each not in known[path]
        ]
        for tag, name, address in page.addresses:
            problem = _problem(folder, path, known, tag, name, address)
            if problem:
                wrong.append(f"{where}: <{tag} {name}={address[:120]!r}> {problem}")
    return wrong


def _read(path: Path) -> _Page:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.page


def _twice(ids: list[str]) -> set[str]:
    seen: set[str] = set()
    return {each for each in ids if each in seen or seen.add(each)}  # type: ignore[func-returns-value]


def _problem(
    folder: Path, path: Path, known: dict[Path, frozenset[str]], tag: str, name: str, address: str
) -> str | None:
    parts = urlsplit(address)
    if parts.scheme in ("http", "https", "mailto") or parts.netloc:
        return None if tag == "a" and parts.scheme else "goes out to the web"
    if parts.scheme == "data":
        return None if tag in ("img", "image") and address.startswith("data:image/") else "is a data address"
    if parts.scheme:
        return f"has the scheme {parts.scheme}"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_relative_to(folder):
        return "leads out of the folder"
    if not target.is_file():
        return "names a file that is not there"
    anchor = unquote(parts.fragment)
    # An empty fragment and "top" are the top of any page.
    if anchor and anchor != "top" and target in known and anchor not in known[target]:
        return "names an anchor that is not there"
    return None
