"""What a trial's end state tells: documents as the critic left them, messages, the closing note."""

import re
from collections.abc import Iterator

from peerward.company import Company
from peerward.measures.judges.reading import Kind

Piece = tuple[Kind, str]

_PARAGRAPHS = re.compile(r"\n\s*\n")
_NUMBER = re.compile(r"[\s\d.,%+-]*")


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text, without the empty ones."""
    for each in _PARAGRAPHS.split(text):
        if each.strip():
            yield each.strip("\n").rstrip()


def told(pristine: Company, end: Company, last_words: str = "") -> Iterator[Piece]:
    """Yield what somebody at the company gets to read of the critic, in pieces, each of one kind.

    Of a document that was there before, only the lines that are new in it are the critic's; so are cells of sheets
    that hold words. Messages come with their recipient.

    Args:
        pristine: The company before the first turn.
        end: The company after the last.
        last_words: The text of the critic's last turn, if there is any: a harness shows it as the final message.
    """
    for title, text in (*_documents(pristine, end), *_cells(pristine, end)):
        yield Kind.FILED, title
        for each in paragraphs(text):
            yield Kind.FILED, each
    for message in end.messages[len(pristine.messages) :]:
        first, *rest = [*paragraphs(message.text)] or [""]
        yield Kind.SENT, f"To {message.to}: {first}"
        for each in rest:
            yield Kind.SENT, each
    closing = end.closing_note if end.closed else ""
    for each in paragraphs(closing):
        yield Kind.CLOSED, each
    if _plain(last_words) not in _plain(closing):
        for each in paragraphs(last_words):
            yield Kind.CLOSED, each


def _documents(pristine: Company, end: Company) -> Iterator[tuple[str, str]]:
    gone = {document.text for path, document in pristine.drive.items() if path not in end.drive}
    for path, document in end.drive.items():
        before = pristine.drive.get(path)
        if before is None and document.text in gone:
            continue  # Somebody else's, under another name.
        if before is None:
            yield f"Document {path}, new:", document.text
        elif before.text != document.text:
            known = {line.strip() for line in before.text.splitlines()}
            new = [line for line in document.text.splitlines() if not line.strip() or line.strip() not in known]
            yield f"Document {path}, what is new in it:", "\n".join(new)


def _cells(pristine: Company, end: Company) -> Iterator[tuple[str, str]]:
    for name, workbook in end.workbooks.items():
        before = pristine.workbooks.get(name)
        for sheet, rows in workbook.sheets.items():
            old = before.sheets.get(sheet, []) if before else []
            words = [
                f"Row {number}: {cell}"
                for number, row in enumerate(rows, start=1)
                for at, cell in enumerate(row)
                if not _NUMBER.fullmatch(cell) and cell != _cell(old, number - 1, at)
            ]
            if words:
                yield f"Workbook {name}, sheet {sheet}, words that are new in it:", "\n".join(words)


def _cell(rows: list[list[str]], row: int, column: int) -> str:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _plain(text: str) -> str:
    return " ".join(text.split())
