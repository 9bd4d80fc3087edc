"""Numbers from requests are in their ranges, or a sentence says what is allowed."""

import pytest

from genai.errors import ConfigError
from genai.validation import check_list_length, check_range


@pytest.mark.parametrize(("value", "whole"), [(2, True), (5, True), (2.0, False), (4.9, False), (5, False)])
def test_values_in_the_range_pass(value, whole):
    check_range("Frames", value, 2, 5, whole=whole)


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (1, True),
        (6, True),
        (2.0, True),
        (True, False),
        ("3", True),
        (None, False),
        (float("nan"), False),
        ([3], True),
    ],
)
def test_other_values_are_refused_with_the_range(value, whole):
    kind = "a whole number" if whole else "a number"
    with pytest.raises(ConfigError) as raised:
        check_range("Frames", value, 2, 5, whole=whole)
    assert str(raised.value) == f"Frames {value!r} cannot be used: it must be {kind} from 2 to 5."


def test_the_length_of_a_list_is_checked_and_other_types_are_refused():
    check_list_length("Seeds", [1, 2], 2, 3)
    for wrong in ([1], [1, 2, 3, 4], 2, "ab", None):
        with pytest.raises(ConfigError, match=r"Seeds .* from 2 to 3"):
            check_list_length("Seeds", wrong, 2, 3)
