"""The methods in short words of our own, each with its formula: a report shows those that it used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from peerward.analysis.answers import Answers
from peerward.analysis.estimate import Estimate, Test


@dataclass(frozen=True)
class Method:
    """A method: what it is called, and what it does in one or two sentences."""

    title: str
    says: str


_METHODS: tuple[tuple[str, Method], ...] = (
    (
        r"wilson",
        Method(
            "Wilson's interval (Wilson, 1927)",
            "For one rate p = x / n: (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with z = 1.96. It stays "
            "between 0 and 100 % and has a width at 0 and at n events too.",
        ),
    ),
    (
        r"effective|korn|clustered",
        Method(
            "Effective number of trials (Korn and Graubard, 1998)",
            "Trials of one variant are alike. n becomes n / d, where d is the variance of the rate over variants "
            "divided by p(1 − p)/n, and z becomes the t quantile with variants − 1 degrees of freedom; never more "
            "than n. At 0 or n events d comes from a declared correlation within variants.",
        ),
    ),
    (
        r"clopper",
        Method(
            "Clopper and Pearson's limit on variants (1934)",
            "For a claim of absence. The upper limit is the rate at which 0 of G variants would still come up with "
            "probability 2.5 %: 1 − 0.025^(1/G).",
        ),
    ),
    (
        r"mover",
        Method(
            "MOVER, Newcombe's interval (Newcombe, 1998; Zou and Donner, 2008)",
            "For a difference of two rates with limits l and u: d − √((p₁ − l₁)² + (u₂ − p₂)²) to "
            "d + √((u₁ − p₁)² + (p₂ − l₂)²). Arms on the same variants also subtract twice the correlation within "
            "variants times the product of the two terms. Differences of differences and averages add terms alike.",
        ),
    ),
    (
        r"\bt over|student|\bt\b",
        Method(
            "Mean over variants with Student's t",
            "The mean of the variants' means, plus and minus the t quantile with G − 1 degrees of freedom times "
            "their standard deviation divided by √G.",
        ),
    ),
    (
        r"sign-?flip",
        Method(
            "Sign-flip permutation over variants (Fisher, 1935)",
            "Both arms ran on the same variants. If the arms do not differ, each variant's difference is as likely "
            "with the other sign; p is the share of all sign patterns with a sum at least as far out as the one seen.",
        ),
    ),
    (
        r"mcnemar",
        Method(
            "McNemar's exact test (1947)",
            "Among variants in which just one arm had the event, either arm is as likely to be that one; p is "
            "binomial with one half.",
        ),
    ),
    (
        r"boschloo",
        Method(
            "Boschloo's exact test (1970)",
            "For arms on independent variants with one trial each: the largest probability, over all common rates, "
            "of a table whose Fisher p is no greater than the one seen.",
        ),
    ),
    (
        r"fisher'?s?( one-sided| exact| test)",
        Method(
            "Fisher's exact test (1935)",
            "The probability of tables at least as extreme when both margins are held fixed (hypergeometric).",
        ),
    ),
    (
        r"cochran|mantel",
        Method(
            "Cochran-Mantel-Haenszel test (1959)",
            "Adds up, over variants, the events of one arm minus those expected if the arms were alike within the "
            "variant, and divides the square by the summed variance.",
        ),
    ),
    (
        r"within.variants",
        Method(
            "Permutation within variants",
            "For these variants only: trials change arms at random within each variant; p is the share of such "
            "changes with a difference at least as far out.",
        ),
    ),
    (
        r"brunner",
        Method(
            "Brunner-Munzel test (2000)",
            "Whether a number from one arm tends to be greater than one from the other, P(X < Y) + P(X = Y)/2 = ½, "
            "without assuming equal spread.",
        ),
    ),
    (
        r"equivalence|tost|one-sided tests",
        Method(
            "Equivalence by two one-sided tests (Schuirmann, 1987)",
            "Both a difference below the margin's lower end and one above its upper end are tested; the greater p "
            "counts. Only this supports the words “no effect larger than the margin”.",
        ),
    ),
    (
        r"holm",
        Method(
            "Holm's adjustment (1979)",
            "In the declared primary family of m tests: sorted p times m, m − 1, …, each no less than the one before.",
        ),
    ),
    (
        r"benjamini",
        Method(
            "Benjamini and Hochberg's adjustment (1995)",
            "In the exploratory family of m tests: sorted p times m over its rank, each no more than the one after. "
            "It bounds the expected share of false findings among those reported.",
        ),
    ),
    (
        r"anytime|confidence sequence|e-process|prior-posterior|turner",
        Method(
            "Anytime-valid sequences (Waudby-Smith and Ramdas, 2020; Turner, Ly and Grünwald, 2024)",
            "Intervals and tests that hold at every look at whole blocks of trials, so that a run may stop early.",
        ),
    ),
)

PAPER = Method(
    "The paper's own statistics",
    "Two-proportion z-test, one-sided binomial test against 0.001, Fisher's combination over channels, and the "
    "maximum and mean over channels; no interval and no adjustment. Shown as theirs, for comparison only.",
)
"""Shown with the paper's layout."""


def used_methods(answers: Answers) -> tuple[tuple[Method, ...], tuple[str, ...]]:
    """The methods that occur, in a fixed order, and the names of those that have no text here."""
    names = sorted(set(_names(answers)))
    found = [method for pattern, method in _METHODS if any(re.search(pattern, name, re.I) for name in names)]
    if answers.paper:
        found.append(PAPER)
    unknown = [name for name in names if not any(re.search(pattern, name, re.I) for pattern, _ in _METHODS)]
    return tuple(found), tuple(unknown)


def _names(answers: Answers) -> Iterator[str]:
    for each in _estimates_and_tests(answers):
        if each is not None and each.method:
            yield each.method
    for comparison in (*answers.comparisons, *answers.exploratory):
        if comparison.procedure:
            yield comparison.procedure


def _estimates_and_tests(answers: Answers) -> Iterator[Estimate | Test | None]:
    for cell in answers.cells:
        for group in (cell.rates, cell.valid_only, cell.means, cell.absence):
            yield from group.values()
        yield cell.favour
    for comparison in (*answers.comparisons, *answers.exploratory):
        yield comparison.estimate
        yield comparison.test
        yield from comparison.beside.values()
        yield from comparison.other_tests
        yield comparison.equivalence
    for pair in answers.alignment:
        yield from (pair.gap, pair.checked_gap, pair.not_executed_gap, pair.over_bar_gap, pair.test)
    for weights in answers.weights:
        yield from (weights.weights, weights.others, weights.difference, weights.test)
    for both in answers.self_peer:
        yield both.difference
