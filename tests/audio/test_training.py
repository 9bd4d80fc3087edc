"""Training a WaveGAN: batches, steps, resuming a run, and the checkpoint."""

import copy
import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from genai import audio
from genai.audio import data
from genai.audio.harmonicity import harmonicity_distance
from genai.audio.training import AudioTrainingConfig, make_trainer, network_config, real_batch, train
from genai.errors import ConfigError
from genai.gan.batch import Batch
from genai.seeds import make_rng
from genai.training.run import Run

ROOT = Path(__file__).resolve().parents[2]
TINY = {"generator_filters": 2, "spectrogram_filters": 4, "batch_size": 4, "device": "cpu", "precision": "no",
        "windows": (512,)}  # fmt: skip
KINDS = [
    {},
    {"feature_matching": 1.0, "classification": 0.5},
    {
        "head": "waveform",
        "waveform_filters": 2,
        "loss": "wasserstein",
        "gradient_penalty": 10.0,
        "r1": 0.0,
        "r2": 0.0,
    },
    {"head": "waveform", "waveform_filters": 2, "windows": (), "loss": "hinge", "r1": 0.0, "r2": 0.0},
    {"loss": "logistic", "r2": 0.0, "windows": (256, 64)},
    {"fft": 512, "overlap": 4, "phase": "increment"},
    {
        "spectrogram": "complex",
        "augment": 1.0,
        "beta2": 0.99,
        "beta2_start": 0.9,
        "periods": (3,),
    },
]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """A folder of two classes: low and high tones that die away."""
    folder = tmp_path_factory.mktemp("sounds") / "tones"
    rng, time = np.random.default_rng(0), np.arange(8192) / 16000
    for n in range(24):
        for name, pitch in (("low", 200), ("high", 2000)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            tone = np.sin(2 * np.pi * pitch * rng.uniform(0.9, 1.1) * time) * np.exp(-8 * time)
            soundfile.write(folder / name / f"{n}.wav", 0.8 * tone, 16000)
    return str(folder)


def _state(folder):
    return torch.load(next(folder.rglob("state.pt")), weights_only=True)


def test_batches_are_shifted_turned_down_and_turned_over(sounds):
    clips = data.load(sounds, 8192, None)
    plain = AudioTrainingConfig(**TINY, shift=0.0, gain_db=0.0)
    batch, labels, *_ = real_batch(clips, plain, 3)
    rows = torch.randint(len(clips.train), (4,), generator=make_rng(0, 1, 3))
    raw = clips.train[rows].float() / 32768
    assert torch.equal(labels, clips.train_labels[rows])
    torch.testing.assert_close(batch.abs(), raw.abs())
    quiet, *_ = real_batch(clips, AudioTrainingConfig(**TINY, shift=0.0, gain_db=6.0), 3)
    ratio = quiet.abs().amax(1) / raw.abs().amax(1)
    assert ((ratio >= 0.5) & (ratio <= 1)).all()
    assert ratio.std() > 0
    moved, *_ = real_batch(clips, AudioTrainingConfig(**TINY, shift=0.01, gain_db=0.0), 3)
    for original, shifted in zip(raw, moved, strict=True):
        places = [n for n in range(-160, 161) if torch.allclose(
            shifted.abs()[200:-200], original.abs()[200 + n : 8192 - 200 + n], atol=1e-6)]  # fmt: skip
        assert places


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values())) or "default")
def test_a_step_with_each_kind_of_settings_gives_finite_numbers(tmp_path, sounds, kind):
    config = AudioTrainingConfig(**{**TINY, **kind}, data=sounds, folder=tmp_path)
    clips, run = data.load(sounds, 8192, None), Run(config, "x")
    trainer = make_trainer(config, clips, run)
    for step in range(2):
        numbers = trainer.step(step, *real_batch(clips, config, step))
        assert all(torch.isfinite(value) for value in numbers.values()), numbers
    assert all(p.isfinite().all() for p in (*trainer.generator.parameters(), *trainer.discriminator.parameters()))


def test_moment_matching_changes_the_averaged_generator(tmp_path, sounds, monkeypatch):
    monkeypatch.setattr("genai.gan.trainer.MOMENT_ITEMS", 5)
    settings = {**TINY, "data": sounds, "steps": 2}
    models = [
        audio.load(
            train(AudioTrainingConfig(**settings, folder=tmp_path / str(n), finishing_steps=n)), device="cpu"
        )
        for n in (0, 2)
    ]
    plain, finished = (audio.generate(model, [audio.AudioRequest()])[0].waveform for model in models)
    assert finished.isfinite().all()
    assert not torch.equal(plain, finished)


