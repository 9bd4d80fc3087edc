import struct

import numpy as np
import pytest
import soundfile
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genai.audio.sources.waveforms import fit, from_onset, one_shot, read
from genai.errors import DataError

PEAK = round(0.95 * 32767)


def tone(samples, rate=8_000, hertz=440):
    return np.sin(2 * np.pi * hertz / rate * np.arange(samples)).astype(np.float32)


@settings(deadline=None, max_examples=60)
@given(
    arrays(np.float32, st.integers(1, 600), elements=st.floats(-1, 1, width=32)),
    st.integers(16, 300),
)
def test_any_sound_is_made_to_fit(sound, samples):
    assume(sound.any())
    fitted = fit(sound, samples)
    assert fitted.shape == (samples,)
    assert fitted.dtype == np.int16
    assert np.abs(fitted.astype(int)).max() <= PEAK


@pytest.mark.parametrize("samples", [100, 8_192])
@pytest.mark.parametrize("loudness", [0.001, 1.0, 30.0])
def test_the_peak_is_always_the_same(samples, loudness):
    assert np.abs(fit(tone(1_000) * loudness, samples)).max() == PEAK


def test_an_offset_makes_no_difference():
    sound = tone(4_000)
    assert np.abs(fit(sound, 8_192).astype(int) - fit(sound + 0.3, 8_192)).max() <= 1


def test_short_sounds_are_padded_with_zeros():
    fitted = fit(tone(4_000), 8_192)
    assert not fitted[4_000:].any()
    assert np.array_equal(fitted[:4_000], fit(tone(4_000), 4_000))


def test_zeros_at_the_end_are_no_part_of_the_mean():
    sound = np.concatenate([tone(1_000) ** 2, np.zeros(3_000, np.float32)])
    assert np.array_equal(fit(sound, 4_000), fit(sound[:1_000], 4_000))


def test_long_sounds_fade_out():
    square = np.where(np.arange(4_000) % 2, 0.5, -0.5).astype(np.float32)
    fitted = np.abs(fit(square, 1_600).astype(int))
    assert (fitted[:1_500] == PEAK).all()
    assert np.array_equal(fitted[1_500:], np.round(0.95 * 32767 * np.linspace(1, 0, 100)))


def test_the_loudness_is_that_of_what_is_kept():
    sound = np.concatenate([tone(2_000) * 0.1, tone(2_000)])
    assert np.abs(fit(sound, 1_600)).max() == PEAK


def test_the_onset_is_kept_with_a_millisecond_before_it():
    sound = np.concatenate([np.zeros(1_000), tone(500)])  # 0.02 is passed one sample after the zero
    assert len(from_onset(sound, 8_000)) == 500 - 1 + 8
    assert np.array_equal(from_onset(tone(500), 8_000), tone(500))


def test_a_stored_sound_is_cut_and_faded():
    square = np.where(np.arange(400) % 2, 0.5, -0.5).astype(np.float32)
    stored = one_shot(square, rate=1_000, samples=300)
    assert np.array_equal(np.abs(stored[:250]), np.full(250, int(0.95 * 32767)))
    assert np.abs(np.abs(stored[250:]) - 0.95 * 32767 * np.linspace(1, 0, 50) ** 2).max() <= 1
    short = one_shot(square[:280], rate=1_000, samples=300)
    assert np.abs(short[279]) == int(0.95 * 32767)  # it ends by itself
    assert not short[280:].any()


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_every_format_and_rate_keeps_its_pitch(suffix, rate, tmp_path):
    path = tmp_path / f"a.{suffix}"
    left = 0.5 * tone(rate, rate)
    soundfile.write(path, np.stack([left, np.zeros_like(left)], axis=1), rate)
    sound = read(path, 16_000)
    assert sound.dtype == np.float32
    assert len(sound) == pytest.approx(16_000, rel=0.1)  # MP3 comes in whole frames
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert np.argmax(spectrum) * 16_000 / len(sound) == pytest.approx(440, abs=2)
    assert np.abs(sound[4_000:12_000]).max() == pytest.approx(0.25, abs=0.03)  # the mean of the channels


