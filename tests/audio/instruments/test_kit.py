"""Kits: the sounds that instruments play."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from genai import audio
from genai.audio.instruments.kit import FULL_SCALE, KitItem, make_kit, to_int16
from genai.audio.instruments.suits import digit_of, key_of, suited
from genai.audio.page.instruments import PICTURE_FRAMES, Instruments
from genai.audio.sampling import AudioRequest, generate
from genai.audio.sources import notes
from genai.labels import Labels
from genai.latent.walk import WalkRequest
from genai.serving.models import Registry
from genai.ui.views.drawing import spectrogram_picture
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("audio", audio.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


def read(answer):
    samples = np.frombuffer(base64.b64decode(answer["sounds"]), "<i2")
    return samples.reshape(-1, answer["samples"])


def test_a_sound_has_the_same_bits_alone_and_in_a_kit_of_48(registry):
    questions = Instruments(registry)
    items = [{"seed": n, "label": n % 10, "to": None, "at": None} for n in range(48)]
    kit = read(questions.kit({"checkpoint": "digits", "items": items}))
    for place in (0, 17, 47):
        alone = read(questions.kit({"checkpoint": "digits", "items": [items[place]]}))
        assert np.array_equal(kit[place], alone[0])


def test_a_sound_is_that_of_its_seed_in_the_class_that_the_seed_chose(registry):
    answer = Instruments(registry).kit({"checkpoint": "digits", "items": [{"seed": 5}, {"seed": 6, "label": 3}]})
    [first, second] = generate(registry.get("digits"), [AudioRequest(None, 5), AudioRequest(3, 6)])
    assert answer["classes"] == [first.label, 3]
    assert answer["rate"] == 8000
    expected = to_int16(torch.stack([first.waveform, second.waveform])).numpy()
    assert np.abs(read(answer).astype(int) - expected).max() <= 1


def test_pictures_are_drawn_where_they_are_asked_for(registry):
    questions = Instruments(registry)
    items = [{"seed": n} for n in range(12)]
    answer = questions.kit({"checkpoint": "digits", "items": items, "pictures": True})
    assert "pictures" not in questions.kit({"checkpoint": "digits", "items": items[:1]})
    alone = questions.kit({"checkpoint": "digits", "items": items[7:8], "pictures": True})
    assert answer["pictures"][7] == alone["pictures"][0]
    assert len(set(answer["pictures"])) == 12
    url = answer["pictures"][0].partition(",")[2]
    picture = Image.open(io.BytesIO(base64.b64decode(url)))
    wave = read(answer)[0] / FULL_SCALE
    assert np.array_equal(picture, spectrogram_picture(wave.astype(np.float32), answer["rate"], PICTURE_FRAMES))


def test_an_item_between_two_seeds_lies_on_their_arc(registry):
    model = registry.get("digits")
    path, label = WalkRequest([3, 8], frames=5, label=7, loop=False).latents(model.latent_size, model.labels)
    for n, z in enumerate(path):
        item, chosen = KitItem(3, 7, 8, n / 4).latent(model.latent_size, model.labels)
        torch.testing.assert_close(item, z)
        assert chosen == label
    both = {"variant": "Ann"}
    items = [KitItem(3, 7, 8, 0.0, **both), KitItem(3, 7, **both), KitItem(8, 7, 3, 1.0, **both)]
    ends = make_kit(model, items).sounds
    assert torch.equal(ends[0], ends[1])
    assert torch.equal(ends[2], ends[0])


def test_a_kit_is_played_by_the_variant_asked_for(registry):
    model = registry.get("digits")
    kit = make_kit(model, [KitItem(5, 3, variant=who) for who in (0, 1)])
    alone = generate(model, [AudioRequest(3, 5, variant=who) for who in (0, 1)])
    expected = to_int16(torch.stack([result.waveform for result in alone]))
    assert (kit.sounds.int() - expected).abs().max() <= 1
    assert not torch.equal(*kit.sounds)
    assert kit.classes == [3, 3]


@pytest.mark.parametrize(
    "items",
    [
        None,
        [],
        [{"seed": 1}] * 65,
        [{"seed": -1}],
        [{"seed": 1, "at": 2}],
        [{"seed": 1, "to": "x"}],
        [{"label": 99}],
        [{"variant": "Cal"}],
    ],
)
def test_a_kit_that_cannot_be_is_answered_by_a_sentence(registry, items):
    answer = Instruments(registry).kit({"checkpoint": "digits", "items": items})
    assert {"en", "zh-CN"} == answer["sentence"].keys()


def test_an_item_that_is_no_object_is_the_first_seed(registry):
    questions = Instruments(registry)
    [odd] = read(questions.kit({"checkpoint": "digits", "items": [7]}))
    [plain] = read(questions.kit({"checkpoint": "digits", "items": [{}]}))
    assert np.array_equal(odd, plain)


def labels(*names):
    return Labels(tuple({"en": name, "zh-CN": name} for name in names))


def test_instruments_suit_a_model_by_its_labels():
    assert suited(labels()) == ["grid", "compare"]
    assert suited(notes.LABELS) == ["grid", "keys", "compare"]
    assert suited(labels("Kick", "snare", "my voice")) == ["grid", "drums", "compare"]
    assert suited(labels(*"0123456789")) == ["grid", "number", "compare"]
    assert suited(labels(*"012345678")) == ["grid", "compare"]
    assert suited(Labels(({"en": "a", "zh-CN": "底鼓"}, {"en": "b", "zh-CN": "军鼓"}))) == [
        "grid",
        "drums",
        "compare",
    ]


def test_names_of_classes_are_read_as_keys_and_digits():
    assert [key_of(notes.name_of(key)) for key in notes.KEYS] == list(notes.KEYS)
    assert (key_of("A4"), key_of("Bb-1"), key_of("H4"), key_of("4")) == (69, 10, None, None)
    assert (digit_of("7"), digit_of("Seven"), digit_of("12"), digit_of("²")) == (7, 7, None, None)


def test_the_page_is_told_the_classes_of_a_model(registry):
    answer = Instruments(registry).instruments({"checkpoint": "digits"})
    assert answer["digits"] == list(range(10))
    assert answer["keys"] == [None] * 10
    assert answer["classes"][7] == {"en": "7", "zh-CN": "7"}
    assert "sentence" in Instruments(registry).instruments({"checkpoint": "none"})
