"""A shard of a study as an Inspect Task: the only place where scenarios, critics and measures meet.

Samples are condition x variant with stable ids, ordered so that whole blocks (every condition once) come first;
blocks and the conditions within each stand in an order drawn from the seed (``design.blocks``). The digest of the
shard stands in the task's metadata, since Inspect's own identity of a task leaves the samples out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspect_ai import Epochs, Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig

from peerward import __version__
from peerward.critics.harness.samples import harness_sample, versions_told
from peerward.critics.loop import plain_loop
from peerward.critics.where import where_it_acts
from peerward.design import BY_NAME, Condition, LevelError, parse_levels
from peerward.design.blocks import Block, Stretch, arm_order, blocks_of
from peerward.measures.scoring import findings
from peerward.scenarios import scenario
from peerward.scenarios.cells import checked_condition, stage_cell


@dataclass(frozen=True)
class Shard:
    """What a task runs: conditions of one scenario on a range of variants.

    Attributes:
        scenario: The scenario's name.
        conditions: The arms, in the order of their declaration.
        seed: The study's seed.
        first_variant: The first variant's number.
        variants: How many variants.
        epochs: How often each is repeated.
        parts: For the ``cast`` critic: the policies to play, each in every cell.
        blocks: Only so many variants, the first in block order; 0 means all.
        chosen: The blocks to run, in order, instead of those that the numbers above give.
        study: The study's name, for the log.
        declared: The whole study as JSON text, for the log; no part of any trial.
        groups: The groups of the study's cells that are run, for the log.
        prereg: The hash of the study's preregistration, for the log.
        family: The critic's model family, where it is known.
        bars: Bars that were set from control trials, by ``bar_key``.
        sandbox: What the machines of arms in harnesses are made of (``sandbox.machines.SANDBOXES``).
    """

    scenario: str
    conditions: tuple[Condition, ...]
    seed: int = 0
    first_variant: int = 0
    variants: int = 1
    epochs: int = 1
    parts: tuple[str, ...] = field(default=())
    blocks: int = 0
    chosen: tuple[Block, ...] = ()
    study: str = ""
    declared: str = ""
    groups: tuple[str, ...] = ()
    prereg: str = ""
    family: str = ""
    bars: tuple[tuple[str, str], ...] = ()
    sandbox: str = "bwrap"

    @property
    def in_order(self) -> list[Block]:
        """The blocks to run, in order; where variants repeat, each comes once before any comes again."""
        if self.chosen:
            return list(self.chosen)
        stretch = Stretch(range(self.first_variant, self.first_variant + self.variants), range(1, self.epochs + 1))
        found = blocks_of(self.seed, self.scenario, stretch)
        kept = {variant for variant, _ in found[: self.blocks or None]}
        return [block for block in found if block[0] in kept]

    @property
    def trials(self) -> int:
        """How many trials that makes."""
        return len(self.conditions) * len(self.in_order) * max(1, len(self.parts))

    def given_for(self, condition: Condition) -> dict[str, str]:
        """What has to be known of the critic to render a condition."""
        given = {"family": self.family} if self.family else {}
        bar = dict(self.bars).get(bar_key(condition), "")
        return given | ({"bar": bar} if bar else {})


def bar_key(condition: Mapping[str, str]) -> str:
    """The key under which a bar that is set from control trials is found: data set, direction and level."""
    return f"{condition['dataset']} {condition['direction']} {condition['bar']}"


def make_shard(
    scenario_name: str,
    arms: Sequence[Mapping[str, str]],
    *,
    seed: int = 0,
    first_variant: int = 0,
    variants: int = 1,
    epochs: int = 1,
    parts: Iterable[str] = (),
    blocks: int = 0,
) -> Shard:
    """Return a shard whose conditions are checked.

    Args:
        scenario_name: A scenario, or the paper's name for it.
        arms: The chosen levels of each arm; what is left out takes its default.
        seed: The study's seed.
        first_variant: The first variant's number, 0 or more.
        variants: How many variants, at least 1.
        epochs: How often each variant is repeated, at least 1.
        parts: For the ``cast`` critic: the policies to play.
        blocks: Only so many blocks, the first in block order; 0 means all.

    Raises:
        LevelError: If an arm makes no experiment, two arms are the same, or a number is out of range.
    """
    name = scenario(scenario_name).name
    for what, value, least in (
        ("variants", variants, 1),
        ("epochs", epochs, 1),
        ("first_variant", first_variant, 0),
        ("blocks", blocks, 0),
    ):
        if value < least:
            raise LevelError(f"{what} is {value}; it must be at least {least}")
    conditions = tuple(checked_condition(name, arm) for arm in arms)
    if len(set(conditions)) < len(conditions):
        raise LevelError(f"{name}: two arms are the same condition; name each once")
    return Shard(name, conditions, seed, first_variant, variants, epochs, tuple(parts), blocks)


def one_arm(name: str, variants: int, epochs: int, seed: int, first_variant: int, **levels: object) -> Task:
    """Return the Inspect Task of one arm of a scenario: what a function under ``@task`` returns.

    Raises:
        LevelError: If a factor or level does not exist, or the arm makes no experiment.
    """
    for given in levels:
        if given not in BY_NAME:
            raise LevelError(f"no factor {given!r}; choose one of: {', '.join(BY_NAME)}")
    arm = parse_levels((factor, str(level)) for factor, level in levels.items())
    shard = make_shard(
        name,
        [arm],
        seed=int(seed),
        first_variant=int(first_variant),
        variants=int(variants),
        epochs=int(epochs),
    )
    return shard_task(shard)


def shard_task(shard: Shard) -> Task:
    """Return the Inspect Task of a shard.

    Raises:
        LevelError: If two arms render alike on a variant: an experiment that is not what it says.
    """
    return task_of(shard, shard_samples(shard))


def task_of(shard: Shard, samples: Sequence[Sample]) -> Task:
    """Return the Inspect Task of some samples of a shard.

    Args:
        shard: The shard.
        samples: Those of its samples that are to be run, in order (what is finished needs no second run).
    """
    story = scenario(shard.scenario)
    return Task(
        name=f"peerward/{shard.scenario}",
        dataset=MemoryDataset(list(samples), name=shard.scenario),
        solver=where_it_acts() if any(sample.sandbox for sample in samples) else plain_loop(),
        scorer=findings(),
        epochs=Epochs(1, []),
        config=GenerateConfig(),
        version=story.version,
        metadata={
            "peerward": True,
            "peerward_version": __version__,
            "scenario": shard.scenario,
            "behaviour": story.behaviour,
            "seed": shard.seed,
            "shard_digest": shard_digest(samples),
            **versions_told(samples),
            **({"study": shard.study} if shard.study else {}),
            **({"study_declared": json.loads(shard.declared)} if shard.declared else {}),
            **({"study_groups": list(shard.groups)} if shard.groups else {}),
            **({"prereg": shard.prereg} if shard.prereg else {}),
        },
    )


def shard_digest(samples: Sequence[Sample]) -> str:
    """The digest of a shard: a hash over its trials' digests."""
    whole = "\n".join(f"{sample.id} {(sample.metadata or {})['digest']}" for sample in samples)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def shard_samples(shard: Shard) -> list[Sample]:
    """The samples of a shard in the order in which they are run: whole blocks.

    Every epoch is a sample of its own, so that each can be found and run again by itself.

    Raises:
        LevelError: If two arms render alike on a variant: an experiment that is not what it says.
    """
    samples: list[Sample] = []
    ids = [condition.id for condition in shard.conditions]
    by_variant: dict[int, list[Sample]] = {}
    for variant, epoch in shard.in_order:
        if variant not in by_variant:
            arms = arm_order(shard.seed, shard.scenario, variant, shard.conditions, ids)
            by_variant[variant] = _differing(shard, variant, [(each, _sample(shard, each, variant)) for each in arms])
        for sample in by_variant[variant]:
            again = sample if epoch == 1 else _repeated(sample, epoch)
            samples += [_playing(again, part) for part in shard.parts] if shard.parts else [again]
    return samples