def test_a_sound_at_its_own_rate_is_left_alone(tmp_path):
    sound = 0.5 * tone(1_000)
    soundfile.write(tmp_path / "a.wav", sound, 8_000, subtype="FLOAT")
    assert np.array_equal(read(tmp_path / "a.wav", 8_000), sound)


def test_only_the_first_minute_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(70 * 1_000, 1_000, 100), 1_000)
    assert len(read(tmp_path / "a.wav", 1_000)) == 60_000


@pytest.mark.parametrize("sound", [np.zeros(800), np.full(800, 0.3), np.zeros(0), 5e-5 * tone(800)])
def test_silence_is_a_sentence(sound, tmp_path):
    soundfile.write(tmp_path / "quiet.wav", sound, 8_000, subtype="FLOAT")
    with pytest.raises(DataError, match=r"quiet\.wav is silent"):
        read(tmp_path / "quiet.wav", 8_000)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_a_sentence(value, tmp_path):
    sound = tone(800)
    sound[5] = value
    soundfile.write(tmp_path / "odd.wav", sound, 8_000, subtype="FLOAT")
    with pytest.raises(DataError, match=r"odd\.wav holds values that are no numbers"):
        read(tmp_path / "odd.wav", 16_000)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "aiff"])
@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\0\0\0\0WAVEfmt "])
def test_a_broken_sound_is_a_sentence(suffix, content, tmp_path):
    (tmp_path / f"a.{suffix}").write_bytes(content)
    with pytest.raises(DataError, match=rf"a\.{suffix} (cannot be read as a sound|is silent)"):
        read(tmp_path / f"a.{suffix}", 16_000)


@pytest.mark.parametrize("count", [1, 2, 3, 200])
def test_a_clip_of_a_few_samples_is_refused_with_its_name(tmp_path, count):
    soundfile.write(tmp_path / "tiny.wav", np.linspace(-0.5, 0.5, count) if count > 1 else np.ones(1), 48_000)
    with pytest.raises(DataError, match=r"tiny\.wav is too short: 10 ms"):
        read(tmp_path / "tiny.wav", 16_000)


@pytest.mark.parametrize("share", [1.0, 0.95])
def test_channels_that_cancel_each_other_are_heard(share, tmp_path):
    sound = 0.5 * tone(4_000)
    soundfile.write(tmp_path / "a.wav", np.stack([sound, -share * sound], axis=1), 8_000, subtype="FLOAT")
    assert np.array_equal(read(tmp_path / "a.wav", 8_000), sound)


def test_channels_that_differ_are_averaged(tmp_path):
    left = 0.5 * tone(4_000)
    right = 0.5 * tone(4_000, hertz=300)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 8_000, subtype="FLOAT")
    np.testing.assert_allclose(read(tmp_path / "a.wav", 8_000), (left + right) / 2, atol=1e-7)
    soundfile.write(tmp_path / "b.wav", np.stack([left, *[0 * left] * 7], axis=1), 8_000, subtype="FLOAT")
    np.testing.assert_allclose(read(tmp_path / "b.wav", 8_000), left / 8, atol=1e-7)


@pytest.mark.parametrize(("riff", "data"), [(0, 0), (36, 0), (2**32 - 1, 0), (2**32 - 1, 2**32 - 1)])
@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT", "PCM_U8"])
def test_a_sound_without_its_size_in_the_header_is_read(riff, data, subtype, tmp_path):
    """As a program leaves it that writes into a pipe; a comment that says "data" stands before the data."""
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.5 * tone(4_000), 8_000, subtype=subtype)
    whole = read(path, 8_000)
    content = path.read_bytes()
    start = content.index(b"data")
    comment = b"LIST" + struct.pack("<I", 16) + b"INFOICMT" + struct.pack("<I", 4) + b"data"
    sound = content[start + 8 :]
    path.write_bytes(
        b"RIFF" + struct.pack("<I", riff) + content[8:start] + comment + b"data" + struct.pack("<I", data) + sound
    )
    assert np.array_equal(read(path, 8_000), whole)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_number_type_of_a_sound(subtype, tmp_path):
    soundfile.write(tmp_path / "a.wav", 0.5 * tone(4_000), 8_000, subtype=subtype)
    np.testing.assert_allclose(read(tmp_path / "a.wav", 8_000), 0.5 * tone(4_000), atol=0.01)
