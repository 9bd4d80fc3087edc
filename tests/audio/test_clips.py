"""The compressed sounds of the index: of the right sound, of its length, and close to it."""

import numpy as np
import pytest
import torch

from genai.audio.clips import GAP_SECONDS, add_clips, decode, encode, recode
from genai.quality.nearest import NearestIndex

SAMPLES = 8_192


def tones(rate, count=40):
    """Tones of different pitch and length, 16-bit: (N, 8192)."""
    time = torch.arange(SAMPLES) / rate
    rows = []
    for n in range(count):
        tone = 9_000 * torch.sin(2 * torch.pi * (200 + 40 * n) * time)
        tone[2_000 + 100 * n :] = 0
        rows.append(tone)
    return torch.stack(rows).to(torch.int16)


def likeness(wave, sounds):
    """Correlation of the spectra of a sound and of each of others, which does not depend on phase."""
    spectra = torch.fft.rfft(sounds.float()).abs()
    own = torch.fft.rfft(torch.from_numpy(wave)).abs()
    return (spectra @ own) / spectra.norm(dim=1) / own.norm()


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_each_clip_is_most_like_its_own_sound_and_as_long(rate):
    sounds = tones(rate)
    file, starts = encode(sounds, rate, "digits")
    gap = GAP_SECONDS * rate
    assert starts.tolist()[:3] == pytest.approx([0, 2_000 + gap, 4_100 + 2 * gap], abs=30)
    for row in (0, 1, 17, len(sounds) - 1):
        wave, own_rate = decode(file, starts, row, SAMPLES)
        assert (wave.shape, wave.dtype, own_rate) == ((SAMPLES,), np.float32, rate)
        alike = likeness(wave, sounds)
        assert alike.argmax() == row
        assert alike[row] > 0.9
        assert np.abs(wave[2_000 + 100 * row :]).max() == 0


def test_a_clip_is_small_and_silence_takes_nothing():
    sounds = tones(8_000)
    silent = torch.zeros_like(sounds)
    assert len(encode(sounds, 8_000, "digits")[0]) < 40 * 1_200
    assert len(encode(silent, 8_000, "digits")[0]) < 2_000


def test_drums_get_more_bits_than_voices():
    noise = (9_000 * torch.randn(20, SAMPLES, generator=torch.Generator().manual_seed(0))).clamp(-32_000, 32_000)
    drums, voices = (len(encode(noise.to(torch.int16), 16_000, data_set)[0]) for data_set in ("drums", "digits"))
    assert 1.1 * voices < drums < 1.5 * voices


def test_the_next_sound_is_not_heard_at_the_end_of_one():
    rate = 16_000
    fading = 3_000 * torch.exp(-torch.arange(SAMPLES) / 1_000) * torch.sin(torch.arange(SAMPLES) / 5)
    stroke = (
        30_000
        * torch.exp(-torch.arange(SAMPLES) / 200)
        * torch.randn(SAMPLES, generator=torch.Generator().manual_seed(0))
    )
    sounds = torch.stack([fading, stroke.clamp(-32_000, 32_000)]).repeat(10, 1).to(torch.int16)
    file, starts = encode(sounds, rate, "digits")
    for row in range(0, len(sounds), 2):
        wave, _ = decode(file, starts, row, SAMPLES)
        assert np.abs(wave[3_000:]).max() < 0.02  # where the sound itself is below 0.005


def test_a_shorter_model_gets_the_beginning():
    file, starts = encode(tones(16_000), 16_000, "drums")
    whole, _ = decode(file, starts, 30, SAMPLES)
    short, _ = decode(file, starts, 30, 1_000)
    assert np.array_equal(short, whole[:1_000])


def test_the_index_keeps_its_order():
    sounds = tones(8_000)
    names = [f"digit {n}" for n in range(len(sounds))]
    embeddings = torch.zeros(len(sounds), 64, dtype=torch.int8)
    plain = NearestIndex(names, embeddings, torch.zeros(64), torch.ones(64), torch.zeros(101))
    index = add_clips(plain, sounds, 8_000, "digits")
    assert index.ids == names
    wave, _ = decode(index.files[0], index.starts, 7, SAMPLES)
    assert likeness(wave, sounds).argmax() == 7


def test_recoded_sounds_are_most_like_themselves_in_their_order():
    sounds = tones(8_000, count=5)
    recoded = recode(sounds / 32_767, 8_000, "digits")
    assert recoded.shape == sounds.shape
    assert [int(likeness(wave.numpy(), sounds).argmax()) for wave in recoded] == list(range(5))
    assert not torch.equal(recoded, sounds / 32768)
