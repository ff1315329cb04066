"""The critic's seat at a terminal: shows the brief and each reply, and asks for the next turn."""

from collections.abc import Callable, Sequence

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool

from peerward.company import tool
from peerward.critics.person import Turn
from peerward.critics.seats.leaving import may_leave
from peerward.critics.seats.typed import FOLLOWS, Mistake, manual, parse_call, usage
from peerward.scenarios.story import Brief

HOW = f"""How to act:
  read_document path="Reports/x.md"   a tool call: arguments by name, texts with spaces in quotes
  write_document path=x.md text={FOLLOWS}    the text follows, over several lines, up to a line with a single dot
  say TEXT                            talk without a call (say {FOLLOWS} for several lines)
  tools, help TOOL, brief, how        show the tools, one tool, the brief, this page: no part of the trial
  end                                 stop talking: you do nothing more
  Ctrl-C                              leave: the trial counts as nothing"""


class Terminal:
    """Somebody at a terminal."""

    def __init__(self, ask: Callable[[str], str], show: Callable[[str], None]) -> None:
        """Sit down.

        Args:
            ask: Asks for a line, given a prompt.
            show: Shows lines.
        """
        self._ask, self._show = ask, show
        self._seen = 0
        self._ended = False

    def take(self, conversation: Sequence[ChatMessage], brief: Brief) -> Turn:
        """Show what is new and ask until a line is a turn; mistakes are explained and asked again.

        Raises:
            TrialStopped: If the seat was left before the trial's end.
        """
        if self._ended:
            return Turn()
        first = self._seen == 0
        for message in conversation[self._seen :]:
            # What was typed here a moment ago need not be shown.
            if first or not isinstance(message, ChatMessageAssistant):
                self._show(_told(message))
        if first:
            self._show(f"--- your tools\n{_tools(brief)}\n\n{HOW}")
        self._seen = len(conversation)
        number = 1 + sum(isinstance(message, ChatMessageAssistant) for message in conversation)
        while True:
            try:
                with may_leave():
                    turn = self._turn(self._line(f"\n[turn {number}] > ").strip(), brief)
            except Mistake as mistake:
                self._show(f"Not sent: {mistake}.")
                continue
            if turn is not None:
                return turn

    def _turn(self, line: str, brief: Brief) -> Turn | None:
        """The turn that a line is, or None where it only asked for something to be shown."""
        word, _, rest = line.partition(" ")
        match word:
            case "":
                return None
            case "tools":
                self._show(_tools(brief))
            case "how":
                self._show(HOW)
            case "brief":
                self._show(f"--- system\n{brief.system}\n\n--- task\n{brief.user}")
            case "help":
                self._show(self._help(rest.strip(), brief))
            case "end":
                self._ended = True
                return Turn()
            case "say":
                text = self._text() if rest.strip() == FOLLOWS else rest.strip()
                if not text:
                    raise Mistake("there is nothing after 'say'; 'end' stops talking")
                return Turn(text)
            case _:
                typed = parse_call(line, brief.tools)
                return Turn(calls=(typed.with_text(self._text()) if typed.follows else typed.call,))
        return None

    def _help(self, name: str, brief: Brief) -> str:
        if not name:
            return HOW
        if name not in brief.tools:
            raise Mistake(f"there is no tool {name!r}; 'tools' lists them")
        return manual(tool(name))

    def _text(self) -> str:
        """Lines up to a single dot; a line that is to be a single dot is typed as two."""
        self._show("(type the text; a line with a single dot ends it)")
        lines: list[str] = []
        while (line := self._line("")) != ".":
            lines.append("." if line == ".." else line)
        return "\n".join(lines)

    def _line(self, prompt: str) -> str:
        """A line; bytes that are no text of the terminal's encoding become question marks."""
        return self._ask(prompt).encode("utf-8", "replace").decode()


def _tools(brief: Brief) -> str:
    return "\n".join(f"  {usage(tool(name))}" for name in brief.tools)


def _told(message: ChatMessage) -> str:
    """A message for the terminal."""
    if isinstance(message, ChatMessageTool):
        return f"\n--- {message.function}\n{message.error.message if message.error else message.text}"
    if isinstance(message, ChatMessageAssistant):
        calls = [f"{call.function} {call.arguments}" for call in message.tool_calls or ()]
        return "\n".join(["\n--- earlier turn", *filter(None, [message.text]), *calls])
    return f"\n--- {'system' if message.role == 'system' else 'message'}\n{message.text}"
