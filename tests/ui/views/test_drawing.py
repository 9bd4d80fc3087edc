"""What is drawn of a sound is true, and nothing clips."""

import base64
import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from genai.ui.views import drawing

RATE = 8000


def tone(hertz, amplitude=0.5, seconds=1.024, rate=RATE):
    time = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def envelope(wave):
    return np.array(drawing.envelope(wave).split(" "), dtype=int).reshape(-1, 2) / 1000


def test_envelope_holds_every_sample():
    wave = tone(440)
    shown = envelope(wave)
    assert len(shown) == drawing.COLUMNS
    assert shown.min() == pytest.approx(wave.min(), abs=1e-3)
    assert shown.max() == pytest.approx(wave.max(), abs=1e-3)


@pytest.mark.parametrize("samples", [1, 7, 480, 8191])
def test_each_stretch_of_an_envelope_is_bounded_by_its_own_samples(samples):
    wave = np.linspace(-1, 1, samples, dtype=np.float32)  # rises: the stretches follow each other
    shown = envelope(wave)
    assert len(shown) == min(samples, drawing.COLUMNS)
    assert (shown[:, 0] <= shown[:, 1]).all()
    assert (shown[1:, 0] >= shown[:-1, 1]).all()
    assert shown[0, 0] == -1
    assert shown[-1, 1] == pytest.approx(wave.max(), abs=1e-3)


@pytest.mark.parametrize("hertz", [250, 1000, 3000])
def test_a_tone_is_bright_at_its_pitch(hertz):
    levels = drawing.log_mel(tone(hertz), RATE)
    brightest = levels.mean(axis=1).argmax() / (drawing.MEL_BANDS - 1)
    low, high = drawing._mel(drawing.LOWEST_HZ), drawing._mel(RATE / 2)
    assert brightest == pytest.approx((drawing._mel(hertz) - low) / (high - low), abs=0.03)


@pytest.mark.parametrize(("samples", "rate"), [(8192, 8000), (16384, 16000), (16384, 44100)])
def test_spectrogram_is_a_small_png(samples, rate):
    url = drawing.spectrogram(np.zeros(samples, np.float32), rate)
    picture = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,"))))
    assert picture.height == drawing.MEL_BANDS
    assert 280 <= picture.width <= 320
    assert len(url) < 80_000


@pytest.mark.parametrize(("rate", "size"), [(8000, 256), (16000, 512), (44100, 1024)])
def test_no_mel_band_is_empty(rate, size):
    assert (drawing._filters(rate, size).sum(axis=1) > 0).all()


def test_pitches_rise_within_the_picture():
    heights = [pitch["at"] for pitch in drawing.pitches(RATE)]
    assert heights == sorted(heights)
    assert 0 < heights[0] < heights[-1] < 1


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_playable_does_not_clip(rate):
    square = np.where(np.sin(np.arange(8192) / 9) > 0, 1, -1).astype(np.float32)  # overshoots when resampled
    sound, played = soundfile.read(io.BytesIO(drawing.playable(square, rate)), dtype="int16")
    assert played == drawing.PLAYER_RATE
    assert len(sound) / played == pytest.approx(8192 / rate, abs=0.001)
    peak = np.abs(sound.astype(int)).max()
    assert peak <= 32767
    run = np.diff(np.flatnonzero(np.diff(np.abs(sound.astype(int)) >= 32767)))
    assert rate == drawing.PLAYER_RATE or run.size == 0 or run.max() <= 3  # no plateau at the rim


def test_playable_keeps_the_tone():
    sound, rate = soundfile.read(io.BytesIO(drawing.playable(tone(440), RATE)))
    assert np.abs(np.fft.rfft(sound)).argmax() * rate / len(sound) == pytest.approx(440, abs=2)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.02)
