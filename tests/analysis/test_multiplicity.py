import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from peerward.analysis.multiplicity import benjamini_hochberg, holm, least_p, most_tests


@pytest.mark.parametrize("count", [1, 2, 6, 25])
def test_both_procedures_agree_with_statsmodels(count: int) -> None:
    rng = np.random.default_rng(count)
    for power in (1, 4):
        p = np.round(rng.random(count) ** power, 2)
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
        assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_a_test_that_was_not_made_is_not_counted() -> None:
    assert holm([0.01, math.nan, 0.04]).tolist() == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)
    assert benjamini_hochberg([0.01, math.nan, 0.04]).tolist() == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)
    assert np.isnan(holm([math.nan, math.nan])).all()
    assert holm([]).size == 0


@pytest.mark.parametrize("bad", [-0.1, 1.2])
def test_what_is_no_p_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, bad])


def test_variants_carry_so_many_tests() -> None:
    assert [most_tests(least_p(each)) for each in (5, 6, 8, 10, 12)] == [0, 1, 6, 25, 102]
    assert least_p(4, crossed=False) == 2 / 70
    assert least_p(1) == 1.0 and least_p(1, crossed=False) == 1.0
    assert most_tests(0.01) == 5 and most_tests(0.01, 0.1) == 10
    for call in (lambda: least_p(0), lambda: most_tests(0.0), lambda: most_tests(0.1, 1.0)):
        with pytest.raises(ValueError, match=r"variants cannot|no least p"):
            call()
