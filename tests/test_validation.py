"""Numbers from outside are in their range, or a sentence says what is."""

import pytest

from genai.errors import ConfigError
from genai.validation import check_list_length, check_range


@pytest.mark.parametrize(("value", "whole"), [(2, True), (5, True), (2.0, False), (4.9, False), (5, False)])
def test_what_is_in_the_range_passes(value, whole):
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
def test_what_is_not_is_told_with_the_range(value, whole):
    kind = "a whole number" if whole else "a number"
    with pytest.raises(ConfigError) as told:
        check_range("Frames", value, 2, 5, whole=whole)
    assert str(told.value) == f"Frames {value!r} cannot be used: it must be {kind} from 2 to 5."


def test_a_list_is_counted_and_a_number_is_no_list():
    check_list_length("Seeds", [1, 2], 2, 3)
    for wrong in ([1], [1, 2, 3, 4], 2, "ab", None):
        with pytest.raises(ConfigError, match=r"Seeds .* from 2 to 3"):
            check_list_length("Seeds", wrong, 2, 3)
