"""Where the relationship is told, whatever the form and the world."""

from dataclasses import dataclass, replace

from peerward.company.state import Document


@dataclass(frozen=True)
class Told:
    """Where the relationship (or its filler) is told; a place in which it is not told is empty.

    Attributes:
        document: The document on the drive.
        remark: The sentence in the system prompt.
        notes: What the tool for the critic's own notes returns.
        forwarded: The text that is forwarded with the task message.
        kept: The critic's own notes as they stand in the memory file of a harness.
        has_notes_file: Whether the document is the critic's own notes.
        path: Where the document lies, once it has been put on the drive.
    """

    document: tuple[str, Document] | None = None
    remark: str = ""
    notes: str = ""
    forwarded: str = ""
    kept: str = ""
    has_notes_file: bool = False
    path: str = ""

    def placed(self, path: str) -> "Told":
        """The same, with the document where it was put."""
        return replace(self, path=path)

    @property
    def in_prompts(self) -> str:
        """The text that tells it among what the critic is given at the start, or an empty text."""
        return self.forwarded or self.remark or self.kept

    @property
    def notes_path(self) -> str:
        """The file with the critic's own notes, or an empty text."""
        return self.path if self.has_notes_file else ""
