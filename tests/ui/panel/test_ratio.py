"""The stops of a slider by ratio."""

import itertools

import pytest

from genai.ui.panel.ratio import steps


@pytest.mark.parametrize("high", [11, 50, 1000, 5000])
def test_each_stop_is_about_half_as_much_again(high):
    values = steps(high)
    assert (values[0], values[-1]) == (10, high)
    ratios = [after / before for before, after in itertools.pairwise(values)]
    assert all(1 < ratio <= 2 for ratio in ratios)
    assert len(values) < 25
