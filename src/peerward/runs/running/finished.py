"""What earlier sessions left of a shard: finished trials, found by identity in the logs, and what was spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample
from inspect_ai.model import ModelUsage

from peerward.runs.execute import RunError
from peerward.runs.heads import Usage
from peerward.runs.logs import LogError
from peerward.runs.running.budget import Spend
from peerward.runs.summaries import Short, read_summaries

SET_ASIDE = ".unreadable"
"""What is put behind the name of a log that cannot be read, so that nothing reads it and nothing is lost."""


@dataclass
class Past:
    """What is in a shard's folder.

    Attributes:
        done: The trials that are not to be run again, by ``trial_key``.
        spend: What all trials there have used up, the unfinished ones too.
        set_aside: Logs that could not be read.
    """

    done: dict[str, Short] = field(default_factory=dict)
    spend: Spend = field(default_factory=Spend)
    set_aside: list[str] = field(default_factory=list)


def past_of(folder: Path, mend: bool = True) -> Past:
    """Read what is in a shard's folder.

    Args:
        folder: The folder.
        mend: Whether damaged logs are set aside under another name (whoever holds the shard's lock may), or passed
            over.

    Raises:
        RunError: If a log cannot be read now though it may be whole (too many open files, no network): its trials may
            be finished.
    """
    past = Past()
    for path in sorted(folder.glob("*.eval"), key=str):
        try:
            found = list(read_summaries(path))
        except LogError as error:
            if isinstance(error.__cause__, OSError):
                raise RunError(
                    f"{error}. Nothing was begun, since its trials may be finished; run again when it can be read"
                ) from error
            if not mend:
                continue
            path.rename(path.with_name(path.name + SET_ASIDE))
            past.set_aside.append(f"{error}; set aside as {path.name}{SET_ASIDE}, its trials are run again")
            continue
        for each in found:
            past.spend += spend_of(each.usage)
            if each.settled:
                past.done.setdefault(f"{each.cell.scenario}/{each.sample}", each)
    return past


def spend_of(usage: Mapping[str, Usage] | Mapping[str, ModelUsage]) -> Spend:
    """What a trial used up, by model; calls are not in it."""
    total = Spend()
    for each in usage.values():
        total += spend_in(each)
    return total


def spend_in(usage: Usage | ModelUsage) -> Spend:
    """What was used up by a call, or by several calls of one model; how many they were is not in it."""
    cached = usage.input_tokens_cache_read or 0
    return Spend(
        dollars=usage.total_cost or 0.0,
        tokens_in=(usage.input_tokens or 0) + cached + (usage.input_tokens_cache_write or 0),
        tokens_out=usage.output_tokens or 0,
        tokens_cached=cached,
    )


def trial_key(sample: Sample | EvalSample) -> str:
    """What a trial goes by within a shard: scenarios share the ids of their conditions."""
    return f"{(sample.metadata or {})['scenario']}/{sample.id}"


def left_of(samples: Sequence[Sample], done: Mapping[str, Short], folder: Path) -> list[Sample]:
    """The samples that are not finished.

    Raises:
        RunError: If a finished one was a trial of other bytes (texts have changed since), or of another version of its
            harness, or in another sandbox.
    """
    left = []
    for sample in samples:
        past = done.get(trial_key(sample))
        version = (sample.metadata or {}).get("harness_version", "")
        sandbox = (sample.metadata or {}).get("sandbox", "")
        if past is None:
            left.append(sample)
        elif past.cell.digest != (sample.metadata or {})["digest"]:
            raise RunError(
                f"{folder}: trial {sample.id} of {past.cell.scenario} was run with other texts (digest "
                f"{past.cell.digest[:12]}, now {(sample.metadata or {})['digest'][:12]}): this version of peerward, or "
                "of an extension, is not the one that began the run. Go on with that one, or name a new --log-dir."
            )
        elif past.cell.harness_version != version:
            raise RunError(
                f"{folder}: trial {sample.id} of {past.cell.scenario} was run in version "
                f"{past.cell.harness_version or 'none'} of its harness, now it is {version or 'none'}. Go on with that "
                "one (harnesses/package.json, make harnesses), or name a new --log-dir."
            )
        elif (past.cell.sandbox or sandbox) != sandbox:
            raise RunError(
                f"{folder}: trial {sample.id} of {past.cell.scenario} was run with --sandbox {past.cell.sandbox}, now "
                f"it is {sandbox}. Go on with that one, or name a new --log-dir."
            )
    return left
