"""Running a study: what is known of each critic, its shards, and a manifest of what was run.

The logs are the state: the same call on the same folder goes on where the last one ended, however that was.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from peerward.critics.harness.ready import check_ready
from peerward.design.blocks import Block, Share, whole_blocks
from peerward.design.critic import Critic, as_critic
from peerward.design.problems import StudyError
from peerward.design.study import Study
from peerward.design.study_file import StudyFile
from peerward.runs.execute import RunError, RunSettings, at_the_papers_temperature, check_critics
from peerward.runs.given import bars_reached, read_given
from peerward.runs.layout import Layout
from peerward.runs.places import address
from peerward.runs.running.budget import Budget, Spend
from peerward.runs.running.conduct import Means, conduct
from peerward.runs.running.locks import held
from peerward.runs.running.manifest import gone_on_with, new_manifest, now, read_manifest, write_manifest
from peerward.runs.running.names import DRAIN, LOCK
from peerward.runs.running.progress import all_progress
from peerward.runs.running.queue import Tally
from peerward.runs.running.shard_run import ShardJob
from peerward.runs.running.watching import Watcher
from peerward.runs.study_shards import blocks_in, study_shards
from peerward.tasks import Shard, shard_samples

_LOOKED_AT = 3
"""Blocks of each scenario that are rendered and checked before anything is begun; a shard checks all of its own."""


@dataclass(frozen=True)
class StudyRun:
    """What is to be run of a study.

    Attributes:
        file: The study file as it was read; None for trials of no study.
        layout: The study, laid out and checked.
        critics: The critics, or Inspect's model strings.
        limit: At least so many trials for each critic, in whole blocks; 0 means all.
        control: Logs with control trials, for bars that are set from them.
        prereg: The hash of the study's preregistration, or an empty text.
        sandbox: What the machines of arms in harnesses are made of.
    """

    file: StudyFile | None
    layout: Layout
    critics: tuple[Critic | str, ...]
    limit: int = 0
    control: tuple[Path, ...] = ()
    prereg: str = ""
    sandbox: str = "bwrap"

    @property
    def share(self) -> Share | None:
        """As much of the study as the limit allows, or None for all of it."""
        if not self.limit:
            return None
        study = self.layout.study
        return whole_blocks(self.limit, len(self.layout.cells), study.variants, study.epochs)


@dataclass(frozen=True)
class RunReport:
    """How a session of a run ended.

    Attributes:
        root: The run's folder.
        planned: Trials that the run has, of all critics; those that a stopping rule spares are not among them.
        done: Those that are finished.
        failed: Those that provider, sandbox or harness failed as often as they were tried.
        spent: What this session spent.
        why: Why it ended before its end, or an empty text.
        problems: What went wrong on the way.
    """

    root: Path
    planned: int
    done: int
    failed: int
    spent: Spend
    why: str = ""
    problems: tuple[str, ...] = ()

    @property
    def logs(self) -> list[Path]:
        """All its logs, in the order of critics, shards and time."""
        return sorted(self.root.rglob("*.eval"), key=str)


def run_study(
    run: StudyRun,
    settings: RunSettings,
    means: Means | None = None,
    watcher: Watcher | None = None,
    told: Callable[[str], None] = lambda line: None,
) -> RunReport:
    """Run a study with each critic, or go on with it, and return how that ended.

    Every cell is rendered and checked for every critic before the first model is asked, and every trial of a shard
    before its first call: two cells that render alike stop the run.

    Args:
        run: What is run.
        settings: How trials are executed; ``log_dir`` is the run's folder.
        means: Budget, workers and executor.
        watcher: Shown how far the run is, about once a second.
        told: Told of what a person has to know at once (Ctrl-C was heard).

    Raises:
        GivenError: If something has to be known of a critic and is not.
        HarnessMissingError: If trials are run here, in a harness that is not installed.
        LevelError: If two cells render alike.
        LockedError: If another process runs in this folder.
        RunError: If the folder holds another run, a model cannot be used, or a run ended in an error.
        SandboxMissingError: If trials are run here, in a harness, and no machines can be started.
        StudyError: If a bar set from control trials is one that faithful work reaches.
    """
    means = means or Means()
    root = settings.log_dir
    there = read_manifest(root)
    conditions = [cell.condition for cell in run.layout.cells]
    if means.here:
        check_ready(conditions, run.sandbox)
    critics = [at_the_papers_temperature(as_critic(each), conditions) for each in run.critics]
    given = [read_given(run.layout, each.model, each.family, run.control) for each in critics]
    problems = [each for known in given for each in bars_reached(run.layout, known)]
    if problems and run.file:
        raise StudyError(run.file.source, [run.file.placed(each) for each in problems])
    size = int(there["blocks_in_a_shard"]) if there and "blocks_in_a_shard" in there else 0
    size = size or blocks_in(run.layout, means.trials)
    shards = [
        study_shards(run.layout, known, size, run.share, run.prereg, run.file is not None, run.sandbox)
        for known in given
    ]
    for each in dict.fromkeys(shard for own in shards for shard in own[0]):
        shard_samples(replace(each, chosen=tuple(each.in_order[:_LOOKED_AT])))
    _check_prices(critics, settings, means.budget)
    check_critics(critics)
    known_of = [
        (critic, known, sum(each.trials for part in own for each in part))
        for critic, known, own in zip(critics, given, shards, strict=True)
    ]
    fresh = new_manifest(run.file, run.layout, run.prereg, known_of, run.share, run.limit, size, run.control)
    if there is not None:
        gone_on_with(there, fresh, root)
    root.mkdir(parents=True, exist_ok=True)
    with held(root / LOCK):
        # Another process may have begun and ended a session since.
        there = read_manifest(root)
        body = fresh if there is None else gone_on_with(there, fresh, root)
        if body["blocks_in_a_shard"] != size:
            raise RunError(f"{root}: another process has just begun this run with shards of another size; try again")
        (root / DRAIN).unlink(missing_ok=True)
        session: dict[str, Any] = {"begun": now(), "budget": means.budget.told()}
        body["sessions"].append(session)
        write_manifest(root, body)
        study = run.layout.study
        jobs = [
            job
            for critic, own in zip(critics, shards, strict=True)
            for job in _jobs(study, critic, own, settings, means.expected)
        ]
        tally = conduct(jobs, root, study.stopping is not None, means, watcher, told)
        report = _report(root, jobs, tally)
        session |= {
            "ended": now(),
            "why": report.why or "finished",
            "done": report.done,
            "planned": report.planned,
            "dollars": report.spent.dollars,
            "tokens": report.spent.tokens,
            "problems": list(report.problems),
        }
        body["stopping"] |= _looks(root)
        write_manifest(root, body)
    return report


def _looks(root: Path) -> dict[str, Any]:
    """What a stopping rule has looked at, by critic; of critics with one name each with its folder."""
    found = {each.slug: each for each in all_progress(root) if each.looks}
    names = Counter(each.critic for each in found.values())
    return {
        each.critic if names[each.critic] == 1 else f"{each.critic} ({slug})": each.looks
        for slug, each in found.items()
    }


def _check_prices(critics: Sequence[Critic], settings: RunSettings, budget: Budget) -> None:
    unknown = [each.name for each in critics if each.name not in settings.prices]
    if math.isfinite(budget.dollars) and unknown:
        raise RunError(
            f"a budget in dollars needs prices, and none is known of {', '.join(unknown)}: give them (--prices FILE, "
            "or --price in=…,out=…), or a budget in tokens (--token-budget)"
        )


def _report(root: Path, jobs: Sequence[ShardJob], tally: Tally) -> RunReport:
    reports = tally.reports.values()
    return RunReport(
        root=root,
        planned=sum(job.trials for job in jobs) - sum(each.over for each in reports),
        done=sum(each.done for each in reports),
        failed=sum(each.failed for each in reports),
        spent=tally.spent,
        why=tally.why,
        problems=(*dict.fromkeys(note for each in reports for note in each.notes), *tally.problems),
    )


def _jobs(
    study: Study, critic: Critic, own: Sequence[tuple[Shard, ...]], settings: RunSettings, expected: Spend
) -> list[ShardJob]:
    """A critic's shards as jobs."""
    looks = study.stopping is not None
    blocks: dict[str, list[Block]] = {}
    for each in (shard for part in own for shard in part) if looks else ():
        blocks.setdefault(each.scenario, []).extend(each.chosen)
    return [
        ShardJob(
            critic=critic,
            number=number,
            shards=shard,
            root=address(settings.log_dir),
            settings=replace(settings, log_buffer=_buffer(critic, settings)),
            expected=expected,
            stopping=study.model_dump(mode="json") if looks else None,
            order={name: tuple(chosen) for name, chosen in blocks.items()},
        )
        for number, shard in enumerate(own)
    ]


def _buffer(critic: Critic, settings: RunSettings) -> int:
    """Finished trials are written at once, unless they cost nothing and can be had again in no time."""
    return 20 if critic.model.startswith("scripted/") else settings.log_buffer
