"""Looking into the networks of a training's moments."""

import base64
import io
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from genai import audio, image, text
from genai.audio.page.renderer import RENDERER as SOUNDS
from genai.audio.training import sample_requests as sound_requests
from genai.image.page.renderer import RENDERER as PICTURES
from genai.image.training import sample_requests as picture_requests
from genai.learn.runs.kept import KeptModels
from genai.learn.train.look import ItemLooks, TextLooks, first_place
from tests.learn.runs.conftest import wait_for


def trained(ask, modality, steps=5):
    answer = ask("start", modality=modality, data="x", minutes=1, settings={"steps": steps})
    state = wait_for(ask.runs, answer["id"])
    assert state["phase"] == "done", state["sentence"]
    assert state["looks"] == state["moments"] == [step for step in (1, 2, 5) if step <= steps]
    return answer["id"]


@torch.inference_mode()
def test_the_strip_of_a_text_says_what_the_network_of_that_moment_computed(ask):
    name = trained(ask, "text")
    models = KeptModels(ask.runs, "text", text.load, "cpu")
    looks = TextLooks(ask.runs, models)
    answer = looks.strip({"model": f"{name}/2", "place": 20})
    model = text.load(str(ask.runs.get(name).files.models()[2]), device="cpu")
    assert answer["text"] == ask("moment", id=name, step=2)["moment"]["text"]
    tokens = model.vocabulary.encode(model.lead_in + answer["text"][:20])
    logits, _ = model.network(tokens[None])
    chances = logits[0, -1].softmax(0)
    for choice in answer["strip"]["choices"]:
        index = model.vocabulary.characters.index(choice["character"])
        assert choice["odds"] == pytest.approx(chances[index].item(), abs=1e-5)
    [chosen] = [choice for choice in answer["strip"]["choices"] if choice["chosen"]]
    assert chosen["character"] == answer["text"][20]
    later = looks.strip({"model": f"{name}/5", "place": 20})
    assert later["strip"]["choices"] != answer["strip"]["choices"]
    for model_name in (f"{name}/3", f"{name}/x", f"{name}", None, f"{name}/²"):
        sentence = looks.strip({"model": model_name})["sentence"]["en"]
        assert ("not here any more" if model_name is None else "was not kept") in sentence
    assert "Place" in looks.strip({"model": f"{name}/2", "place": 4000})["sentence"]["en"]


def test_the_first_character_that_is_shown_is_no_blank():
    assert first_place("x" * 16 + "  y") == 18
    assert first_place("short") == 4


def test_a_picture_is_the_one_of_the_sample_and_its_inside_is_that_of_the_moment(ask):
    name = trained(ask, "image")
    looks = ItemLooks(KeptModels(ask.runs, "image", image.load, "cpu"), PICTURES, picture_requests)
    answer = looks.item({"model": f"{name}/2", "place": 13})
    assert (answer["number"], answer["seed"]) == (1, 3)
    with Image.open(ask.runs.get(name).files.samples()[2]) as grid:
        wall = np.asarray(grid.convert("L"), np.float64)
    made = Image.open(io.BytesIO(base64.b64decode(answer["rendering"]["picture"].partition(",")[2]))).convert("L")
    side = made.width
    assert np.abs(np.asarray(made, np.float64) - wall[side : 2 * side, 3 * side : 4 * side]).max() <= 2
    about = {"model": f"{name}/2", "label": 1, "seed": 3, "truncation": 1}
    strip, inside = [question(about) for question in looks.others[:2]]
    assert strip["score"]["logit"] == pytest.approx(inside["score"]["logit"], abs=1e-4)
    assert inside["missing"]  # no index of own data
    assert inside["judged"]
    assert "was not kept" in looks.item({"model": f"{name}/4", "place": 0})["sentence"]["en"]


def test_a_sound_is_looked_into(ask):
    name = trained(ask, "audio", steps=1)
    looks = ItemLooks(KeptModels(ask.runs, "audio", audio.load, "cpu"), SOUNDS, sound_requests)
    answer = looks.item({"model": f"{name}/1", "place": 2})
    assert answer["seed"] == 2
    assert answer["rendering"]["sound"].startswith("data:audio/wav")
    inside = looks.others[1]({"model": f"{name}/1", "label": answer["number"], "seed": 2, "truncation": 1})
    assert inside["judged"]


@pytest.mark.parametrize(
    ("labels", "expected"), [(0, [None] * 4), (1, [0] * 4), (3, [0, 1, 2, 0]), (12, [*range(10)])]
)
def test_a_sample_of_sounds_has_at_least_four_and_at_most_one_of_ten_labels(labels, expected):
    requests = sound_requests(SimpleNamespace(labels=range(labels)))
    assert [request.label for request in requests] == expected
    assert len({request.seed for request in requests}) == len(expected)
