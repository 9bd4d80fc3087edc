"""Pitch against tones of known frequency."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from genai.audio.pitch import cents, frequencies, frequency_of

RATE = 16_000
TIME = torch.arange(8192) / RATE


def test_keys_have_the_frequencies_of_equal_temperament():
    assert frequency_of(torch.tensor([69, 57, 60])).tolist() == pytest.approx([440, 220, 261.6256], abs=1e-3)
    assert cents(torch.tensor([880.0, 440.0]), torch.tensor([440.0, 466.1638])).tolist() == pytest.approx(
        [1200, -100], abs=0.01
    )


@settings(max_examples=30, deadline=None)
@given(st.floats(80, 1300), st.integers(1, 6))
def test_a_harmonic_tone_has_its_fundamental(frequency, harmonics):
    """Within 15 cents, whether or not the overtones are stronger than the fundamental."""
    tone = sum(torch.sin(2 * torch.pi * frequency * (n + 1) * TIME + n) for n in range(harmonics))
    estimate = frequencies(tone[None] * torch.exp(-3 * TIME), RATE)
    assert cents(estimate, torch.tensor([frequency])).abs().item() < 15


def test_every_sound_of_a_batch_has_its_own_pitch():
    tones = torch.stack([torch.sin(2 * torch.pi * f * TIME) for f in (100.0, 440.0, 1000.0)])
    assert frequencies(tones, RATE).tolist() == pytest.approx([100, 440, 1000], rel=2e-3)
    assert frequencies(torch.zeros(1, 8192), RATE).isfinite().all()
