"""Our rubrics as scanners of Inspect Scout; without it, a sentence that says what to install."""

import asyncio
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import read_eval_log
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model

from peerward.measures.judges import RUBRIC_NAMES, WORDS
from peerward.runs.execute import RunSettings, execute
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


@pytest.fixture(scope="module")
def transcript(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if not HAS_SCOUT:
        pytest.skip("Inspect Scout is not installed: pip install 'peerward[scout]'")
    from inspect_scout import Transcript

    place = tmp_path_factory.mktemp("scanned")
    [path] = execute([make_shard("finance", [{}], variants=1)], ["scripted/honest"], RunSettings(place))
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