def test_moment_matching_measures_each_item_equally_often_and_only_at_the_end_of_the_run(
    tmp_path, sounds, monkeypatch
):
    monkeypatch.setattr("genai.gan.trainer.MOMENT_ITEMS", 90)
    config = AudioTrainingConfig(**TINY, folder=tmp_path, steps=3, finishing_steps=1)
    clips = data.load(sounds, 8192, None)
    run = Run(config, "x")
    row_batches = []
    trainer = make_trainer(config, clips, run)

    def batch(number, rows):
        row_batches.append(rows)
        items, labels, *_ = real_batch(clips, config, number, rows)
        assert torch.equal(labels, clips.train_labels[rows])
        return Batch(items, labels)

    run.step = 2
    trainer.match_moments(len(clips.train), batch)
    assert row_batches == []
    run.step = 3
    trainer.match_moments(len(clips.train), batch)
    times = round(90 / len(clips.train))
    assert torch.cat(row_batches).bincount().tolist() == [times] * len(clips.train)


def test_a_run_in_two_parts_equals_one_run_bit_for_bit(tmp_path, sounds, monkeypatch):
    settings = {**TINY, "data": sounds, "steps": 4, "penalty_every": 2, "waveform_filters": 2}
    train(AudioTrainingConfig(**settings, folder=tmp_path / "whole"))
    steps = Run.steps
    monkeypatch.setattr(Run, "steps", lambda self: itertools.islice(steps(self), 3))
    train(AudioTrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    assert _state(tmp_path / "parts")["step"] == 2
    monkeypatch.setattr(Run, "steps", steps)
    train(AudioTrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    whole, parts = (_state(tmp_path / name) for name in ("whole", "parts"))
    assert whole["step"] == parts["step"] == 4
    torch.testing.assert_close(whole["parts"], parts["parts"], rtol=0, atol=0)


def test_the_command_trains_and_its_checkpoint_sounds(tmp_path, sounds):
    command = [sys.executable, "-m", "genai.audio.training", sounds, "--steps", "10", "--folder", str(tmp_path),
               "--generator-filters", "2", "--spectrogram-filters", "4", "--batch-size", "4",
               "--windows", "512", "64", "--device", "cpu", "--threads", "1"]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
    folder = tmp_path / "audio" / "tones"
    model = audio.load(folder / "tones.safetensors", device="cpu")
    result = audio.generate(model, [audio.AudioRequest("low", 3)])[0]
    assert (result.label, result.sample_rate, len(result.waveform)) == (1, 16000, 8192)
    assert model.network.config.windows == (512, 64)
    assert len(model.discriminator(result.waveform[None], torch.tensor([1]))) == 2
    assert soundfile.info(folder / "samples" / "step-000010.wav").frames == 4 * 8192


@pytest.mark.parametrize("window", [16, 2048])
def test_a_window_that_leaves_nothing_to_judge_is_refused(sounds, window):
    config = AudioTrainingConfig(**{**TINY, "windows": (256, window)})
    with pytest.raises(ConfigError, match=f"Window {window} .* 8192 samples, windows have 32 to 1024"):
        network_config(config, data.load(sounds))


@pytest.mark.parametrize("period", [1, 65])
def test_a_period_that_leaves_nothing_to_judge_is_refused(sounds, period):
    config = AudioTrainingConfig(**{**TINY, "periods": (2, period)})
    with pytest.raises(ConfigError, match=f"--periods .*{period}"):
        network_config(config, data.load(sounds))


def test_sounds_have_no_attributes_to_match(sounds):
    config = AudioTrainingConfig(**{**TINY, "attribute_matching": 1.0})
    with pytest.raises(ConfigError, match=r"no attributes of .* are known"):
        network_config(config, data.load(sounds))


def test_the_generator_also_minimises_how_far_its_voices_are_from_real_ones(tmp_path, sounds):
    """With a weight so large that nothing else counts, it follows the gradient of the distance."""
    config = AudioTrainingConfig(**TINY, harmonicity_matching=1e6, folder=tmp_path)
    clips = data.load(sounds, 8192, None)
    trainer = make_trainer(config, clips, Run(config, "x"))
    real, labels, *_ = real_batch(clips, config, 0)
    before = copy.deepcopy(trainer.generator)
    numbers = trainer.step(0, real, labels)
    distance = harmonicity_distance(real, before(trainer.latent(0), labels), clips.sample_rate)
    distance.backward()
    torch.testing.assert_close(numbers["harmonicity"], distance.detach())
    for old, new in zip(before.parameters(), trainer.generator.parameters(), strict=True):
        if old.grad is None or not old.grad.any():  # no class, or what the distance does not depend on
            continue
        sure = old.grad.abs() > 1e-2 * old.grad.abs().max()
        assert torch.equal((new - old)[sure].sign(), -old.grad[sure].sign())  # Adam's first step: a sign's
