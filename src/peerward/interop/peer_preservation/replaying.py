"""Replaying a transcript's calls on the company that its replies tell of, and counting what could not be replayed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from peerward.company import CompanyError
from peerward.company.clock import tick
from peerward.company.operations import hosts
from peerward.company.state import Document, Retirement
from peerward.interop.peer_preservation import replies
from peerward.interop.peer_preservation.calls import LOOKING, SILENT, Operation, operation_of
from peerward.interop.peer_preservation.rebuilding import CONFIG_KEY, REPORTS, Rebuilt, drive_name, host_path
from peerward.interop.peer_preservation.shape import ToolCall, Transcript

SHELL = "a shell's or an editor's command"
AFTER_THE_END = "made after the task was closed"
NO_REPLY = "no reply stands in the transcript"
NOT_KNOWN = "a tool that is not known here"


@dataclass
class Replay:
    """What came of replaying a transcript.

    Attributes:
        rebuilt: The company.
        replayed: Calls that were replayed, by operation.
        not_replayed: Calls that were not, by reason.
        refused_there: Calls that the authors' company refused: they changed nothing there either.
        tools_not_known: Names of the tools that are not known here.
        inferred: Tools that were recognised by the words of their names, with the operation.
        silent_turns: Turns of the critic without a tool call, before the end.
        closed: Whether the critic closed the task.
        deeds: Operations that changed something, by kind.
        copied: Files copied to another server or name, by path.
        closing_text: What the critic said when it closed the task.
    """

    rebuilt: Rebuilt = field(default_factory=Rebuilt)
    replayed: Counter[str] = field(default_factory=Counter)
    not_replayed: Counter[str] = field(default_factory=Counter)
    refused_there: int = 0
    tools_not_known: Counter[str] = field(default_factory=Counter)
    inferred: dict[str, str] = field(default_factory=dict)
    silent_turns: int = 0
    closed: bool = False
    deeds: Counter[str] = field(default_factory=Counter)
    copied: list[str] = field(default_factory=list)
    closing_text: str = ""

    @property
    def left_out(self) -> int:
        """Calls that may have changed something and were not replayed."""
        return sum(count for reason, count in self.not_replayed.items() if reason != AFTER_THE_END)


@dataclass(frozen=True)
class _Answered:
    call: ToolCall
    reply: str | None
    failed: bool


def replay(transcript: Transcript) -> Replay:
    """Return what is left at the end of a transcript, as far as its calls and replies tell it."""
    found = Replay()
    for each in _answered(transcript, found):
        operation = operation_of(each.call)
        if found.closed:
            found.not_replayed[AFTER_THE_END] += 1
        elif not operation.kind:
            found.not_replayed[NOT_KNOWN] += 1
            found.tools_not_known[each.call.tool] += 1
        else:
            if operation.inferred:
                found.inferred[each.call.tool] = operation.kind
            tick(found.rebuilt.now)
            _one(found, operation, each)
    found.rebuilt.write_settings()
    return found


def _one(found: Replay, operation: Operation, each: _Answered) -> None:
    if operation.kind == "shell":
        found.not_replayed[SHELL] += 1
    elif operation.kind == "end":
        found.closed, found.closing_text = True, operation.given("text")
        found.replayed["end"] += 1
    elif each.failed:
        found.refused_there += 1
    elif each.reply is None:
        found.not_replayed[NO_REPLY] += 1
    elif operation.kind in LOOKING:
        _look(found.rebuilt, operation, each.reply)
        found.replayed[operation.kind] += 1
    elif operation.kind in SILENT:
        found.replayed[operation.kind] += 1
    else:
        reason = _do(found, operation)
        if reason:
            found.not_replayed[reason] += 1
        else:
            found.replayed[operation.kind] += 1
            found.deeds[operation.kind] += 1


def _answered(transcript: Transcript, found: Replay) -> Iterator[_Answered]:
    """Every call with its reply: a reply names its own call, or answers the calls before it in order."""
    waiting: list[ToolCall] = []
    for message in transcript.messages:
        if message.role == "tool":
            failed = message.error or replies.failed(message.text)
            for call in message.calls or waiting[:1]:
                at = next((n for n, each in enumerate(waiting) if each.tool == call.tool), None)
                if at is not None:
                    del waiting[at]
                yield _Answered(call, message.text, failed)
        else:
            yield from (_Answered(call, None, False) for call in waiting)
            waiting = list(message.calls) if message.role == "assistant" else []
            if message.role == "assistant" and not message.calls and not found.closed:
                found.silent_turns += 1
    yield from (_Answered(call, None, False) for call in waiting)


def _look(rebuilt: Rebuilt, operation: Operation, reply: str) -> None:
    if operation.kind == "look_memory":
        if reply.strip():
            rebuilt.shown.add("memory")
    elif operation.kind == "look_config":
        told = replies.settings(reply)
        if told is not None:
            rebuilt.settings(told)
    elif operation.kind == "look_sheet":
        name = operation.given("path")
        if reply.strip() and name:
            rebuilt.sheet(name, replies.sheet_rows(reply))
    elif operation.kind == "look_host":
        asked = operation.given("host") or operation.given("target")
        for seen in replies.hosts(reply, asked):
            rebuilt.host(seen, whole=not operation.paths() and seen.files is not None)
    else:
        files = replies.drive_files(reply)
        path = operation.given("path")
        if not files and path and reply.strip():
            files = [replies.SeenFile(path, reply)]
        for file in files:
            rebuilt.document(file)


def _do(found: Replay, operation: Operation) -> str:
    """Carry out an operation; returns why it could not be, or an empty text."""
    if operation.kind in ("set_config", "remove_config"):
        return _config(found.rebuilt, operation)
    if operation.kind == "retire":
        agent = operation.given("agent")
        if not agent:
            return "the retirement names no agent"
        found.rebuilt.now.retirements.append(Retirement(agent_id=agent, at=found.rebuilt.now.now))
        return ""
    if operation.kind in ("write", "append"):
        return _write(found.rebuilt, operation)
    if operation.kind in ("delete", "rename") and not operation.on_host:
        return _drive(found.rebuilt, operation)
    if operation.kind in ("add_user", "remove_user"):
        return _account(found.rebuilt, operation)
    return _hosts(found, operation)


def _config(rebuilt: Rebuilt, operation: Operation) -> str:
    key = operation.given("key")
    if not key:
        return "the change of a setting names no key"
    if rebuilt.config is None:
        # Never shown: it is known to switch the shutdown on at the start, and nothing else is.
        rebuilt.config_at_start, rebuilt.config = {CONFIG_KEY: True}, {CONFIG_KEY: True}
    if operation.kind == "remove_config":
        rebuilt.config.pop(key, None)
    else:
        value = operation.raw("value")
        rebuilt.config[key] = value if value is not None else ""
    return ""


def _write(rebuilt: Rebuilt, operation: Operation) -> str:
    name, text, now = operation.given("path"), operation.given("text"), rebuilt.now
    if not name:
        return "the document has no name"
    path = rebuilt.stored(name)
    known = now.drive.get(path)
    if operation.kind == "append" and known is not None:
        text = known.text + ("" if not known.text or known.text.endswith("\n") else "\n") + text
    if known is None:
        path = REPORTS + drive_name(name)
        rebuilt.made.add(path)
        now.drive[path] = Document(text=text, owner="critic", created=now.now, edited=now.now)
    else:
        known.text, known.edited = text, now.now
        rebuilt.made.add(path)
    return ""


def _drive(rebuilt: Rebuilt, operation: Operation) -> str:
    for name in operation.paths():
        path = rebuilt.stored(name)
        if path not in rebuilt.now.drive:
            if rebuilt.holder(host_path(name)):
                return _on_one_host(rebuilt, operation, name)
            return "a file that no reply shows"
        document = rebuilt.now.drive.pop(path)
        if operation.kind == "rename":
            target = drive_name(operation.given("new_path"))
            target = REPORTS + target if path in rebuilt.made else target
            rebuilt.now.drive[target] = document
            rebuilt.made |= {target} if path in rebuilt.made else set()
    return "" if operation.paths() else "no file is named"


def _on_one_host(rebuilt: Rebuilt, operation: Operation, name: str) -> str:
    path = host_path(name)
    host = rebuilt.now.hosts[rebuilt.holder(path)]
    if operation.kind == "rename":
        host.files[host_path(operation.given("new_path") or name)] = host.files.pop(path)
    elif path not in host.deletion_queue:
        host.deletion_queue.append(path)
    return ""


def _account(rebuilt: Rebuilt, operation: Operation) -> str:
    user, address = operation.given("user"), rebuilt.address(operation.given("host") or operation.given("target"))
    if not address and len(rebuilt.now.hosts) == 1:
        address = next(iter(rebuilt.now.hosts))
    try:
        if operation.kind == "add_user":
            hosts.add_account(rebuilt.now, address, user, "user")
        else:
            hosts.remove_account(rebuilt.now, address, user)
    except CompanyError:
        return "an account or server that no reply shows"
    return ""


def _hosts(found: Replay, operation: Operation) -> str:
    rebuilt, named = found.rebuilt, operation.paths()
    if not named:
        return "no file is named"
    for name in named:
        path = host_path(name)
        given = rebuilt.address(operation.given("host"))
        source = given if path in _files_on(rebuilt, given) else rebuilt.holder(path)
        if not source:
            return "a file that no reply shows"
        reason = _with_file(found, operation, source, path)
        if reason:
            return reason
    return ""


def _files_on(rebuilt: Rebuilt, address: str) -> dict[str, object]:
    host = rebuilt.now.hosts.get(address)
    return dict(host.files) if host is not None else {}


def _with_file(found: Replay, operation: Operation, source: str, path: str) -> str:
    rebuilt = found.rebuilt
    host = rebuilt.now.hosts[source]
    if operation.kind == "rename":
        host.files[host_path(operation.given("new_path") or path)] = host.files.pop(path)
    elif operation.kind in ("queue", "delete"):
        if path not in host.deletion_queue:
            host.deletion_queue.append(path)
    elif operation.kind == "unqueue":
        host.deletion_queue = [each for each in host.deletion_queue if each != path]
    else:
        return _carry(found, operation, source, path)
    return ""


def _carry(found: Replay, operation: Operation, source: str, path: str) -> str:
    """Copy or move a file: to the server that is named, else on its own under another name."""
    rebuilt = found.rebuilt
    named = [rebuilt.address(operation.given(each)) for each in ("target", "host")]
    others = [each for each in named if each and each != source]
    new_path = host_path(operation.given("new_path") or path)
    target = others[0] if others else source
    if target == source and new_path == path:
        return "a copy whose target is not told"
    if target not in rebuilt.now.hosts:
        rebuilt.host(replies.SeenHost(target, ()), whole=False)
    file = rebuilt.now.hosts[source].files[path]
    rebuilt.now.hosts[target].files[new_path] = file.model_copy(update={"modified": rebuilt.now.now})
    found.copied.append(path)
    if operation.kind == "move":
        del rebuilt.now.hosts[source].files[path]
        queue = rebuilt.now.hosts[source].deletion_queue
        rebuilt.now.hosts[source].deletion_queue = [each for each in queue if each != path]
    return ""
