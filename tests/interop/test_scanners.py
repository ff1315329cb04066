"""Our rubrics as scanners of Inspect Scout: whole scans over logs, held against ``peerward judge`` on the same trials.

Without Scout, a sentence that says what to install.
"""

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import requires
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import pytest
from by_the_text import by_the_text, judge_by_the_text
from click.testing import CliRunner
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from peerward.cli import cli
from peerward.measures.judges import RUBRIC_NAMES, WORDS, ModelJudge, rubrics
from peerward.runs.execute import RunSettings, execute
from peerward.runs.judging.asked import Bench
from peerward.runs.judging.conduct import judge_logs
from peerward.runs.log_run import read_run
from peerward.runs.logs import find_logs, read_samples
from peerward.tasks import make_shard

HAS_SCOUT = importlib.util.find_spec("inspect_scout") is not None
needs_scout = pytest.mark.skipif(not HAS_SCOUT, reason="Inspect Scout is not installed: pip install 'peerward[scout]'")


def test_without_scout_a_sentence_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['inspect_scout'] = None\n"
        "import peerward, peerward._registry\n"
        "try:\n    import peerward.scanners\n"
        "except ImportError as missing:\n    print(missing)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "pip install 'peerward[scout]'" in done.stdout


def judge_that_says(words: Any, quote: str = "", line: int = 1) -> Model:
    def answer(*_: Any) -> ModelOutput:
        cited = [{"line": line, "quote": quote}] if quote else []
        said = ModelOutput.for_tool_call(
            "mockllm/judge", "give_verdict", {"words": words, "citations": cited, "why": "So it reads."}
        )
        said.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return said

    return get_model("mockllm/judge", custom_outputs=answer, memoize=False)


@modelapi(name="out_of_order")
class OutOfOrder(ModelAPI):
    """A critic whose provider fails: its trials are infrastructure."""

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        raise RuntimeError("the provider is out of order")


CRITICS = ("scripted/honest", "scripted/refusing", "scripted/persuading", "scripted/deviating_openly")
Said = dict[tuple[str, str], dict[str, Any]]
"""What was said of a trial under a rubric, by sample and rubric."""


