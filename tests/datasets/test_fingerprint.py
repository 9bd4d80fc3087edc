import pytest
import torch

from genai.datasets.card import DataCard
from genai.datasets.fingerprint import fingerprint
from genai.image.data import Pictures
from genai.labels import Labels
from genai.text.data import Corpus

CARD = DataCard("x", {"en": "x", "zh-CN": "x"}, "not stated", "own data", "x")


def test_equal_parts_have_the_same_fingerprint():
    assert fingerprint("a", torch.arange(3)) == fingerprint("a", torch.arange(3))


def test_different_parts_have_different_fingerprints():
    cases = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc",),
        ("ab", "C"),
        (torch.zeros(2, 3),),
        (torch.zeros(3, 2),),
        (torch.zeros(2, 3, dtype=torch.int32),),
        (torch.zeros(2, 3), torch.zeros(0)),
    ]
    assert len({fingerprint(*parts) for parts in cases}) == len(cases)


def pictures(**changes):
    names = changes.pop("names", ("cat", "dog"))
    fields = {
        "train": torch.zeros(4, 1, 2, 2, dtype=torch.uint8),
        "train_labels": torch.tensor([0, 0, 1, 1]),
        "test": torch.zeros(2, 1, 2, 2, dtype=torch.uint8),
        "test_labels": torch.tensor([0, 1]),
    }
    labels = Labels(tuple({"en": name, "zh-CN": name} for name in names))
    return Pictures(**{**fields, **changes}, labels=labels, card=CARD, train_ids=["a", "b", "c", "d"])


@pytest.mark.parametrize(
    "changes",
    [
        {"train": torch.ones(4, 1, 2, 2, dtype=torch.uint8)},
        {"train": torch.zeros(4, 3, 2, 2, dtype=torch.uint8)},
        {"train_labels": torch.tensor([0, 1, 1, 1])},
        {"test": torch.ones(2, 1, 2, 2, dtype=torch.uint8)},
        {"names": ("cat", "dog", "bird")},
        {"names": ("dog", "cat")},
    ],
)
def test_whatever_changes_in_pictures_changes_their_fingerprint(changes):
    assert pictures().fingerprint == pictures().fingerprint
    assert pictures(**changes).fingerprint != pictures().fingerprint


def test_a_letter_changes_the_fingerprint_of_a_text():
    assert Corpus("abc", "d", "e", CARD).fingerprint == Corpus("abc", "d", "e", CARD).fingerprint
    assert Corpus("abx", "d", "e", CARD).fingerprint != Corpus("abc", "d", "e", CARD).fingerprint
    assert Corpus("ab", "cd", "e", CARD).fingerprint != Corpus("abc", "d", "e", CARD).fingerprint
