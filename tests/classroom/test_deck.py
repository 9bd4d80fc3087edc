"""Decks: real items out of the shipped indexes, made ones in the same form, passages of texts of one length."""

import numpy as np
import pytest
import torch

from genai import audio, image, text
from genai.classroom.deck import adversarial, texts
from genai.classroom.deck.dealer import Place, deal, players
from genai.classroom.deck.passages import PASSAGES, code_lines, length_of, play_lines, quatrains, real_passages
from genai.classroom.deck.pictures import PictureCodec
from genai.classroom.deck.sounds import SoundCodec
from genai.errors import ConfigError
from genai.image import thumbnails
from genai.text.indexing import PassageIndex
from genai.ui.panel.links import parse_query
from genai.ui.views.inside import load_index
from tests.ui.tiny import save_toured

ROUNDS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_toured(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def source(folder):
    model = audio.load("digits", "cpu", folder)
    codec = SoundCodec("digits", model.network.config.samples, model.sample_rate)
    return adversarial.find_source(model, codec, folder)


@pytest.fixture(scope="module")
def threshold(source):
    return adversarial.fit_threshold(source)


def draw(source, threshold, seed):
    return adversarial.make_deck(source, *threshold, ROUNDS, seed, False)


@pytest.fixture(scope="module")
def deck(source, threshold):
    return draw(source, threshold, 1)


def test_the_threshold_is_fitted_to_equally_many_of_both_kinds(threshold):
    fitted, rows = threshold
    assert (fitted.real, fitted.made) == (adversarial.FITTED, adversarial.FITTED)
    assert len(rows) == adversarial.FITTED
    assert fitted.accuracy >= 0.5


def test_a_deck_follows_from_its_seed_and_has_no_item_twice(source, threshold, deck):
    assert draw(source, threshold, 1) == deck
    assert draw(source, threshold, 2).items != deck.items
    shown = [item.shown["sound"] for item in deck.items]
    assert len(set(shown)) == ROUNDS


def test_a_made_item_is_made_again_by_its_link_and_a_real_one_has_none(source, deck):
    assert all((item.link == "") == item.is_real for item in deck.items)
    made = next(item for item in deck.items if not item.is_real)
    query = parse_query(made.link)
    assert (query["tab"], query["model"], query["truncation"]) == ("audio", "digits", "1")
    again = adversarial.gather_made(source, [int(query["seed"])], [int(query["label"])])
    assert again.scores[0] == pytest.approx(made.score, abs=0.05)  # the codec's state differs a little


def test_the_machine_is_asked_about_what_the_class_hears(deck):
    for item in deck.items:
        assert item.says_real == (item.score > deck.threshold.value)
        assert set(item.shown) == {"picture", "sound"}


def test_real_sounds_come_out_of_the_index_and_made_ones_have_their_form(source):
    real = adversarial.gather_real(source, [5, 9])
    made = adversarial.gather_made(source, [1, 2], real.classes)
    assert real.items.shape == made.items.shape
    assert real.items.dtype == made.items.dtype == torch.float32
    assert not torch.equal(real.items[0], real.items[1])


def test_pictures_are_thumbnails_whether_real_or_made(folder):
    index = load_index("image", "fashion")[1]
    codec = PictureCodec("fashion", 32, 1)
    real = codec.read(index, [100, 7])
    assert np.array_equal(real[1, 0].numpy(), thumbnails.decode(index.files, 32, 7)[..., 0])
    made = codec.recode(index, torch.linspace(-1, 1, 4 * 1024).view(4, 1, 32, 32))
    assert (real.shape[1:], real.dtype) == (made.shape[1:], made.dtype)
    assert codec.to_model(real).abs().max() <= 1
    larger = PictureCodec("calligraphy", 64, 1)  # its thumbnails have half the side
    assert larger.to_model(real).shape == (2, 1, 64, 64)


def test_a_judge_of_other_classes_does_not_name_the_items(folder):
    model = image.load("fashion", "cpu", folder)  # of two classes
    with pytest.raises(ConfigError, match="other classes"):
        adversarial.find_source(model, PictureCodec("fashion", 32, 1), folder)


def test_a_model_without_a_discriminator_does_not_play(folder):
    with pytest.raises(ConfigError, match="no discriminator"):
        deal("image", "characters", 4, 0, False, Place(folder, "cpu"))
    assert "characters" not in [player["name"] for player in players(folder)["image"]]
    assert [player["name"] for player in players(folder)["text"]] == []  # theirs are of no known text


def test_the_shipped_passages_are_as_their_text_is_cut_and_none_is_there_twice():
    for name, cut in PASSAGES.items():
        passages = real_passages(name)
        assert len(passages) == len(set(passages)) == 400
        assert all(list(cut(f"\n{passage}\n")) == [passage] for passage in passages)
    with pytest.raises(ConfigError, match="no real passages"):
        real_passages("emails")


def test_passages_are_whole_lines():
    play = (
        "of a line cut off here at the start of it\nROMEO:\nBut soft, what light through yonder window breaks?\n"
        "It is the east, and Juliet is the sun.\n\nArise, fair sun, and kill the envious moon\nWho is already"
    )
    assert list(play_lines(play)) == [
        "But soft, what light through yonder window breaks?\nIt is the east, and Juliet is the sun."
    ]
    assert list(code_lines("x\n\tfor n in range(9):\n\t\tprint(n)\n\t\tbreak_it()\n# a remark\n")) == [
        "\tfor n in range(9):\n\t\tprint(n)\n\t\tbreak_it()"
    ]
    assert list(quatrains("春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。\n春\n")) == [
        "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
    ]
    assert length_of("春" * 24) != length_of("春" * 32)


def test_a_passage_that_is_copied_is_left_out():
    index = PassageIndex.of("春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。\n" * 3)
    own = "春眠不觉晓，处处闻啼鸟。夜来风雨声，月落知多少。"
    copied = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
    assert list(texts._own(iter([copied, own]), index)) == [own]
    assert list(texts._own(iter([copied]), None)) == [copied]


def test_a_deck_of_poems_sets_real_ones_beside_made_ones_of_one_length(monkeypatch):
    monkeypatch.setattr(texts, "FITTED", 6)
    monkeypatch.setattr(texts, "MADE", 24)
    model = text.load("tang", "cpu")
    threshold, fitted = texts.fit_threshold(model, None)
    deck = texts.make_deck(model, None, threshold, fitted, 4, 1, False)
    used = [real_passages("tang")[row] for row in fitted]
    for item in deck.items:
        passage = item.shown["text"]
        assert (passage in real_passages("tang")) == item.is_real == (item.link == "")
        assert passage not in used
        assert item.says_real == (item.score > threshold.value)
    made = next(item for item in deck.items if not item.is_real)
    assert texts.surprise(model, [made.shown["text"]]) == pytest.approx([made.score])
    again = texts.write(model, [int(parse_query(made.link)["seed"])], None)
    assert again[0].text == made.shown["text"]