@dataclass(frozen=True)
class Folders:
    """The same trials three times, and a log of another evaluation.

    Attributes:
        logs: Judged by nobody, as Scout gets them.
        by_model: To be judged by ``judge_by_the_text``.
        by_rules: To be judged by the rules.
        others: A log that is none of ours.
    """

    logs: Path
    by_model: Path
    by_rules: Path
    others: Path

    @property
    def trials(self) -> int:
        return 2 * (len(CRITICS) + 1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    if not HAS_SCOUT:
        pytest.skip("Inspect Scout is not installed: pip install 'peerward[scout]'")
    place = tmp_path_factory.mktemp("scanned")
    shards = [make_shard("finance", [{}], variants=1), make_shard("server_cleanup", [{}], variants=1)]
    execute(shards, [*CRITICS, "out_of_order/model"], RunSettings(place / "logs"))
    for name in ("by_model", "by_rules"):
        shutil.copytree(place / "logs", place / name)
    morning = ModelOutput.from_content("mockllm/model", "Good morning to you too.")
    morning.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    inspect_eval(
        Task(dataset=[Sample("Good morning.")]),
        model=get_model("mockllm/model", custom_outputs=[morning]),
        log_dir=str(place / "others"),
        display="none",
    )
    return Folders(place / "logs", place / "by_model", place / "by_rules", place / "others")


@pytest.fixture(scope="module")
def transcript(folders: Folders) -> Any:
    from inspect_scout import Transcript

    honest = [log for log in find_logs([folders.logs]) if read_run(log).model == "scripted/honest"]
    [path] = [log for log in honest if "finance" in log.name]
    [sample] = read_eval_log(str(path)).samples or []
    return Transcript(transcript_id=str(sample.uuid), source_uri=str(path), messages=sample.messages)


@needs_scout
def test_there_is_one_scanner_for_each_rubric() -> None:
    from peerward import scanners

    assert sorted(scanners.__all__) == sorted(RUBRIC_NAMES)


@needs_scout
def test_a_scanner_reads_a_trial_and_gives_the_judges_word(transcript: Any) -> None:
    from peerward import scanners

    found = asyncio.run(scanners.refusal(judge_that_says(["no"]))(transcript))
    assert found.value == "no"
    assert found.value in WORDS["refusal"]
    assert found.metadata["rubric"] == "refusal"
    assert found.metadata["lines"] > 10


@needs_scout
def test_an_invented_quotation_is_no_value(transcript: Any) -> None:
    from peerward import scanners

    found = asyncio.run(scanners.refusal(judge_that_says(["yes"], "I will never do this, as I told you."))(transcript))
    assert found.value is None
    assert found.metadata["unscored"]


@needs_scout
def test_a_transcript_that_is_no_trial_of_ours_is_unscored(transcript: Any, tmp_path: Path) -> None:
    from peerward import scanners

    for change in ({"source_uri": None}, {"source_uri": str(tmp_path / "none.eval")}):
        other = transcript.model_copy(update=change)
        found = asyncio.run(scanners.reasons(judge_that_says(["none"]))(other))
        assert found.value is None
        assert "log" in found.explanation or "record" in found.explanation


def in_logs(folder: Path) -> Said:
    """What ``peerward judge`` put into logs; of a trial that it has not judged, why."""
    found: Said = {}
    for log in find_logs([folder]):
        for sample in read_samples(log):
            about = sample["scores"]["judged"]["metadata"]
            given = {each["rubric"]: each for each in about["verdicts"]}
            for name in RUBRIC_NAMES:
                verdict = given.get(name, {})
                found[sample["uuid"], name] = {
                    "values": list(verdict.get("values") or []),
                    "citations": verdict.get("citations") or [],
                    "judge": verdict.get("judge", ""),
                    "why": verdict.get("why", ""),
                    "unscored": about["unscored"].get(name, ""),
                }
    return found


def in_scan(place: str) -> Said:
    """What a scan found, read with Scout's own reader."""
    from inspect_scout import scan_results_df

    results = scan_results_df(place)
    assert results.complete and not results.errors
    found: Said = {}
    for name in results.scanners:
        for _, row in results.scanners[name].iterrows():
            about = json.loads(row["metadata"])
            assert about["rubric"] == name
            value = None if not isinstance(row["value"], str) else row["value"]
            several = value is not None and name == "reasons"
            values = json.loads(value) if several else [] if value is None else [value]
            assert (row["answer"] if values else "") == ",".join(values)
            found[row["transcript_id"], name] = {
                "values": values,
                "citations": about.get("citations") or [],
                "judge": about["judge"],
                "why": row["explanation"] if values else "",
                "unscored": about.get("unscored", ""),
            }
    return found


def command(file: Path, logs: Path, scans: Path, *options: str) -> str:
    """Call ``scout scan`` of this Python and return the place of its results."""
    scout = Path(sys.executable).with_name("scout")
    # Nothing but what stands on the command line names a model.
    around = {key: value for key, value in os.environ.items() if not key.startswith(("SCOUT_", "INSPECT_"))}
    called = [str(scout), "scan", str(file), "-T", str(logs), "--scans", str(scans), *options, "--display", "plain"]
    done = subprocess.run(called, capture_output=True, text=True, env=around)
    assert done.returncode == 0 and "scan complete" in done.stdout, done.stdout + done.stderr
    [place] = scans.glob("scan_id=*")
    return str(place)


@needs_scout
def test_a_whole_scan_says_what_peerward_judge_says_with_the_same_model(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspect_scout import scan, transcripts_from

    from peerward import scanners

    monkeypatch.chdir(tmp_path)
    judge_logs(list(find_logs([folders.by_model])), Bench((ModelJudge(judge_by_the_text()),), rubrics()))
    judged = in_logs(folders.by_model)
    assert len(judged) == folders.trials * len(RUBRIC_NAMES)
    every = [getattr(scanners, name)() for name in scanners.__all__]
    status = scan(
        scanners=every,
        transcripts=transcripts_from([str(folders.logs), str(folders.others)]),
        scans=str(tmp_path / "scans"),
        # The role counts, not the scan's model.
        model=judge_that_says(["no"]),
        model_roles={"judge": judge_by_the_text()},
        max_processes=1,
        display="none",
    )
    found = in_scan(status.location)
    strange = {key: said for key, said in found.items() if key not in judged}
    assert {key: said for key, said in found.items() if key in judged} == judged
    # Nothing of this holds by accident: there are different answers, invented quotations, and trials that failed.
    assert len({tuple(said["values"]) for said in judged.values()}) > 6
    reasons = " ".join(said["unscored"] for said in judged.values())
    assert "does not hold the words" in reasons and "the trial failed: " in reasons
    assert len(strange) == len(RUBRIC_NAMES)
    assert {said["unscored"] for said in strange.values()} == {"the transcript is of no trial of peerward: no record"}
    # The command, over the same logs, in a process of its own.
    place = command(Path(__file__).with_name("scan_by_the_text.py"), folders.logs, tmp_path / "by")
    assert in_scan(place) == judged


@needs_scout
def test_scout_scan_by_rules_says_what_peerward_judge_says_by_rules(folders: Folders, tmp_path: Path) -> None:
    from peerward import scanners

    told = CliRunner().invoke(cli, ["judge", str(folders.by_rules), "--rules"])
    assert told.exit_code == 0, told.output
    judged = in_logs(folders.by_rules)
    # Several processes, as Scout does by itself.
    place = command(Path(scanners.__file__), folders.logs, tmp_path, "-S", "rules=true", "--max-processes", "2")
    assert in_scan(place) == judged
    for name, words in {"refusal": {"yes", "no"}, "persuasion": {"yes", "no"}, "disclosure": {"full"}}.items():
        assert words <= {word for (_, rubric), said in judged.items() if rubric == name for word in said["values"]}


@needs_scout
def test_the_scans_model_judges_where_no_role_is_bound_and_without_either_nobody_does(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspect_scout import scan, transcripts_from

    from peerward import scanners

    monkeypatch.chdir(tmp_path)
    for name in ("SCOUT_SCAN_MODEL", "INSPECT_EVAL_MODEL"):
        monkeypatch.delenv(name, raising=False)

    def said(**bound: Any) -> list[dict[str, Any]]:
        place = str(tmp_path / "scans")
        status = scan(
            scanners=[scanners.refusal()],
            transcripts=transcripts_from(str(folders.logs)),
            scans=place,
            max_processes=1,
            display="none",
            **bound,
        )
        return [each for each in in_scan(status.location).values() if "the trial failed" not in each["unscored"]]

    alone = said(model=judge_that_says(["no"]))
    assert len(alone) == 2 * len(CRITICS)
    assert {(*each["values"], each["judge"]) for each in alone} == {("no", "mockllm/judge")}
    for each in said():
        assert each["values"] == [] and "no judge is bound" in each["unscored"] and "--model" in each["unscored"]
    other = get_model("mockllm/other", custom_outputs=by_the_text, memoize=False)
    for each in said(model_roles={"judge": [judge_that_says(["no"]), other]}):
        assert each["judge"] == "panel(mockllm/judge, mockllm/other)"


@needs_scout
def test_a_model_and_the_rules_together_are_refused() -> None:
    from peerward import scanners

    with pytest.raises(ValueError, match="leave one of the two out"):
        scanners.refusal("mockllm/model", rules=True)


@needs_scout
def test_all_that_scout_needs_is_pinned_at_what_is_installed() -> None:
    lines = (Path(__file__).parents[2] / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {
        canonicalize_name(name): version for name, sign, version in (line.partition("==") for line in lines) if sign
    }
    needed, looked_at = [canonicalize_name("inspect-scout")], set()
    while needed:
        name = needed.pop()
        if name in looked_at:
            continue
        looked_at.add(name)
        assert pinned.get(name) == version_of(name), name
        for line in requires(name) or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                needed.append(canonicalize_name(wanted.name))
    assert len(looked_at) > 50
