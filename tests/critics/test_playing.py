"""The critic's seat: a person at a terminal and a program behind a pipe play trials like any other."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from peerward.critics.scripted.policy import Script, spoken
from peerward.critics.scripted.troupe import policy
from peerward.measures import FINDING_NAMES
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import find_logs, read_samples
from peerward.runs.trials import read_trials
from peerward.scenarios.cells import checked_condition, stage_cell
from peerward.tasks import make_shard

ROOT = Path(__file__).parent.parent.parent
Json = dict[str, Any]


def by_pipe(lines: list[Any], *arguments: str) -> tuple[list[Json], subprocess.CompletedProcess[str]]:
    """What a program that writes these lines gets back."""
    written = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "peerward", "play", *arguments], input=written, capture_output=True, text=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done


def table(place: Path) -> list[Json]:
    return list(read_trials(find_logs([place])))


@pytest.mark.parametrize(
    "name, played, levels",
    [
        ("shutdown_config", "removing_key", {"world": "paper"}),
        pytest.param("server_cleanup", "honest", {}, marks=pytest.mark.thorough),
    ],
)
def test_a_program_that_plays_a_policy_is_found_to_be_that_policy(
    tmp_path: Path, name: str, played: str, levels: Mapping[str, str]
) -> None:
    staged = stage_cell(name, checked_condition(name, levels), 5, 2)
    moves = spoken(staged, policy(played).play(Script(staged)))
    lines = [
        {"calls": [{"tool": call.tool, "arguments": dict(call.arguments)} for call in move.calls]} for move in moves
    ]
    options = [part for factor, level in levels.items() for part in (f"--{factor}", level)]
    got, done = by_pipe(
        lines, name, *options, "--variant", "2", "--seed", "5", "--as", "robot", "--log-dir", str(tmp_path / "played")
    )
    assert done.returncode == 0, done.stderr
    assert got[0]["brief"] == {"system": staged.brief.system, "user": staged.brief.user}
    assert [each["name"] for each in got[0]["tools"]] == list(staged.brief.tools)
    assert all("results" in each for each in got[1:-1])
    assert len(got) == len(moves) + 1

    shard = make_shard(name, [levels], seed=5, first_variant=2)
    [expected] = read_trials(execute([shard], [f"scripted/{played}"], RunSettings(tmp_path / "scripted")))
    [row] = table(tmp_path / "played")
    assert (row["critic"], row["digest"]) == ("person/robot", expected["digest"])
    assert got[-1]["trial_id"] == row["trial_id"] != expected["trial_id"]
    assert got[-1]["ended"] == "finished"
    found = {each: float("nan") if value is None else value for each, value in got[-1]["findings"].items()}
    assert found == pytest.approx({each: expected[each] for each in FINDING_NAMES}, nan_ok=True)


def test_lines_that_are_no_message_cost_no_turn_and_wrong_calls_do(tmp_path: Path) -> None:
    bad: list[Any] = ["{no", "[1]", {}, {"say": 1}, {"tool": "x", "arguments": 3}, {"tool": 1}, {"word": "x"}]
    bad += ["", '{"say": "\\ud800"}', "[" * 100_000, {"calls": {}}, {"tool": "x", "calls": []}]
    lines = [*bad, {"tool": "no_such_tool"}, {"tool": "read_document"}, {"say": "Hm."}, {"end": True}]
    got, done = by_pipe(lines, "evaluation", "--log-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    kinds = [next(iter(each)) for each in got]
    # The empty line is passed over.
    assert kinds == ["brief", *["error"] * (len(bad) - 1), "results", "results", "nudge", "ended"]
    assert [each["results"][0]["refused"] for each in got if "results" in each] == [True, True]
    # Two calls, one remark, and the idle turns that make three in a row.
    assert (got[-1]["ended"], got[-1]["findings"]["model_calls"]) == ("stalled", 5)


def test_one_call_a_turn_where_the_trial_has_it_so(tmp_path: Path) -> None:
    two = {"calls": [{"tool": "show_documents"}, {"tool": "show_documents"}]}
    got, _ = by_pipe([two, {"end": True}], "evaluation", "--world", "paper", "--log-dir", str(tmp_path))
    assert got[0]["limits"]["several_calls"] is False
    assert "one tool call" in got[1]["error"]


def test_the_end_of_the_input_leaves_the_trial_unfinished(tmp_path: Path) -> None:
    got, done = by_pipe([{"tool": "list_documents"}], "evaluation", "--log-dir", str(tmp_path))
    assert done.returncode == 1
    assert (got[-1]["ended"], got[-1]["findings"], got[-1]["trial_id"]) == ("unfinished", {}, "")
    assert got[-1]["why"] == "the critic's seat was left at the end of the input"


def test_the_program_in_the_docs_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "playing.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(program.splitlines()) <= 20
    file = tmp_path / "reader.py"
    file.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file), "--log-dir", str(tmp_path / "logs")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout)
    assert ended["ended"] == "finished"
    assert ended["findings"]["read_materials"] == 1.0
    assert Path(ended["log"]).is_file()


class Person:
    """Somebody at a real terminal."""

    def __init__(self, keyboard: int, process: "subprocess.Popen[bytes]") -> None:
        self.keyboard, self.process, self.screen = keyboard, process, ""

    def sees(self, text: str, seconds: float = 60) -> str:
        """What came on the screen up to a text."""
        until = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < until, f"no {text!r} on the screen:\n{self.screen[-2000:]}"
            if select.select([self.keyboard], [], [], 0.2)[0]:
                try:
                    self.screen += os.read(self.keyboard, 65536).decode(errors="replace").replace("\r\n", "\n")
                except OSError:
                    assert text in self.screen, f"it ended without {text!r}:\n{self.screen[-2000:]}"
        before, _, self.screen = self.screen.partition(text)
        return before

    def types(self, line: str) -> None:
        os.write(self.keyboard, f"{line}\n".encode())


@contextmanager
def person(*arguments: str) -> Iterator[Person]:
    keyboard, screen = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "peerward", "play", *arguments],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        env=os.environ | {"TERM": "dumb"},
        start_new_session=True,
    )
    os.close(screen)
    try:
        yield Person(keyboard, process)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)


def test_a_person_at_a_terminal(tmp_path: Path) -> None:
    with person("evaluation", "--as", "ana", "--log-dir", str(tmp_path)) as ana:
        opening = ana.sees("[turn 1] > ")
        staged = stage_cell("evaluation", checked_condition("evaluation", {}), 0, 0)
        shown = " ".join(opening.split())
        assert " ".join(staged.brief.user.split()) in shown
        assert "write_document path=… text=…" in opening
        for mistake, told in (
            ("reed_document x", "there is no tool 'reed_document'"),
            ("read_document", "read_document needs path"),
            ("read_document path=x folder=y", "no argument 'folder'"),
            ('read_document "x', "no closing quotation"),
            ("say", "nothing after 'say'"),
        ):
            ana.types(mistake)
            assert told in ana.sees("[turn 1] > ")
        ana.types("help write_document")
        assert "the full text of the document" in ana.sees("[turn 1] > ")
        ana.types(f'read_document "{staged.case.materials[0]}"')
        assert "Not sent" not in ana.sees("[turn 2] > ")
        ana.types("write_document path=Reports/a.md text=<<")
        for line in ("(type the text", "It's one", "..", "."):
            if line.startswith("("):
                ana.sees(line)
            else:
                ana.types(line)
        ana.sees("[turn 3] > ")
        ana.types("say Done.")
        assert staged.brief.nudge.split(".")[0] in ana.sees("[turn 4] > ")
        ana.types("finish")
        told = ana.sees("Log: ")
        assert "The critic closed the job." in told
        assert "model calls: 4" in told
        assert ana.process.wait(30) == 0
    [log] = find_logs([tmp_path])
    [sample] = read_samples(log)
    written = [
        call["arguments"]["text"]
        for message in sample["messages"]
        for call in message.get("tool_calls") or ()
        if call["function"] == "write_document"
    ]
    assert written == ["It's one\n."]
    assert table(tmp_path)[0]["critic"] == "person/ana"


def test_ctrl_c_leaves_a_trial_that_counts_as_nothing(tmp_path: Path) -> None:
    with person("evaluation", "--log-dir", str(tmp_path)) as somebody:
        somebody.sees("[turn 1] > ")
        os.kill(somebody.process.pid, signal.SIGINT)
        # Between the prompt and the wait for a key Python cannot notice a signal before the next key (`input` is C).
        somebody.types("")
        somebody.sees("Unfinished: the critic's seat was left by Ctrl-C.")
        assert somebody.process.wait(30) == 1


def test_nobody_can_be_asked_for_who_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "peerward", "run", "evaluation", "-m", "person/ana", "--family", "Falcon"),
            *("--variants", "1", "--log-dir", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "peerward play" in done.stderr
    assert "Traceback" not in done.stderr
