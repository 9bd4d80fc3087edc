"""How figures are printed and how sure a share is."""

import pytest
from scipy.stats import binomtest

from genai.quality.figures import wilson_interval


@pytest.mark.parametrize(("count", "n"), [(0, 500), (1, 50), (47, 500), (50, 100), (499, 500), (7, 7)])
def test_the_interval_of_a_share_is_that_of_scipy(count, n):
    expected = binomtest(count, n).proportion_ci(0.95, "wilson")
    assert wilson_interval(count, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_an_interval_holds_the_share_and_narrows_with_the_number():
    for count, n in ((0, 20), (3, 20), (20, 20)):
        (low, high), (lower, higher) = wilson_interval(count, n), wilson_interval(100 * count, 100 * n)
        assert 0 <= low <= count / n + 1e-12
        assert count / n - 1e-12 <= high <= 1
        assert 0 < higher - lower < high - low
