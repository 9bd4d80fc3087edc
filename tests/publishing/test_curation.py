"""The curated fields of a model, in its header and on its card."""

import json

import pytest
import torch

from genai import checkpoint
from genai.errors import ConfigError
from genai.image.training import ImageTrainingConfig, train
from genai.publishing.curation import BEGIN, END, curate, main, read
from genai.publishing.model_card import card, command

CURATED = {
    "openings": [{"seed": 7}],
    "limits": {"en": "Draws dots | only.", "zh-CN": "只会画点。"},
    "not_for": {"en": "Maps.", "zh-CN": "地图。"},
    "weights_licence": "MIT",
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from PIL import Image

    folder = tmp_path_factory.mktemp("dots")
    for n in range(80):
        Image.new("L", (32, 32), n).save(folder / f"{n}.png")
    config = ImageTrainingConfig(
        data=str(folder), steps=2, batch_size=8, generator_filters=4, discriminator_filters=4, device="cpu",
        folder=folder / "runs", normalisation="batch",
    )  # fmt: skip
    return train(config)


@pytest.fixture
def folder(trained, tmp_path):
    (tmp_path / "image").mkdir()
    (tmp_path / "image/dots.safetensors").write_bytes(trained.read_bytes())
    (tmp_path / "curated.json").write_text(json.dumps({"image/dots": CURATED}), "utf-8")
    (tmp_path / "README.md").write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n", "utf-8")
    return tmp_path


def test_the_curated_fields_are_written_into_the_header_and_nothing_else_changes(folder):
    path = folder / "image/dots.safetensors"
    before, weights = checkpoint.load(path, "image")
    assert curate(folder) == [path]
    after, same = checkpoint.load(path, "image")
    assert {key: getattr(after, key) for key in CURATED} == CURATED
    assert (after.training, after.curve, after.history) == (before.training, before.curve, before.history)
    assert all(torch.equal(weights[name], same[name]) for name in weights)
    assert curate(folder) == []  # nothing to do the second time


def test_the_cards_stand_in_the_readme_between_the_marks(folder):
    main(folder)
    readme = (folder / "README.md").read_text("utf-8")
    assert readme.startswith(f"Before.\n{BEGIN}\n")
    assert readme.endswith(f"{END}\nAfter.\n")
    assert "old" not in readme
    assert card(folder / "image/dots.safetensors", "image/dots") in readme
    assert "Draws dots \\| only.<br>只会画点。" in readme
    main(folder)
    assert (folder / "README.md").read_text("utf-8") == readme


def test_a_card_names_weights_and_a_command_that_trains_the_same(folder):
    path = folder / "image/dots.safetensors"
    header = checkpoint.read_header(path)
    sizes = {
        name: tensor.numel() for name, tensor in checkpoint.load(path, "image")[1].items() if "num_b" not in name
    }
    weights = sum(n for name, n in sizes.items() if name.startswith("network.") and "running" not in name)
    assert f"generator {weights:,};" in card(path, "image/dots")
    words = command(header).split()
    assert words[:3] == ["python", "-m", "genai.image.training"]
    flags = dict(zip(words[4::2], words[5::2], strict=True))
    assert flags == {
        "--steps": "2", "--batch-size": "8", "--generator-filters": "4", "--discriminator-filters": "4",
        "--precision": header.training["settings"]["precision"], "--normalisation": "batch",
    }  # fmt: skip


def test_a_card_names_the_accelerator_that_a_model_was_trained_on(folder):
    path = folder / "image/dots.safetensors"
    training = checkpoint.read_header(path).training
    assert f"; {training['machine']}, torch" in card(path, "image/dots")
    checkpoint.update_header(path, training={**training, "device": "cuda"})
    assert f"; cuda, {training['machine']}, torch" in card(path, "image/dots")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"image/dots": 7}', '{"image/dots": {"colour": "red"}}', '{"image/dots": {"openings": 7}}']
)
def test_a_field_that_headers_lack_is_refused(folder, text):
    (folder / "curated.json").write_text(text)
    with pytest.raises(ConfigError, match="possible are title, openings, limits"):
        read(folder)


def test_a_readme_without_marks_is_left_alone(folder):
    (folder / "README.md").write_text("mine")
    with pytest.raises(ConfigError, match="lacks the marks"):
        main(folder)
    assert (folder / "README.md").read_text() == "mine"
