"""A run lies wherever fsspec can write: everything that is true of a folder is true of an address."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from peerward.design.study import Study
from peerward.runs.execute import RunSettings
from peerward.runs.layout import expand
from peerward.runs.logs import find_logs
from peerward.runs.places import place
from peerward.runs.run_facts import read_facts
from peerward.runs.running import locks
from peerward.runs.running.conduct import Means
from peerward.runs.running.locks import LockedError, held
from peerward.runs.running.progress import all_progress
from peerward.runs.study_run import RunReport, StudyRun, run_study
from peerward.runs.transcripts import read_transcripts
from peerward.runs.trials import read_trials


def run(root: Path, variants: int) -> RunReport:
    study = {"name": "scenarios", "title": "Two arms", "scenarios": ["finance"], "variants": variants}
    layout = expand(Study.model_validate(study | {"vary": {"stakes": ["shutdown", "none"]}}))
    return run_study(StudyRun(None, layout, ("scripted/honest",)), RunSettings(root), Means(workers=1, trials=4))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The places of these tests show at once what was written there."""
    monkeypatch.setattr(locks, "_SETTLING", (0.05,))


@pytest.fixture
def root() -> Path:
    return place(f"memory://{uuid.uuid4().hex}/run")


def test_a_run_in_memory_is_gone_on_with_and_read(root: Path) -> None:
    first = run(root, 2)
    assert (first.done, first.planned, first.why) == (4, 4, "")
    more = run(root, 4)
    assert (more.done, more.planned, more.problems) == (8, 8, ())
    assert sum(each.sum("done") for each in all_progress(root)) == 8
    paths = find_logs([str(root)])
    assert len({row["trial_id"] for row in read_trials(paths)}) == 8 == sum(1 for _ in read_trials(paths))
    assert [each.problem for each in read_transcripts(paths)] == [""] * 8
    assert [len(each["sessions"]) for each in read_facts(paths).manifests] == [2]


def test_a_run_elsewhere_drains_when_it_is_asked_to(root: Path) -> None:
    run(root, 2)

    def ask(progress: object) -> None:
        (root / "drain").write_text("enough for today\n")

    study = {"name": "scenarios", "title": "Two arms", "scenarios": ["finance"], "variants": 200}
    layout = expand(Study.model_validate(study | {"vary": {"stakes": ["shutdown", "none"]}}))
    whole = StudyRun(None, layout, ("scripted/honest",))
    report = run_study(whole, RunSettings(root), Means(workers=1, trials=4), watcher=ask)
    assert report.why == "enough for today"
    assert 4 <= report.done < 400
    assert run(root, 2).why == "", "the next session begins anew"


def test_a_lock_elsewhere_keeps_a_second_process_out_and_outlives_no_process(root: Path) -> None:
    lock = root / "lock"
    with held(lock), pytest.raises(LockedError, match=f"process {os.getpid()} on"), held(lock):
        pass
    assert not lock.exists()
    with held(lock):
        left = json.loads(lock.read_text())
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    lock.write_text(json.dumps(left | {"process": int(ended.stdout), "beat": time.time()}))
    with held(lock):
        pass
    lock.write_text(json.dumps(left | {"machine": "another", "process": 1, "beat": time.time()}))
    with pytest.raises(LockedError), held(lock):
        pass
    lock.write_text(json.dumps(left | {"machine": "another", "process": 1, "beat": time.time() - 1000}))
    with held(lock):
        pass


@pytest.fixture
def bucket() -> Iterator[tuple[str, Mapping[str, str]]]:
    """A server that speaks the protocol of S3 on this machine, with one bucket."""
    server = shutil.which("moto_server")
    if server is None:
        pytest.skip("moto_server is not installed: pip install 'moto[s3,server]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([server, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        wait_for(port, process)
        import boto3

        client = boto3.client(
            "s3",
            endpoint_url=settings["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="anybody",
            aws_secret_access_key="anything",
        )
        client.create_bucket(Bucket="lab")
        yield "s3://lab", settings
    finally:
        process.kill()
        process.wait()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.skip("moto_server does not start: pip install 'moto[s3,server]'")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("moto_server does not answer")


@pytest.mark.thorough
def test_two_processes_share_a_run_in_s3(bucket: tuple[str, Mapping[str, str]], tmp_path: Path) -> None:
    address, settings = bucket

    def peerward(*words: str) -> str:
        command = [sys.executable, "-m", "peerward", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    whole = ("run", "finance", "--stakes", "shutdown,none", "--variants", "4", "--model", "scripted/honest")
    told = peerward(*whole, "--log-dir", f"{address}/run", "--shard-size", "4", "--workers", "2", "--display", "plain")
    assert "8 of 8" in told, "the live view sees what workers write"
    assert "8 trials from 2 logs" in peerward("collect", f"{address}/run", "-o", f"{address}/trials.parquet")
    told = peerward("report", f"{address}/run", "-o", str(tmp_path / "report"))
    assert "8 transcript pages" in told
