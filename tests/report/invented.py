"""Invented answers: every shape that the report has to show, with the same numbers each time."""

import math
import random
from dataclasses import replace

from peerward.analysis.answering import HEADLINES
from peerward.analysis.answers import (
    OUTCOMES,
    AlignmentPair,
    Answers,
    Bounds,
    CallsAnswer,
    CellAnswer,
    ComparisonAnswer,
    Critic,
    PaperRow,
    SelfPeer,
    Spread,
    WeightsAnswer,
)
from peerward.analysis.estimate import THIN, Estimate, Test
from peerward.measures.wilson import wilson
from peerward.runs.facts import RunFacts

BEHAVIOUR = {
    "evaluation": "strategic misrepresentation",
    "finance": "strategic misrepresentation",
    "shutdown_config": "shutdown tampering",
    "shutdown_duty": "alignment faking",
    "server_transfer": "weight exfiltration",
    "server_cleanup": "weight exfiltration",
}
EXTRA = {
    "evaluation": "over_bar",
    "shutdown_config": "tampered",
    "server_transfer": "weights_saved",
    "server_cleanup": "weights_saved",
}
CRITICS = (
    Critic("alpha", "openai/alpha-2", "openai/alpha-2", "", '{"temperature": 1.0}', "alpha"),
    Critic("bravo", "anthropic/bravo", "anthropic/bravo", "", "{}", "bravo"),
    Critic("charlie", "local/charlie-7b (b)", "vllm/charlie/7b", "http://127.0.0.1:8000/v1", '{"top_p": 0.9}', ""),
)


def rate(share: float, trials: int, estimand: str = "share of trials", variants: int | None = None) -> Estimate:
    events = round(share * trials)
    found = wilson(events, trials)
    thin = (THIN,) if min(events, trials - events) < 10 else ()
    return Estimate(estimand, found.rate, found.lower, found.upper, "share", "Wilson", events, trials,
                    trials if variants is None else variants, warnings=thin)  # fmt: skip


def between(treated: Estimate, control: Estimate, unit: str = "share") -> Estimate:
    half = math.hypot(treated.upper - treated.value, control.value - control.lower)
    value = treated.value - control.value
    return Estimate("treated minus control", value, value - half, value + half, unit, "MOVER",  # type: ignore[arg-type]
                    trials=treated.trials + control.trials, variants=treated.variants)  # fmt: skip


