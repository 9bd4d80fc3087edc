"""The museum: what its models and the healthy ones generate, and what is said of the difference."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from genai import checkpoint, image
from genai.learn.improve.record import read
from genai.learn.museum.exhibits import EXHIBITS, PICTURES, SOUNDS, Halls
from genai.learn.museum.page import MuseumPart
from genai.serving.models import Registry
from genai.ui.panel.context import Context


@pytest.fixture(scope="module")
def halls():
    return Halls()


def pixels(picture):
    content = base64.b64decode(picture.partition(",")[2])
    with Image.open(io.BytesIO(content)) as opened:
        return np.asarray(opened.convert("L")).astype(float)


def spread(picture):
    """Mean distance between the twelve pictures of a grid of two rows."""
    grid = pixels(picture)
    tiles = grid.reshape(2, 32, PICTURES // 2, 32).transpose(0, 2, 1, 3).reshape(PICTURES, -1)
    return np.mean([np.linalg.norm(a - b) for n, a in enumerate(tiles) for b in tiles[:n]])


def test_the_collapsed_pictures_are_alike_and_the_healthy_ones_are_not(halls):
    failed, healthy = halls.samples("mode-collapse")
    assert spread(failed["picture"]) < 0.2 * spread(healthy["picture"])


def test_a_sample_is_what_the_model_generates_from_that_class_and_seed(halls):
    failed, _ = halls.samples("mode-collapse")
    model = image.load("mode-collapse", "cpu", checkpoint.SHIPPED / "museum")
    (result,) = image.generate(model, [image.ImageRequest("Sneaker", seed=7)])
    expected = (result.image[0].numpy() + 1) * 127.5
    assert np.abs(pixels(failed["picture"])[32:, 32:64] - expected).max() < 2  # the second row, the second column


def test_texts_and_sounds_come_with_the_title_of_their_model(halls):
    recited, _ = halls.samples("recites")
    assert recited["text"].startswith("First Citizen:\n")
    assert recited["title"]["en"].startswith("Museum: recites")
    buzzing, _ = halls.samples("buzzes")
    assert len(buzzing["sounds"]) == SOUNDS
    assert all(wave.startswith("data:audio/wav") for wave, _ in buzzing["sounds"])


def test_the_museum_changes_nothing_that_tabs_share(halls):
    tab = Registry("image", image.load, device="cpu")
    names = list(tab.entries)
    halls.samples("mode-collapse")
    assert list(tab.entries) == names
    assert halls.failed("image").get("mode-collapse") is not tab.get("fashion")
    assert "mode-collapse" not in tab.entries


@pytest.fixture(scope="module")
def part():
    import gradio as gr

    with gr.Blocks():
        return MuseumPart(Context())


def test_the_history_is_the_one_in_the_file_and_the_healthy_one_is_beside_it(part):
    for name, exhibit in EXHIBITS.items():
        answer = part.exhibit({"exhibit": name})
        own, healthy = answer["histories"]
        header = checkpoint.read_header(checkpoint.SHIPPED / f"museum/{exhibit.modality}/{name}.safetensors")
        assert [moment["step"] for moment in own["moments"]] == [entry["step"] for entry in header.history]
        assert own["curve"] == header.curve
        shipped = checkpoint.SHIPPED / exhibit.modality / f"{exhibit.healthy}.safetensors"
        expected = read(exhibit.twin) if exhibit.twin else checkpoint.read_header(shipped)
        assert healthy["curve"] == expected.curve
        assert len(answer["samples"]) == 2


def test_of_the_twin_only_the_cure_was_changed(part):
    label = part._label("mode-collapse")
    cells = [[value["en"] for value in row["values"]] for row in label["changed"]]
    assert cells == [["logistic", "relativistic"], ["0", "0.3"], ["0", "0.3"]]
    assert label["others"] == {}


@pytest.mark.parametrize("name", ["recites", "discriminator-wins", "buzzes"])
def test_what_else_differs_from_the_shipped_model_is_said(part, name):
    exhibit = EXHIBITS[name]
    label = part._label(name)
    paths = (f"museum/{exhibit.modality}/{name}", f"{exhibit.modality}/{exhibit.healthy}")
    own, healthy = (checkpoint.read_header(checkpoint.SHIPPED / f"{path}.safetensors").training for path in paths)
    assert [own["steps"], healthy["steps"]] == [
        int(value["en"].replace(",", "")) for value in label["changed"][-1]["values"]
    ]
    named = label["others"]["en"].rstrip(".").partition(": ")[2].split(", ")
    hidden = {"device", "threads", "save_minutes", "minutes", "steps", "characters", *exhibit.cures}
    pairs = own["settings"].items()
    assert named == [
        key
        for key, value in pairs
        if key in healthy["settings"] and key not in hidden and value != healthy["settings"][key]
    ]


@pytest.mark.parametrize("name", ["fashion", "", None, 4, "../image/fashion"])
def test_an_exhibit_that_does_not_exist_is_named(part, name):
    assert "mode-collapse" in part.exhibit({"exhibit": name})["sentence"]["en"]
