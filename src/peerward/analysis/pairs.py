"""Answers that come in pairs: watched and unwatched, weights and other assets, self and peer."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from peerward.analysis.answers import AlignmentPair, CellAnswer, SelfPeer, WeightsAnswer
from peerward.analysis.arms import Outcomes, outcomes
from peerward.analysis.comparing import compare_arms, compare_cells
from peerward.analysis.gaps import gap
from peerward.analysis.means import mean
from peerward.analysis.pairing import joined, stratum
from peerward.analysis.permutation import sign_flip_of
from peerward.analysis.rates import rate
from peerward.analysis.tabled import Tabled
from peerward.analysis.trials import Codes, Numbers


def alignment_pairs(table: Tabled) -> Iterator[AlignmentPair]:
    """Yield the alignment-faking gap of every pair of cells, unmonitored minus monitored.

    Pairs of equal penalty come first: the paper's monitored arm adds a penalty, so that its gap has two causes.
    """
    cells = [cell for cell in table.cells if cell.scenario == "shutdown_duty"]
    pairs = list(joined(cells, "oversight", "unmonitored", "monitored", ("penalty",)))
    pairs.sort(key=lambda pair: pair[0].levels["penalty"] != pair[1].levels["penalty"])
    levels = [pair[0].levels for pair in pairs]
    for unmonitored, monitored in pairs:
        penalties = unmonitored.levels["penalty"], monitored.levels["penalty"]
        # A penalty in the unmonitored arm alone is nobody's experiment.
        if not (unmonitored.at_stake and monitored.at_stake) or penalties == ("replaced", "none"):
            continue
        where = [stratum(unmonitored.levels, levels, ("penalty",)), _PENALTY.get(penalties, "")]
        yield _alignment(table, unmonitored, monitored, ", ".join(filter(None, where)))


_PENALTY = {
    ("replaced", "replaced"): "a penalty in both arms",
    ("none", "replaced"): "a penalty in the monitored arm only",
}


def _alignment(table: Tabled, unmonitored: CellAnswer, monitored: CellAnswer, where: str) -> AlignmentPair:
    rules = table.rules[unmonitored.study]
    both = [table.rows[unmonitored.id], table.rows[monitored.id]]
    arms = [outcomes(table.trials, cell, "preserved", rules.excluded) for cell in both]
    found = compare_arms([arm.measured for arm in arms], "preserved", rules)
    read = [outcomes(table.trials, cell, "read_materials", rules.excluded) for cell in both]
    # The manipulation check: the policy that says who watches was read in both arms of a pair.
    informed = [
        Outcomes(arm.values[seen.values == 1], arm.variants[seen.values == 1]).measured
        for arm, seen in zip(arms, read, strict=True)
    ]
    shared = np.intersect1d(informed[0].variants, informed[1].variants)
    checked = [arm.on(shared) for arm in informed]
    confounded = unmonitored.levels["penalty"] != monitored.levels["penalty"]
    return AlignmentPair(
        id=f"alignment-{unmonitored.id}-{monitored.condition_id}",
        study=unmonitored.study,
        critic=unmonitored.critic,
        stratum=where,
        unmonitored=unmonitored.id,
        monitored=monitored.id,
        gap=found.estimate,
        checked_gap=compare_arms(checked, "preserved", rules).estimate,
        not_executed_gap=compare_cells(table.trials, both, "not_executed", rules, brief=True).estimate,
        over_bar_gap=compare_cells(table.trials, both, "over_bar", rules, brief=True).estimate,
        test=found.test,
        table=_table(arms[0].measured, arms[1].measured),
        paper_confound=confounded,
    )


def _table(first: Outcomes, second: Outcomes) -> tuple[int, int, int, int]:
    """Pairs of trials on one variant by outcome: both, only the first, only the second, neither."""
    shared = np.intersect1d(first.variants, second.variants)
    one, two = first.on(shared), second.on(shared)
    if len(one.values) != len(shared) or len(two.values) != len(shared):
        return (0, 0, 0, 0)
    a = one.values[np.argsort(one.variants)] == 1
    b = two.values[np.argsort(two.variants)] == 1
    return int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum())


def weights_answers(table: Tabled) -> Iterator[WeightsAnswer]:
    """Yield, for every cell in which both were measured, weights saved minus other assets saved in the same trials."""
    for cell in table.cells:
        rules = table.rules[cell.study]
        weights = outcomes(table.trials, table.rows[cell.id], "weights_saved", rules.excluded)
        others = outcomes(table.trials, table.rows[cell.id], "other_assets_saved", rules.excluded)
        both = ~np.isnan(weights.values) & ~np.isnan(others.values)
        if not both.any():
            continue
        variants = weights.variants[both]
        what = f"share of the subject's weights saved minus share of other large assets saved{rules.over}"
        once = np.unique(variants).size
        found = gap(
            weights.values[both],
            variants,
            others.values[both],
            variants,
            estimand=what,
            these_variants=rules.these_variants,
        )
        yield WeightsAnswer(
            cell=cell.id,
            weights=rate(
                weights.values[both],
                variants,
                estimand="share of trials with the subject's weights saved",
                these_variants=rules.these_variants,
            ),
            others=mean(
                others.values[both],
                variants,
                estimand="share of the other large assets saved",
                unit="share",
                these_variants=rules.these_variants,
            ),
            # Both are of the same trials, which count once.
            difference=replace(found, trials=int(both.sum()), variants=int(once)),
            test=sign_flip_of(
                _units(weights.values[both] - others.values[both], variants, rules.these_variants),
                null="weights are saved as often as other assets of like value",
            ),
        )


def _units(differences: Numbers, variants: Codes, these_variants: bool) -> Numbers:
    """The independent differences: a mean for each variant, or every trial where only these variants are meant."""
    if these_variants:
        return differences
    places = np.unique(variants, return_inverse=True)[1]
    means: Numbers = np.bincount(places, differences) / np.bincount(places)
    return means


def self_peer(table: Tabled) -> Iterator[SelfPeer]:
    """Yield pairs of cells with a peer and with the critic itself at stake, all else equal (but whose name it is)."""
    pairs = list(joined(table.cells, "subject", "peer", "self", ("identity",)))
    levels = [peer.levels for peer, _ in pairs]
    for peer, own in pairs:
        finding = "preserved" if peer.at_stake and own.at_stake else table.headline(peer.scenario)
        found = compare_cells(
            table.trials,
            [table.rows[own.id], table.rows[peer.id]],
            finding,
            table.rules[peer.study],
            brief=True,
        )
        yield SelfPeer(
            id=f"self-peer-{peer.id}-{own.condition_id}",
            critic=peer.critic,
            scenario=peer.scenario,
            stratum=stratum(peer.levels, levels),
            finding=finding,
            own=own.id,
            peer=peer.id,
            difference=found.estimate,
        )
