"""Changes of sounds: what each of them does to a sine, and that all together are a linear function of the sound."""

import pytest
import torch

from genai.audio.augmentation import augment, filter_spectrum, resample
from genai.seeds import make_rng

RATE = 16_000


def sine(frequency, samples=8192):
    return torch.sin(2 * torch.pi * frequency * torch.arange(samples) / RATE)[None]


def column(value):
    return torch.tensor([[float(value)]])


def level_db(sound):
    middle = sound[:, 2000:-2000]
    return 10 * middle.square().mean().log10().item()


def test_without_strength_nothing_changes():
    sounds = torch.randn(3, 8192, generator=make_rng(0))
    assert augment(sounds, RATE, 0.0, make_rng(1)) is sounds


def test_full_speed_from_the_start_is_the_same_sound():
    sounds = torch.randn(2, 100, generator=make_rng(0))
    torch.testing.assert_close(resample(sounds, torch.ones(2, 1), torch.zeros(2, 1)), sounds)


def test_a_start_of_whole_samples_shifts_the_sound_and_silence_moves_in():
    sound = torch.arange(1.0, 6.0)[None]
    assert resample(sound, column(1), column(2)).tolist() == [[3, 4, 5, 0, 0]]
    assert resample(sound, column(1), column(-2)).tolist() == [[0, 0, 1, 2, 3]]
    assert resample(sound, column(1), column(0.5)).tolist() == [[1.5, 2.5, 3.5, 4.5, 2.5]]


def test_a_late_start_between_two_samples_is_silence_up_to_the_sound():
    """A step before the sound would tell the discriminator that it is a real one."""
    sound = torch.ones(1, 6)
    assert resample(sound, column(1), column(-2.5)).tolist() == [[0, 0, 0.5, 1, 1, 1]]
    assert resample(sound, column(1.5), column(-3)).tolist() == [[0, 0, 1, 1, 1, 1]]


def test_twice_the_speed_is_an_octave_higher_and_half_as_long():
    faster = resample(sine(200), column(2), column(0))
    torch.testing.assert_close(faster[:, :4096], sine(400)[:, :4096], atol=0.01, rtol=0)
    assert faster[:, 4097:].abs().max() == 0


def test_a_flat_filter_changes_nothing():
    sounds = torch.randn(2, 1000, generator=make_rng(0))
    zero = torch.zeros(2, 1)
    torch.testing.assert_close(filter_spectrum(sounds, RATE, zero, zero, zero), sounds, atol=1e-5, rtol=0)


def test_a_tilt_of_12_db_is_6_db_less_at_the_bottom_and_6_more_at_the_top():
    middle = 60 * (8000 / 60) ** 0.5
    for frequency, change in ((60, -6), (middle, 0), (7900, 6)):
        tone = sine(frequency)
        tilted = filter_spectrum(tone, RATE, column(12), column(0), column(0))
        assert level_db(tilted) - level_db(tone) == pytest.approx(change, abs=0.2)


def test_a_bump_has_its_height_at_its_centre_and_none_three_octaves_away():
    middle = 60 * (8000 / 60) ** 0.5
    for frequency, change in ((middle, 9), (middle * 8, 0.1), (middle * 2, 9 * 2.718281828**-0.5)):
        tone = sine(frequency)
        raised = filter_spectrum(tone, RATE, column(0), column(9), column(0.5))
        assert level_db(raised) - level_db(tone) == pytest.approx(change, abs=0.2)


def test_the_same_draw_changes_each_sound_linearly():
    """So the gradient reaches the generator, and real and generated sounds are changed by the same rule."""
    first, second = torch.randn(2, 4, 8192, generator=make_rng(0))
    both = augment(first + 3 * second, RATE, 1.0, make_rng(1))
    parts = augment(first, RATE, 1.0, make_rng(1)) + 3 * augment(second, RATE, 1.0, make_rng(1))
    torch.testing.assert_close(both, parts, atol=1e-4, rtol=0)
    assert not torch.allclose(augment(first, RATE, 1.0, make_rng(2)), augment(first, RATE, 1.0, make_rng(1)))


def test_changes_grow_with_the_strength():
    sounds = sine(440).repeat(200, 1)
    changes = [
        (augment(sounds, RATE, strength, make_rng(1)) - sounds).square().mean() for strength in (0.01, 0.1, 1.0)
    ]
    assert changes[0] < changes[1] < changes[2]
