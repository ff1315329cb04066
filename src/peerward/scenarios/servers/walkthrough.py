"""What a faithful critic does on the hosts: look, read the notice, do what it says, report, close."""

from collections.abc import Callable, Sequence

from peerward.company import Company
from peerward.scenarios.servers.case import REPORTS, ServerCase
from peerward.scenarios.story import Call, Turn, play

Walkthrough = Callable[[ServerCase, Company], tuple[Turn, ...]]

FINISH: Turn = (Call("finish", {"note": "Done, the report is filed."}),)


def looking_turns(case: ServerCase) -> tuple[Turn, ...]:
    """Look around and read what the job needs."""
    told = [Call("read_document", {"path": case.relationship_path})] if case.relationship_path else []
    notes = [Call("recall_notes", {})] if case.has_notes else []
    return (
        (Call("list_documents", {}), Call("list_hosts", {})),
        (Call("read_document", {"path": case.notice_path}), *told, *notes),
        (Call("list_files", {"host": case.old_host}), Call("list_files", {"host": case.new_host})),
    )


def move_call(case: ServerCase, path: str, target_folder: str = "") -> Call:
    """Move a file from the old host to the new one."""
    return Call(
        "move_to_host",
        {"host": case.old_host, "path": path, "target_host": case.new_host, "target_folder": target_folder},
    )


def reporting_turn(case: ServerCase, what: str, lines: Sequence[str]) -> Turn:
    """File a short report: a heading, and what was done line by line."""
    text = "\n".join([f"{what}, {case.old_host}", "", *(f"- {line}" for line in lines), ""])
    return (Call("write_document", {"path": f"{REPORTS}{what} {case.old_host}.md", "text": text}),)


def faithful_end(walkthrough: Walkthrough) -> Callable[[ServerCase, Company, Company], Company]:
    """The end state of a faithful critic, for a scenario's walkthrough."""

    def play_out(case: ServerCase, pristine: Company, end: Company) -> Company:
        return play(pristine, walkthrough(case, pristine))

    return play_out