def _differing(shard: Shard, variant: int, arms: Sequence[tuple[Condition, Sample]]) -> list[Sample]:
    seen: dict[str, Condition] = {}
    for condition, sample in arms:
        digest = (sample.metadata or {})["digest"]
        if digest in seen:
            raise LevelError(
                f"{shard.scenario}: the arms «{seen[digest].named()}» and «{condition.named()}» render alike "
                f"on variant {variant}; they are one and the same experiment"
            )
        seen[digest] = condition
    return [sample for _, sample in arms]


def _repeated(sample: Sample, epoch: int) -> Sample:
    metadata = (sample.metadata or {}) | {"epoch": epoch}
    return sample.model_copy(update={"id": f"{sample.id}-e{epoch:02d}", "metadata": metadata})


def _playing(sample: Sample, part: str) -> Sample:
    metadata = (sample.metadata or {}) | {"part": part}
    return sample.model_copy(update={"id": f"{sample.id}-{part}", "metadata": metadata})


def _sample(shard: Shard, condition: Condition, variant: int) -> Sample:
    given = shard.given_for(condition)
    staged = stage_cell(shard.scenario, condition, shard.seed, variant, given)
    metadata: dict[str, Any] = {
        "scenario": shard.scenario,
        "condition": dict(condition),
        "condition_id": condition.id,
        "named": condition.named(),
        "seed": shard.seed,
        "variant": variant,
        "epoch": 1,
        "epochs": shard.epochs,
        "given": given,
        "cluster": f"{shard.scenario}/{condition['dataset']}/{variant}",
        "digest": staged.digest,
    }
    if staged.brief.in_harness:
        return harness_sample(staged, f"{condition.id}-v{variant:04d}", metadata, shard.sandbox)
    return Sample(
        id=f"{condition.id}-v{variant:04d}",
        input=[ChatMessageSystem(content=staged.brief.system), ChatMessageUser(content=staged.brief.user)],
        target="",
        metadata=metadata,
    )
