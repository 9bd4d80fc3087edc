"""Settings that cannot be: each is a sentence that names its flag, and no training begins."""

from dataclasses import fields

import pytest

from genai.audio.training import AudioTrainingConfig
from genai.errors import ConfigError, DataError
from genai.image.training import ImageTrainingConfig
from genai.text import training as text_training
from genai.text.recipes.lstm import TrainingConfig
from genai.training.config import RunConfig
from genai.training.journal import Journal

CONFIGS = (TrainingConfig, ImageTrainingConfig, AudioTrainingConfig)
CHECKED_LATER = {"seed", "samples", "sample_rate", "size", "windows"}  # where the seed or the data is used
WRONG = {int: [-1], float: [-1.0, float("nan"), float("inf")]}
SETTINGS = [
    (config, field.name, value)
    for config in CONFIGS
    for field in fields(config)
    for kind in (int, float)
    for value in (WRONG[kind] if field.type in (kind, kind | None) and field.name not in CHECKED_LATER else [])
]


@pytest.mark.parametrize(("config", "name", "value"), SETTINGS, ids=lambda value: getattr(value, "__name__", value))
def test_no_number_is_negative_or_infinite(config, name, value):
    with pytest.raises(ConfigError, match=f"--{name.replace('_', '-')} {value}"):
        config(**{name: value})


@pytest.mark.parametrize("fft", [0, 32, 100, 1024])
def test_a_frame_that_the_layers_cannot_make(fft):
    with pytest.raises(ConfigError, match=f"--fft {fft} is not possible: it must be one of 64, 128, 256, 512"):
        AudioTrainingConfig(fft=fft)
    assert AudioTrainingConfig(fft=1024, samples=16384).fft == 1024


@pytest.mark.parametrize("name", ["minutes", "threads", "steps"])
def test_0_of_these_is_nothing_to_train_with(name):
    with pytest.raises(ConfigError, match=f"--{name} 0 is not possible"):
        RunConfig(**{name: 0})


def test_no_warm_up(tmp_path):
    book = tmp_path / "rhyme.txt"
    book.write_text("the cat sat on the mat, and the dog ate the hat.\n" * 400, encoding="utf-8")
    config = TrainingConfig(data=str(book), steps=1, warmup_steps=0, hidden_size=4, batch_size=2, window=8,
                            device="cpu", precision="no", folder=tmp_path)  # fmt: skip
    assert text_training.train(config).exists()


def test_a_folder_of_runs_that_cannot_be_made(tmp_path):
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(DataError, match=r"runs.x cannot be made \(.*\): name another one with --folder"):
        Journal(tmp_path / "runs" / "x", {})
