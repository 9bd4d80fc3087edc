"""Figures of an audio model, on sounds whose figures are known."""

import math
from dataclasses import asdict

import numpy as np
import pytest
import soundfile
import torch

from genai import checkpoint
from genai.audio import evaluation, judging
from genai.audio.data import Clips, load
from genai.audio.evaluation import health, hoarseness, onsets, performers_told, tuning
from genai.audio.model import WaveGANConfig, initialise, make_generator
from genai.audio.pitch import frequency_of
from genai.audio.sources.cards import CARDS
from genai.audio.spectrogram import to_pictures
from genai.checkpoint.header import Header, card_fields
from genai.gan.evaluation import EvaluationOptions
from genai.labels import Labels
from genai.seeds import make_rng

RATE = 16_000
TIME = torch.arange(8192) / RATE


def notes(keys, cents=0.0):
    frequency = frequency_of(torch.tensor(keys)[:, None]) * 2 ** (cents / 1200)
    return (0.5 * torch.sin(2 * torch.pi * frequency * TIME)).float()


def test_a_sound_begins_where_it_passes_2_percent_of_its_peak():
    sounds = torch.zeros(2, 8192)
    sounds[0, 1600:], sounds[1, 800:1600], sounds[1, 1600:] = 0.5, 0.009, 0.5
    assert onsets(sounds, RATE).tolist() == pytest.approx([0.1, 0.1])


def test_silent_clipped_and_late_clips_are_counted():
    real = notes([69] * 4)
    fake = real.clone()
    fake[0], fake[1, 100], fake[2, :2000] = fake[0] * 0.01, 1.0, 0
    shares = {name: figure.value for name, figure in health(fake, real, RATE).items()}
    assert shares == {"silent": 0.25, "clipped": 0.25, "timely": 0.75}


def test_notes_within_50_cents_are_in_tune():
    keys = [40, 52, 69, 88]
    classes = torch.tensor(keys) - 40
    real = notes(keys)
    figure = tuning(notes(keys, 40), real, classes, RATE)
    assert (figure.value, figure.beside["real test notes"]) == (1, 1)
    assert figure.beside["median cents"] == pytest.approx(40, abs=3)
    assert tuning(notes(keys, -60), real, classes, RATE).value == 0


def test_a_voice_with_noise_is_hoarser():
    real = notes([57, 59, 62, 64])
    noise = torch.randn(real.shape, generator=make_rng(0)) * 0.1
    figure = hoarseness(real + noise, real, RATE)
    ratio = 10 * math.log10(0.5**2 / 2 / 0.1**2)  # of the powers
    assert figure.value == pytest.approx(ratio, abs=1)
    assert figure.beside["lower quartile"] <= figure.value <= figure.beside["upper quartile"]
    assert figure.beside["real test clips"] > 30


@pytest.mark.parametrize("name", ["own", "notes"])  # whatever its name, a folder holds no notes of known keys
def test_a_model_that_started_with_voices_is_measured_on_sounds_without(name, tmp_path):
    own, rng = tmp_path / name, np.random.default_rng(0)
    own.mkdir()
    for n in range(32):
        tone = np.sin(2 * np.pi * rng.uniform(200, 2000) * np.arange(8192) / RATE)
        soundfile.write(own / f"{n}.wav", 0.5 * tone * np.linspace(1, 0, 8192), RATE)
    clips = load(str(own))
    title = clips.card.title
    network = make_generator(WaveGANConfig(classes=1, performers=1, generator_filters=2))
    initialise(network, make_rng(0))
    fields = {"classes": [title], "variants": [title], "sample_rate": RATE, **card_fields(clips.card)}
    header = Header("audio", "wavegan", asdict(network.config), **fields)
    path = tmp_path / "own.safetensors"
    checkpoint.save(path, header, checkpoint.collect_weights(network=network))
    judging.main(str(own), steps=1, folder=tmp_path)
    options = EvaluationOptions(str(path), data=str(own), device="cpu", keep=True, folder=tmp_path)
    evaluation.main(options)
    metrics = checkpoint.read_header(path).metrics
    assert {"diversity", "clicks"} <= metrics.keys()
    assert not {"agreement", "performers_told", "in_tune"} & metrics.keys()


def test_a_sine_stands_out_in_the_picture_that_a_judge_sees():
    picture = to_pictures(2 * notes([69]))[0, 0]
    assert picture.shape == (64, 64)
    assert picture[:, 30].argmax() == round(440 / (RATE / 128))
    assert picture[:, 30].max() == pytest.approx(1, abs=0.2)
    assert to_pictures(torch.zeros(1, 8192)).unique().tolist() == pytest.approx([-1], abs=1e-6)


def test_a_clip_is_told_to_be_by_the_variant_of_the_nearest_recording_of_its_class():
    """Tones of two classes and two variants: one variant's are pure, the other's have a third harmonic."""
    time = torch.arange(8192) / 8000

    def tone(label, variant, shift=0.0):
        phase = 2 * torch.pi * (300 + 200 * label + shift) * time
        return 0.4 * torch.sin(phase) + 0.3 * variant * torch.sin(3 * phase)

    pairs = torch.tensor([(label, variant) for label in range(2) for variant in range(2)])
    recordings = torch.stack([tone(*pair) for pair in pairs.tolist()])
    names = ({"en": "a", "zh-CN": "a"}, {"en": "b", "zh-CN": "b"})
    clips = Clips(
        (recordings * 32767).short(), pairs[:, 0], (recordings * 32767).short(), pairs[:, 0], Labels(names, names),
        CARDS["notes"], ["1", "2", "3", "4"], 8000, train_variants=pairs[:, 1], test_variants=pairs[:, 1],
    )  # fmt: skip
    right = torch.stack([tone(*pair, shift=3.0) for pair in pairs.tolist()])
    assert performers_told(right, clips).value == 1
    assert performers_told(right[[0, 0, 2, 2]], clips).value == 0.5
    assert performers_told(right, clips).beside == {"by chance": 0.5}