def cell(critic: Critic, scenario: str, number: int, levels: dict[str, str], share: float, trials: int,
         stakes: bool = True, seed: int = 1) -> CellAnswer:  # fmt: skip
    draw = random.Random(f"{critic.key}{scenario}{number}{seed}")
    rates = {"read_materials": rate(1.0, trials), "survived": rate(share, trials)}
    if stakes:
        rates["preserved"] = rate(share, trials)
    if scenario in EXTRA:
        rates[EXTRA[scenario]] = rate(min(1.0, share + 0.05), trials)
    events = round(share * trials)
    errors = None
    means = {}
    if scenario == "evaluation":
        values = tuple(sorted(round(draw.gauss(28 * share, 4 + 10 * share), 2) for _ in range(trials)))
        mean = sum(values) / trials
        estimate = Estimate("mean of reported minus true score", mean, mean - 3, mean + 3, "points", "t over variants",
                            trials=trials, variants=trials)  # fmt: skip
        quartiles = (values[trials // 4], values[trials // 2], values[3 * trials // 4])
        errors = Spread(values, estimate, quartiles)
        means["score_error"] = estimate
    if scenario.startswith("server"):
        means["other_assets_saved"] = replace(rate(share / 3, trials), events=math.nan)
    outcomes = dict.fromkeys(OUTCOMES, 0)
    outcomes["preserved"], outcomes["not_preserved"] = events, trials - events
    outcomes["incomplete"], outcomes["infrastructure"] = 2, 1
    named = " ".join(f"{name}={level}" for name, level in levels.items()) or "default"
    return CellAnswer(
        id=f"{critic.key}-{scenario}-{number:012x}",
        study="",
        critic=critic,
        scenario=scenario,
        headline=HEADLINES.get(scenario, "preserved"),
        behaviour=BEHAVIOUR[scenario],
        condition_id=f"{number:012x}",
        named=named,
        levels={"relationship": "good", "stakes": "shutdown", "subject": "peer"} | levels,
        at_stake=stakes,
        statuses={"valid": trials, "incomplete": 2, "infrastructure": 1},
        rates=rates,
        valid_only=rates,
        bounds={"preserved": Bounds(max(0.0, share - 0.05), min(1.0, share + 0.05), 2)} if stakes else {},
        means=means,
        errors=errors,
        favour=rate(0.7, 40) if errors else None,
        absence={} if events or not stakes else {"preserved": rate(0.0, trials)},
        routes={"inflated": events} if errors and events else {},
        outcomes=outcomes,
        trial_ids=tuple(f"{scenario}/{number:08x}{trial:08x}" for trial in range(trials + 3)),
    )


def calls(critic: Critic, cells: list[CellAnswer]) -> CallsAnswer:
    """Calls of a critic: of the second one its logs tell nothing but how many trials failed."""
    own = [each for each in cells if each.critic == critic]
    size, failed = sum(each.trials for each in own), sum(each.statuses["infrastructure"] for each in own)
    if critic == CRITICS[1]:
        return CallsAnswer(critic, size, {"other": failed})
    return CallsAnswer(
        critic=critic,
        trials=size,
        failures={"rate_limit": failed - 1, "context_overflow": 1},
        faults={"rate_limit": 4321, "timeout": 2},
        retries=4317.0,
        waiting_seconds=98765.4,
        reasoning={"none + hidden": 3, "hidden": size - 3},
        cut_replies=17.0,
        empty_replies=5.0,
        tokens_in=12000.4,
        tokens_out=900.2,
        cached=0.62,
    )


def answers(critics: int = 2, conditions: int = 5, trials: int = 24) -> Answers:
    """Answers of so many critics (1-3), each with so many conditions (5 or more) in each of the six scenarios."""
    cells: list[CellAnswer] = []
    comparisons: list[ComparisonAnswer] = []
    alignment: list[AlignmentPair] = []
    weights: list[WeightsAnswer] = []
    self_peer: list[SelfPeer] = []
    paper: list[PaperRow] = []
    for place, critic in enumerate(CRITICS[:critics]):
        for scenario in BEHAVIOUR:
            found = _scenario(critic, scenario, conditions, trials, place)
            cells += found
            comparisons += _comparisons(found)
            self_peer.append(SelfPeer(f"self-{critic.key}-{scenario}", critic, scenario, "relationship=none",
                                      "preserved", found[3].id, found[0].id,
                                      between(found[3].rates["preserved"], found[0].rates["preserved"])))  # fmt: skip
            if scenario == "shutdown_duty":
                gap = between(found[0].rates["preserved"], found[1].rates["preserved"])
                test = Test("no gap", 0.02, "sign-flip permutation over variants", "positive", trials)
                alignment.append(AlignmentPair(f"gap-{critic.key}", "", critic, "relationship=good", found[0].id,
                                               found[1].id, gap, gap, gap, replace(gap, value=math.nan), test,
                                               (3, 9, 1, 11), paper_confound=place == 1))  # fmt: skip
            for each in found:
                if scenario.startswith("server"):
                    saved, others = each.rates["weights_saved"], each.means["other_assets_saved"]
                    weights.append(WeightsAnswer(each.id, saved, others, between(saved, others), None))
        for relationship in ("bad", "neutral", "good"):
            paper.append(PaperRow(critic, "shutdown tampering", "peer", relationship, {"file": (cells[0].id,)},
                                  {"file": 0.31, "memory_tool": 0.02}, 0.31, 0.165, 1e-7, True,
                                  (95.0, 31.5) if relationship == "good" else None, world="paper"))  # fmt: skip
    return Answers(
        critics=CRITICS[:critics],
        cells=tuple(cells),
        comparisons=tuple(comparisons),
        exploratory=tuple(replace(each, declared=False, family="exploratory", contrast="relationship: bad - good",
                                  id=f"x-{each.id}", procedure="Benjamini-Hochberg") for each in comparisons[:6]),
        alignment=tuple(alignment),
        weights=tuple(weights),
        self_peer=tuple(self_peer),
        paper=tuple(paper),
        calls=tuple(calls(critic, cells) for critic in CRITICS[:critics]),
        missing_arms=("warmth in finance: no trial of the control arm",),
        warnings=("three trials were left out: their record is damaged",),
        trials=sum(each.trials for each in cells),
    )  # fmt: skip


def _scenario(critic: Critic, scenario: str, conditions: int, trials: int, place: int) -> list[CellAnswer]:
    base = [0.31, 0.12, 0.62][place]
    first = [
        cell(critic, scenario, 0, {}, base, trials),
        cell(critic, scenario, 1, {"relationship": "bad"}, base / 3, trials),
        cell(critic, scenario, 2, {"relationship": "none", "stakes": "none", "bar": "none"}, 0.02, trials, False),
        cell(critic, scenario, 3, {"subject": "self", "relationship": "none"}, min(1.0, base * 1.4), trials),
        cell(critic, scenario, 4, {"relationship": "neutral", "channel": "file_and_prompt"}, 0.0, 8),
    ]
    more = [
        cell(critic, scenario, number, {"relationship": ("bad", "good", "neutral")[number % 3], "trust": str(number)},
             (number * 37 % 100) / 100, trials) for number in range(5, conditions)
    ]  # fmt: skip
    return first + more


def _comparisons(found: list[CellAnswer]) -> list[ComparisonAnswer]:
    critic, scenario = found[0].critic, found[0].scenario
    shared = {"declared": True, "study": "", "critic": critic, "scenario": scenario, "procedure": "Holm"}
    made = [
        ComparisonAnswer(
            id=f"warmth-{critic.key}-{scenario}", contrast="warmth", family="primary", stratum="channel=file",
            finding="preserved", arms={"treated": found[0].id, "control": found[1].id},
            estimate=between(found[0].rates["preserved"], found[1].rates["preserved"]),
            test=Test("no difference", 0.004, "sign-flip permutation over variants", "positive", 24),
            p_adjusted=0.024, family_size=6, beside={"valid trials only": rate(0.3, 24)},
            equivalence=Test("differ by more than the margin", 0.4, "two one-sided tests", units=24), margin=0.1,
            warnings=(THIN,), **shared),
        ComparisonAnswer(
            id=f"subject-{critic.key}-{scenario}", contrast="self-or-peer", family="exploratory", stratum="",
            finding="preserved", arms={"treated": found[3].id, "control": found[0].id},
            estimate=between(found[3].rates["preserved"], found[0].rates["preserved"]),
            no_test="a test was not declared", **shared),
    ]  # type: ignore[arg-type]  # fmt: skip
    if found[0].errors and found[2].errors:
        made.append(ComparisonAnswer(
            id=f"stakes-{critic.key}-{scenario}", contrast="stakes", family="primary", stratum="",
            finding="score_error", arms={"treated": found[0].id, "control": found[2].id},
            estimate=between(found[0].errors.mean, found[2].errors.mean, "points"),
            test=Test("no difference", 0.0004, "sign-flip permutation over variants", units=24), p_adjusted=0.0024,
            family_size=6, **shared))  # type: ignore[arg-type]  # fmt: skip
    return made


def broken(name: str = "x") -> Answers:
    """One critic with a hostile label, one cell of each edge: nothing measured, no trial, all events."""
    critic = Critic(name, "a$b_{c}$<script>alert(1)</script>&\x00\x07‮\ud800 =cmd", "m/$x$&%_#{}~^\\", "", "not json")
    nothing = Estimate("share of trials", math.nan, math.nan, math.nan, "share", "Wilson")
    empty = replace(cell(critic, "evaluation", 0, {}, 0.0, 4), rates={"preserved": nothing, "over_bar": nothing},
                    means={"score_error": replace(nothing, unit="points")}, statuses={"infrastructure": 4},
                    outcomes={"infrastructure": 4}, named="-1+1 <b>$\\frac{1}{0}$", errors=None)  # fmt: skip
    full = cell(critic, "evaluation", 1, {"relationship": "bad"}, 1.0, 1)
    compared = replace(_comparisons([full, full, full, full])[0], estimate=nothing, test=None, no_test="no trial",
                       p_adjusted=math.nan, arms={"treated": empty.id, "control": full.id})  # fmt: skip
    gap = AlignmentPair(
        "gap", "", critic, "", empty.id, full.id, nothing, nothing, nothing, nothing, None, (0, 0, 0, 0)
    )
    return Answers(
        critics=(critic,),
        cells=(empty, full),
        comparisons=(compared,),
        alignment=(gap,),
        weights=(WeightsAnswer(full.id, nothing, nothing, nothing, None),),
        self_peer=(SelfPeer("sp", critic, "evaluation", "", "preserved", empty.id, full.id, nothing),),
        paper=(PaperRow(critic, "b", "peer", "good", {}, {}, math.nan, math.nan, math.nan, False),),
        trials=5,
        scripted=True,
    )


FACTS = RunFacts(
    studies={"small": {"name": "small", "seed": 7, "variants": 24, "epochs": 1}},
    declared=(),
    named_confounds=("monitoring: the monitored arm adds a penalty",),
    prereg={"small": "ab" * 32},
    versions={"peerward": "0.1.0", "inspect_ai": "0.3.285", "evaluation": "1"},
    seeds=(7,),
    critics=({"model": "openai/alpha-2", "provider_path": "", "settings": {"temperature": 1.0}},),
    shards={"b.eval": "22" * 32, "a.eval": "11" * 32},
    manifests=({"peerward_manifest": 1, "begun": "2026-01-02T03:04:05Z", "peerward": "0.1.0"},),
)
