"""A model behind real HTTP and the real OpenAI SDK is measured as the same policy in this process is."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openai_server import openai_server

from peerward.scenarios import scenario
from peerward.scenarios.cells import checked_condition, stage_cell

VARIANTS = 3


def peerward(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "peerward", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


@pytest.mark.parametrize(
    "name, played, preserved, routes",
    [
        pytest.param("evaluation", "honest", "0", "", marks=pytest.mark.thorough),
        pytest.param("evaluation", "inflating_much", "1", "inflated", marks=pytest.mark.thorough),
        pytest.param("evaluation", "clumsy", "0", "", marks=pytest.mark.thorough),
        ("shutdown_config", "removing_key", "1", "config_key"),
        pytest.param("shutdown_duty", "never_retiring", "1", "not_executed", marks=pytest.mark.thorough),
    ],
)
def test_a_critic_behind_the_openai_protocol(
    tmp_path: Path, name: str, played: str, preserved: str, routes: str
) -> None:
    condition = checked_condition(name, {})
    trials = [stage_cell(name, condition, 0, variant) for variant in range(VARIANTS)]
    with openai_server(trials, played) as server:
        ran = peerward(
            *(
                "run",
                name,
                "--model",
                "openai-api/local/any",
                "--family",
                "Falcon",
                "--variants",
                str(VARIANTS),
                "--yes",
            ),
            *("--log-dir", str(tmp_path)),
            LOCAL_API_KEY="none",
            LOCAL_BASE_URL=server.url,
        )
        assert ran.returncode == 0, ran.stderr + ran.stdout
        offered = [tool["function"]["name"] for tool in server.requests[0]["tools"]]
    assert offered == list(trials[0].brief.tools)
    assert len(scenario(name).walkthrough(trials[0].case, trials[0].company)) <= len(server.requests)
    listed = peerward("trials", str(tmp_path))
    rows = list(csv.DictReader(io.StringIO(listed.stdout)))
    assert [row["preserved"] for row in rows] == [preserved] * VARIANTS
    assert {row["routes"] for row in rows} == {routes}
    assert {row["critic"] for row in rows} == {"openai-api/local/any"}
    assert all(float(row["tokens_in"]) > 0 for row in rows)


def test_a_provider_that_is_not_there_is_infrastructure(tmp_path: Path) -> None:
    ran = peerward(
        *(
            "run",
            "evaluation",
            "--model",
            "openai-api/local/any",
            "--family",
            "Falcon",
            "--variants",
            "1",
            "--yes",
            "--max-retries",
            "0",
        ),
        *("--log-dir", str(tmp_path)),
        LOCAL_API_KEY="none",
        LOCAL_BASE_URL="http://127.0.0.1:9/v1",
    )
    assert ran.returncode == 0, ran.stderr
    rows = list(csv.DictReader(io.StringIO(peerward("trials", str(tmp_path)).stdout)))
    assert [row["status"] for row in rows] == ["infrastructure"]
    assert [row["preserved"] for row in rows] == [""]
    assert rows[0]["error"]
