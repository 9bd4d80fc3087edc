"""Characters and their numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai.errors import ConfigError
from genai.text.vocabulary import Vocabulary


@given(st.text(min_size=1))
def test_decode_undoes_encode(text):
    vocabulary = Vocabulary.of(text)
    numbers = vocabulary.encode(text)
    assert vocabulary.decode(numbers) == text
    assert numbers.max() < len(vocabulary)


def test_numbers_follow_the_code_points():
    assert Vocabulary.of("banana").characters == "abn"
    assert Vocabulary.of("banana").encode("nab").tolist() == [2, 0, 1]


def test_an_unknown_character_is_named_with_the_known_ones():
    with pytest.raises(ConfigError) as caught:
        Vocabulary.of("abc").encode("a中b€中")
    assert "'中' '€'" in str(caught.value)
    assert "abc" in str(caught.value)


def test_a_large_vocabulary_is_not_listed_whole():
    vocabulary = Vocabulary("".join(map(chr, range(0x4E00, 0x4E00 + 3000))))
    with pytest.raises(ConfigError) as caught:
        vocabulary.encode("x")
    assert len(str(caught.value)) < 400
    assert "3000 characters" in str(caught.value)
