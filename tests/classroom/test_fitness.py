"""What is not put before a class."""

import pytest

from genai.classroom.deck.passages import PASSAGES, cutter, real_passages
from genai.classroom.fitness import is_fit


@pytest.mark.parametrize("passage", ["Thou WHORESON dog", "an ancient hag", "携妓上高楼"])
def test_an_unfit_word_is_found_whatever_its_case(passage):
    assert not is_fit(passage)


def test_other_words_are_fit():
    assert is_fit("Shall I compare thee to a shagreen?")


@pytest.mark.parametrize("name", PASSAGES)
def test_no_shipped_passage_is_unfit(name):
    assert all(is_fit(passage) for passage in real_passages(name))


def test_a_generated_text_loses_its_unfit_passages():
    fit = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"
    unfit = fit.replace("明月光", "携妓人")
    assert list(cutter("tang")(f"{unfit}\n{fit}\n")) == [fit]
