"""Making the runs that are compared."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from genai.image import data
from genai.image.sources.cards import CARDS, CLOTHES
from genai.image.training import ImageTrainingConfig
from genai.learn.improve import make, record
from genai.learn.improve.experiments import EXPERIMENTS, PAIRS, Experiment
from genai.training.config import settings
from genai.training.journal import Journal


@pytest.fixture
def pictures(monkeypatch):
    """Random pictures in place of the data set; eighty of ten classes."""
    rng = torch.Generator().manual_seed(0)
    items = torch.randint(256, (90, 1, 32, 32), generator=rng, dtype=torch.uint8)
    labels = torch.arange(90) % 10
    made = data.Pictures(
        items[:80], labels[:80], items[80:], labels[80:], CLOTHES, CARDS["fashion"], [str(n) for n in range(80)]
    )
    monkeypatch.setattr(data, "load", lambda *_: made)
    return made


@pytest.fixture
def tiny(monkeypatch):
    config = ImageTrainingConfig(
        steps=20, batch_size=4, generator_filters=2, discriminator_filters=2, latent_size=4, precision="no",
        device="cpu", threads=1
    )  # fmt: skip
    monkeypatch.setitem(EXPERIMENTS, "tiny", Experiment(config, pictures=30))
    monkeypatch.setattr(
        make, "measure_pictures", lambda _: {name: {"value": 1.0, "n": 5} for name in make.SHOWN["image"]}
    )


def test_a_run_is_made_and_its_record_says_what_happened(tmp_path, pictures, tiny):
    path = make.train("tiny", tmp_path)
    first = json.loads((tmp_path / "tiny/cost.json").read_text())["minutes"]
    assert first > 0
    make.train("tiny", tmp_path)  # it is complete: only the time of looking is added
    assert json.loads((tmp_path / "tiny/cost.json").read_text())["minutes"] > first
    make.write("tiny", tmp_path, tmp_path / "pairs")
    kept = record.read("tiny", tmp_path / "pairs")
    logged = [json.loads(line) for line in (path.parent / "metrics.jsonl").read_text().splitlines()]
    assert (kept.modality, kept.items, kept.steps) == ("image", 30, 20)
    assert kept.curve["generator"] == [float(f"{line['generator']:.4g}") for line in logged]
    assert [entry["step"] for entry in kept.history] == [20]
    assert "minutes" not in {*kept.curve, *kept.history[0]}
    assert kept.settings["batch_size"] == 4
    with Image.open(make.io.BytesIO(kept.contents["history"])) as strip:
        assert strip.size == (10 * 32, make.SEEDS * 32)


def test_only_the_first_pictures_are_learnt(tmp_path, pictures, tiny, monkeypatch):
    seen = {}

    def look(trainer, subset, *_):
        seen["items"] = subset.train
        return tmp_path

    monkeypatch.setattr(make.gan, "train", look)
    make.train("tiny", tmp_path)
    assert torch.equal(seen["items"], pictures.train[:30])


def test_the_strip_has_a_column_for_each_class_and_a_row_for_each_seed(tmp_path):
    grid = np.zeros((3 * 8, 10 * 8), np.uint8)  # three classes, ten seeds
    for row in range(3):
        for column in range(10):
            grid[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8] = 60 * row + 15 * column
    journal = Journal(tmp_path, {})
    journal.log(step=1, minutes=0.0, loss=1.0)
    Image.fromarray(grid).save(journal.sample_path(20, ".png"))
    with Image.open(make.io.BytesIO(make.picture_strip(journal, 3))) as strip:
        pixels = np.asarray(strip.convert("L")).astype(int)
    assert pixels.shape == (make.SEEDS * 8, 3 * 8)
    for seed in range(make.SEEDS):
        for label in range(3):
            tile = pixels[seed * 8 + 2 : seed * 8 + 6, label * 8 + 2 : label * 8 + 6]
            assert abs(tile.mean() - (60 * label + 15 * seed)) < 8


@pytest.mark.parametrize("name", PAIRS)
def test_the_runs_of_a_pair_have_the_same_seed_and_differ_in_what_they_say(name):
    allowed = {
        "algorithm": {"loss", "r1", "r2", "normalisation", "layout", "steps"},  # as many as the time allows
        "data": set(),  # in the number of pictures, which is no setting
        "slow": {"learning_rate"},
        "fast": {"learning_rate"},
        "text": {"characters"},
    }[name]
    before, after = EXPERIMENTS[PAIRS[name].before], EXPERIMENTS[PAIRS[name].after]
    first, second = settings(before.config), settings(after.config)
    assert {key for key in first if first[key] != second[key]} == allowed
    assert (before.pictures != after.pictures) == (name == "data")


def test_a_missing_record_is_named(tmp_path):
    with pytest.raises(record.CheckpointError, match=r"absent\.json"):
        record.read("absent", tmp_path)
