"""Where two networks differ most, on a text whose surprises are set by hand."""

import pytest
import torch

from genai.text.page.differences import KINDS, differences, kinds_of

TEXT = "ROMEO:\nO, I (say)"
LETTERS = {
    "c": "capitals", "w": "word_start", "r": "word_rest", "h": "han", "y": "rhyme", "n": "line_break",
    "b": "bracket", "p": "punctuation", "s": "space",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (TEXT, "cccccpnwpswsbwrrb"),
        ("it's 42\t", "wrpwswrs"),
        ("床前明月光，\n疑是地上霜。", "hhhhhpnhhhhyp"),
        ("", ""),
    ],
)
def test_each_character_has_a_kind(text, kinds):
    assert kinds_of(text) == [LETTERS[letter] for letter in kinds]
    assert set(LETTERS.values()) == set(KINDS)


def test_places_are_sorted_by_how_much_more_each_network_was_surprised():
    first = torch.tensor([1.0, 5.0, 2.0, 0.5, 3.0])
    second = torch.tensor([2.0, 1.0, 0.5, 0.5, 6.0])
    assert differences("abcde", first, second).most == [[1, 2], [4, 0]]


def test_at_most_twelve_places_are_listed():
    found = differences("a" * 40, torch.arange(40.0), torch.zeros(40))
    assert found.most == [list(range(39, 27, -1)), []]


def test_kinds_are_counted_in_both_directions_and_those_that_differ_most_come_first():
    first = torch.tensor([0.0, 3.0, 4.0, 1.0, 2.0, 2.0])
    second = torch.tensor([1.0, 1.0, 0.0, 1.5, 9.0, 2.0])
    kinds = differences("AB cd\n", first, second).kinds
    assert [answer["kind"] for answer in kinds] == ["word_rest", "space", "capitals", "word_start", "line_break"]
    assert kinds[2] == {"kind": "capitals", "count": 2, "means": [1.5, 1.0], "more": [1, 1]}
    assert kinds[0] == {"kind": "word_rest", "count": 1, "means": [2.0, 9.0], "more": [0, 1]}
    assert kinds[3]["more"] == [0, 0]  # half a nat is not clear
    assert sum(answer["count"] for answer in kinds) == 6
