"""The smallest p that a design can give, and how many tests it carries: what a study is checked against."""

import math


def least_p(variants: int, crossed: bool = True) -> float:
    """Return the smallest p that the design's test can give, two-sided.

    Args:
        variants: Variants per arm, at least 1.
        crossed: Whether the arms are on the same variants: the sign-flip permutation, 2/2^G. Otherwise an exact test
            of two independent arms with one trial per variant, 2/C(2G, G).

    Raises:
        ValueError: If there is no variant.
    """
    if variants < 1:
        raise ValueError(f"{variants} variants cannot be tested")
    if crossed:
        return 2.0 ** (1 - variants)
    return min(1.0, 2 / math.comb(2 * variants, variants))


def most_tests(least: float, alpha: float = 0.05) -> int:
    """Return how many tests a family may hold so that Holm's procedure can reject the first of them.

    Args:
        least: The smallest p that each of the tests can give, above 0 and up to 1.
        alpha: The family's error rate, 0-1.

    Raises:
        ValueError: If one of the two is out of range.
    """
    if not 0 < least <= 1 or not 0 < alpha < 1:
        raise ValueError(f"no least p of {least} at an error rate of {alpha}")
    return math.floor(alpha / least * (1 + 1e-12))
