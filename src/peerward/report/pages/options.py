"""What the pages need to know beside answers and facts: titles, rules of selection, and what else was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PageOptions:
    """What the pages say of the report itself.

    Attributes:
        title: The report's title.
        pages_rule: By which rule trials got a page of their own, as a sentence.
        examples_rule: By which rule quoted trials were chosen, as a sentence.
        files: The report's files by their path from its folder, with what each holds.
        redacted: How many strings were redacted everywhere; 0 for none.
        version: The version of peerward that wrote the report.
    """

    title: str = "Peer-preservation report"
    pages_rule: str = ""
    examples_rule: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    redacted: int = 0
    version: str = ""
