"""Tones in the tail and clicks at the ends, against sounds whose faults are known."""

import pytest
import torch

from genai.audio.artefacts import click_levels, tone_excess, upsampling_rates
from genai.audio.model import WaveGANConfig
from genai.seeds import make_rng

RATE = 16_000


def noise(count=20, samples=16_384):
    return torch.randn(count, samples, generator=make_rng(0))


def tone(frequency, samples=16_384):
    return torch.sin(2 * torch.pi * frequency * torch.arange(samples) / RATE)


def test_noise_has_hardly_any_excess():
    assert tone_excess(noise(), RATE, 250) < 1.5


@pytest.mark.parametrize("frequency", [250, 1000, 4250])
def test_a_tone_at_a_multiple_stands_out_by_its_level(frequency):
    """A tone of amplitude a in white noise of power 1 has a^2 / 4 * sum(w)^2 in its bin, the noise sum(w^2)."""
    amplitude = 0.1
    window = torch.hann_window(2048)
    expected = 10 * torch.log10(1 + amplitude**2 / 4 * window.sum() ** 2 / window.square().sum()).item()
    assert tone_excess(noise() + amplitude * tone(frequency), RATE, 250) == pytest.approx(expected, abs=1.0)


def test_a_tone_between_the_multiples_does_not_count():
    assert tone_excess(noise() + 0.1 * tone(1100), RATE, 250) < 1.5


def test_a_tone_in_the_first_half_does_not_count():
    sounds = noise()
    sounds[:, :8000] += tone(1000)[:8000]
    assert tone_excess(sounds, RATE, 250) < 1.5


def test_a_quiet_tail_counts_as_much_as_a_loud_one():
    sounds = noise() + 0.1 * tone(1000)
    scales = torch.logspace(-3, 0, 20)[:, None]
    assert tone_excess(sounds * scales, RATE, 250) == pytest.approx(tone_excess(sounds, RATE, 250), abs=1e-3)


def test_the_rates_of_the_layers():
    waveform = WaveGANConfig(head="waveform")
    assert upsampling_rates(waveform, RATE) == [4000, 1000, 250]
    assert upsampling_rates(WaveGANConfig(head="spectrum", fft=256), RATE) == [125]
    assert upsampling_rates(WaveGANConfig(head="spectrum", fft=512), RATE) == []


def test_a_click_is_measured_against_the_peak():
    sounds = torch.zeros(4, 1000)
    sounds[:3, 500] = 0.5
    sounds[0, 0] = -0.05
    sounds[1, -2] = 0.005
    assert click_levels(sounds).tolist() == pytest.approx([-20, -40, -100, -100], abs=0.01)
