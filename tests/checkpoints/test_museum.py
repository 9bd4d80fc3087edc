"""The museum of failures: each model fails as its diagnosis says, and a healthy one does not."""

import numpy as np
import pytest
import torch

from genai import audio, checkpoint, image, text
from genai.text import indexing

MUSEUM = checkpoint.SHIPPED / "museum"
PIECES = ["text/recites", "image/mode-collapse", "audio/discriminator-wins", "audio/buzzes"]


@pytest.mark.parametrize("name", PIECES)
def test_each_has_a_diagnosis_in_both_languages_and_its_curve(name):
    path = MUSEUM / f"{name}.safetensors"
    header = checkpoint.read_header(path)
    assert path.stat().st_size < 4_000_000
    for language, ends in (("en", ". "), ("zh-CN", "。")):
        said = header.diagnosis[language]
        assert said.rstrip("。.").count(ends.strip() if language == "zh-CN" else ends) == 1  # two sentences
    assert len(header.curve["step"]) >= 12
    assert header.history


def longest_copies(model):
    strings = indexing.load("shakespeare")
    texts = text.generate(model, [text.TextRequest(seed=seed, temperature=0.5, length=400) for seed in range(4)])
    return [strings.longest_copy(result.text).length for result in texts]


def test_one_recites():
    copies = sorted(longest_copies(text.load("recites", "cpu", MUSEUM)))
    assert copies[0] > 200  # two passages, joined
    assert copies[1] > 350
    assert max(longest_copies(text.load("shakespeare", "cpu"))) < 60


def distance_within_classes(model):
    """Mean distance of two pictures of a class, over all pixels."""
    distances = []
    for label in range(10):
        requests = [image.ImageRequest(label, seed=seed) for seed in range(8)]
        pictures = torch.stack([result.image for result in image.generate(model, requests)])
        distances.append(torch.pdist(pictures.flatten(1)).mean().item())
    return np.mean(distances)


def test_one_has_collapsed():
    collapsed = distance_within_classes(image.load("mode-collapse", "cpu", MUSEUM))
    assert collapsed < 0.15 * distance_within_classes(image.load("fashion", "cpu"))


def test_in_one_the_discriminator_knows_nearly_every_fake():
    curve = checkpoint.read_header(MUSEUM / "audio/discriminator-wins.safetensors").curve
    assert curve["real"][-1] - curve["fake"][-1] > 5
    assert curve["discriminator"][-1] < 0.3 < 2 * np.log(2) < curve["discriminator"][0] + 0.1


def share_at_multiples(model, frequency):
    """Share of the energy within 3 Hz of the multiples of a frequency."""
    requests = [audio.AudioRequest(label, seed=label) for label in range(10)]
    waves = torch.stack([result.waveform for result in audio.generate(model, requests)])
    power = torch.fft.rfft(waves * torch.hann_window(waves.shape[1])).abs().square().mean(dim=0).numpy()
    frequencies = np.fft.rfftfreq(waves.shape[1], 1 / model.sample_rate)
    off = np.abs(frequencies - np.round(frequencies / frequency) * frequency)
    heard = frequencies > 60
    return power[heard & (off < 3)].sum() / power[heard].sum()


def test_one_buzzes_at_the_rate_of_its_strides():
    buzzing = audio.load("buzzes", "cpu", MUSEUM)
    rate = buzzing.sample_rate / 4**2
    assert share_at_multiples(buzzing, rate) > 0.15
    assert share_at_multiples(audio.load("digits", "cpu"), rate) < 0.05
