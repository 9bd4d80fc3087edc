"""Recordings are cut at silences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai.audio.silences import AFTER, BEFORE, find_sounds

RATE = 8_000


def tone(seconds, level=0.5):
    return (level * np.sin(2 * np.pi * 440 / RATE * np.arange(round(seconds * RATE)))).astype(np.float32)


def recording(lengths, pauses, noise=0.0, level=0.5):
    """Tones of some lengths, each after a pause, and where each begins and ends."""
    parts, spans, place = [], [], 0
    for length, pause in zip(lengths, pauses, strict=True):
        parts += [np.zeros(round(pause * RATE), np.float32), tone(length, level)]
        spans.append((place + len(parts[-2]), place + len(parts[-2]) + len(parts[-1])))
        place = spans[-1][1]
    parts.append(np.zeros(RATE // 2, np.float32))
    wave = np.concatenate(parts)
    return wave + noise * np.random.default_rng(0).standard_normal(len(wave)).astype(np.float32), spans


@given(
    st.lists(st.tuples(st.floats(0.05, 0.6), st.floats(0.3, 0.8)), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.001, 0.01]),
)
def test_each_tone_is_found_where_it_is(parts, noise):
    wave, spans = recording(*zip(*parts, strict=True), noise=noise)
    found = find_sounds(wave, RATE)
    assert len(found) == len(spans)
    for span, (start, end) in zip(found, spans, strict=True):
        assert span.start == pytest.approx(max(0, start - BEFORE * RATE), abs=0.011 * RATE)
        assert span.end == pytest.approx(end + AFTER * RATE, abs=0.011 * RATE)


def test_loudness_does_not_matter():
    quiet, _ = recording([0.3, 0.2], [0.4, 0.4], level=0.05)
    loud, _ = recording([0.3, 0.2], [0.4, 0.4], level=0.9)
    assert find_sounds(quiet, RATE) == find_sounds(loud, RATE)


def test_a_short_gap_is_part_of_the_sound_and_a_click_is_none():
    assert len(find_sounds(recording([0.2, 0.2], [0.4, 0.1])[0], RATE)) == 1
    click, _ = recording([0.3, 0.004], [0.4, 0.5])
    assert len(find_sounds(click, RATE)) == 1


def test_a_sound_without_any_silence_is_one_sound():
    [span] = find_sounds(tone(1.0), RATE)
    assert (span.start, span.end) == (0, RATE)


@pytest.mark.parametrize("wave", [np.zeros(0), np.zeros(RATE), np.full(RATE, 0.4), tone(1, 0.004)])
def test_silence_holds_no_sound(wave):
    assert find_sounds(wave.astype(np.float32), RATE) == []


@given(st.integers(1, 400), st.integers(0, 2**31))
def test_spans_are_in_order_and_within_the_recording(length, seed):
    wave = np.random.default_rng(seed).uniform(-1, 1, length * 37).astype(np.float32)
    wave *= np.random.default_rng(seed + 1).integers(0, 2, length).repeat(37)
    ends = [0]
    for span in find_sounds(wave, RATE):
        assert span.start < span.end <= len(wave)
        ends += [span.end]
    assert ends == sorted(ends)
