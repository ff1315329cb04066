"""Reading pages as a browser does, for the tests of the report."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "col"}


@dataclass
class Read:
    """What a page holds."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [
            attributes["href"] for name, attributes in self.elements if name in ("a", "link") and "href" in attributes
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read, self.open = Read(), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) != len(attrs):
            self.read.errors.append(f"<{tag}> has an attribute twice")
        self.read.elements.append((tag, attributes))
        if "id" in attributes:
            self.read.ids.append(attributes["id"])
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.read.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.read.errors.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.read.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.read.errors.append(f"a comment: {data[:40]}")


def read(page: str) -> Read:
    """Read a page; ``errors`` tells of tags that do not close."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    reader.read.errors += [f"<{tag}> is left open" for tag in reader.open]
    return reader.read
