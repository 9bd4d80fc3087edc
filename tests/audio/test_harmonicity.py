"""The harmonics-to-noise ratio against signals whose ratio is known."""

import pytest
import torch

from genai.audio.harmonicity import CLEAR_DB, LARGEST, harmonicity_distance, harmonics_to_noise
from genai.seeds import make_rng

RATE = 8000


def voice(pitch: float) -> torch.Tensor:
    """Return half a second of ten harmonics, (T,), of power 1."""
    seconds = torch.arange(RATE // 2, dtype=torch.float64) / RATE
    numbers = torch.arange(1, 11, dtype=torch.float64)[:, None]
    sound = (torch.sin(2 * torch.pi * pitch * numbers * seconds + numbers) / numbers).sum(dim=0)
    return sound / sound.square().mean().sqrt()


@pytest.mark.parametrize("pitch", [90.0, 151.3, 233.0, 377.7])
@pytest.mark.parametrize("ratio", [6.0, 12.0, 20.0])  # below, the largest correlation is often one by chance
def test_ratio_of_a_voice_with_noise(pitch: float, ratio: float) -> None:
    noise = torch.randn(40, RATE // 2, generator=make_rng(0), dtype=torch.float64)
    sounds = voice(pitch) + 10 ** (-ratio / 20) * noise
    assert harmonics_to_noise(sounds, RATE).mean().item() == pytest.approx(ratio, abs=1.0)


def test_pure_voice_reaches_the_largest_ratio() -> None:
    largest = 10 * torch.tensor(LARGEST / (1 - LARGEST)).log10()
    assert harmonics_to_noise(voice(151.3)[None], RATE).item() > 30
    assert harmonics_to_noise(voice(151.3)[None], RATE).item() <= largest.item() + 1e-6


def test_volume_and_place_do_not_matter() -> None:
    noise = torch.randn(1, RATE // 2, generator=make_rng(1), dtype=torch.float64)
    sound = voice(120.0) * torch.hann_window(RATE // 2, dtype=torch.float64) + 0.1 * noise
    later = torch.roll(sound, 500, dims=1)
    expected = harmonics_to_noise(sound, RATE)
    torch.testing.assert_close(harmonics_to_noise(0.01 * sound, RATE), expected)
    torch.testing.assert_close(harmonics_to_noise(later, RATE), expected)


def test_the_distance_is_the_mean_difference_of_the_sorted_ratios() -> None:
    noise = torch.randn(4, RATE // 2, generator=make_rng(2), dtype=torch.float64)
    real = voice(151.3) + torch.tensor([[0.1], [0.2], [0.4], [0.001]]) * noise
    generated = voice(151.3) + torch.tensor([[0.4], [0.6], [0.2], [0.2]]) * noise.flip(0)
    before, after = (harmonics_to_noise(sounds, RATE).tolist() for sounds in (real, generated))
    assert max(before) > CLEAR_DB
    pairs = zip(sorted(min(CLEAR_DB, one) for one in before), sorted(after), strict=True)
    expected = sum(abs(one - other) for one, other in pairs) / 4
    assert expected > 3
    assert harmonicity_distance(real, generated, RATE).item() == pytest.approx(expected)
    assert harmonicity_distance(real, real[[2, 0, 3, 1]], RATE).item() == 0


def test_a_step_down_the_distance_makes_a_hoarse_voice_clearer() -> None:
    noise = torch.randn(8, RATE // 2, generator=make_rng(3), dtype=torch.float64)
    real = voice(120.0) + 0.1 * noise
    hoarse = (voice(120.0) + 0.5 * noise).requires_grad_()
    distance = harmonicity_distance(real, hoarse, RATE)
    distance.backward()
    clearer = hoarse - hoarse.grad * 0.1 / hoarse.grad.norm(dim=1, keepdim=True)
    assert harmonicity_distance(real, clearer, RATE) < distance
    assert harmonics_to_noise(clearer, RATE).mean() > harmonics_to_noise(hoarse, RATE).mean()


@pytest.mark.parametrize("volume", [0.0, 1e-8, 1.0])
def test_the_gradient_is_finite_also_in_single_precision_and_for_silence(volume: float) -> None:
    noise = torch.randn(4, RATE, generator=make_rng(4))
    quiet = (volume * noise).requires_grad_()
    harmonicity_distance(noise, quiet, RATE).backward()
    assert quiet.grad.isfinite().all()
