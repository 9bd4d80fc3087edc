import pytest

from genai import checkpoint
from genai.classroom import passages
from genai.classroom.passages import LATIN_KEYS, NAMES, make, to_json
from genai.datasets.card import DataCard
from genai.errors import ConfigError
from genai.text.data import Corpus
from genai.text.indexing import load as load_index

VERSE = "The quick brown fox will jump over a lazy dog again\n"
POEMS = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n"


def corpus(name: str, training: str, held_out: str) -> Corpus:
    return Corpus(training, "", held_out, DataCard(name, {"en": name, "zh-CN": name}, "public domain", "-", "-"))


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_among_its_keys(name):
    shipped = passages.load(name)
    for passage in shipped.passages:
        assert [letter.place for letter in passage.letters] == sorted({one.place for one in passage.letters})
        for letter in passage.letters:
            assert passage.key_of(letter) in letter.keys
            assert len(letter.trigram) == len(set(letter.keys)) == (8 if shipped.chosen else 28)
            assert sum(letter.trigram) == pytest.approx(1, abs=1e-4)
            assert min(letter.trigram) > 0


@pytest.mark.parametrize("name", NAMES)
def test_no_part_of_a_passage_is_in_the_training_text(name):
    index = load_index(name, checkpoint.SHIPPED / "indexes")
    for passage in passages.load(name).passages:
        assert index.longest_copy(passage.text).length == 0


def test_a_choice_is_in_the_order_of_code_points_and_has_no_marks():
    for passage in passages.load("tang").passages:
        for letter in passage.letters:
            assert letter.keys == "".join(sorted(letter.keys))
            assert not set(letter.keys) & set("，。\n")


@pytest.mark.parametrize("name", ["python", "", None, "../tang"])
def test_a_text_without_passages(name):
    with pytest.raises(ConfigError, match="no passages to guess"):
        passages.load(name)


@pytest.mark.parametrize(
    ("character", "key"), [("a", "a"), ("Q", "q"), (" ", " "), ("\n", "."), ("'", "."), ("3", "."), ("é", ".")]
)
def test_the_key_of_a_character_of_latin_text(character, key):
    assert passages.key_of(character, LATIN_KEYS) == key


def test_a_latin_passage_is_made_of_lines_and_sums_the_odds_of_a_key():
    held_out = VERSE.replace("quick", "timid") + VERSE.replace("fox", "owl") + VERSE.replace("jump", "fly") + VERSE
    [passage] = make.Maker(corpus("tiny", "abc ABC\n" * 400, held_out.upper())).latin().passages
    assert passage.text == held_out.upper().rstrip("\n")
    assert len(passage.letters) == make.LETTERS
    assert all(sum(letter.trigram) == pytest.approx(1, abs=1e-4) for letter in passage.letters)


def test_passages_that_stand_in_the_training_text_are_left_out():
    poems = POEMS + "".join(chr(ord("一") + number) for number in range(500))
    assert make.Maker(corpus("tiny", poems, POEMS)).chinese().passages == []


def test_a_chinese_passage_asks_for_the_second_half_with_a_choice_of_eight():
    others = "".join(chr(ord("一") + number) for number in range(500))
    [passage] = make.Maker(corpus("tiny", others, POEMS)).chinese().passages
    assert "".join(passage.text[letter.place] for letter in passage.letters) == "欲穷千里目更上一层楼"
    assert all(len(set(letter.keys)) == 8 for letter in passage.letters)


def test_one_seed_draws_the_same_passages():
    others = "".join(chr(ord("一") + number) for number in range(500))
    texts = corpus("tiny", others, POEMS)
    assert to_json(make.Maker(texts, seed=1).chinese()) == to_json(make.Maker(texts, seed=1).chinese())
    assert to_json(make.Maker(texts, seed=1).chinese()) != to_json(make.Maker(texts, seed=2).chinese())
