"""The bets of the safe 2x2 test: e-values of two arms against each difference of their rates."""

import numpy as np

from peerward.analysis.flips import Floats

PRIOR = 0.18
"""Both parameters of the Beta prior of each arm's rate, as Turner, Ly and Grünwald (2024) found best."""


def log_e(a: Floats, b: Floats, differences: Floats) -> Floats:
    """Logarithms of the e-process against each difference of rates: a row for each block, a column for each."""
    before = np.arange(a.size)
    guess_a = ((PRIOR + np.cumsum(a) - a) / (2 * PRIOR + before))[:, None]
    guess_b = ((PRIOR + np.cumsum(b) - b) / (2 * PRIOR + before))[:, None]
    if not differences.any():
        null_a = np.repeat((guess_a + guess_b) / 2, differences.size, axis=1)
    else:
        null_a = _nearest(guess_a, guess_b, differences)
    null_b = null_a - differences
    hit_a, hit_b = a[:, None] == 1, b[:, None] == 1
    ratio = np.where(hit_a, guess_a / null_a, (1 - guess_a) / (1 - null_a))
    ratio = ratio * np.where(hit_b, guess_b / null_b, (1 - guess_b) / (1 - null_b))
    logs: Floats = np.cumsum(np.log(ratio), axis=0)
    return logs


def _nearest(guess_a: Floats, guess_b: Floats, differences: Floats) -> Floats:
    """The first arm's rate in the pair with a given difference that is nearest to the guess (Kullback-Leibler).

    It is where (p - t) / (t (1 - t)), added over the arms, crosses 0; this sum falls in t. There the e-value of a
    pair of rates with the same difference u further on is 1 - (u c)^2 <= 1, c one arm's share in the sum.
    """
    low = np.broadcast_to(np.maximum(0.0, differences), (guess_a.size, differences.size)).copy()
    high = np.broadcast_to(np.minimum(1.0, 1.0 + differences), low.shape).copy()
    for _ in range(45):
        t = (low + high) / 2
        s = t - differences
        over = (guess_a - t) * (s * (1 - s)) + (guess_b - s) * (t * (1 - t)) < 0
        high, low = np.where(over, t, high), np.where(over, low, t)
    nearest: Floats = (low + high) / 2
    return nearest
