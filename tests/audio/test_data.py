from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from genai.audio import data
from genai.audio.data import NAMES, load
from genai.audio.sources import drums, notes
from genai.audio.sources.cards import CARDS
from genai.errors import ConfigError, DataError
from genai.seeds import make_rng


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder in the place of the public sources."""
    monkeypatch.setenv("GENAI_DATA", str(tmp_path / "data"))
    return tmp_path / "data/audio"


def record(path, hertz, rate=8_000, seconds=0.25):
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(seconds * rate)) / rate
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * time), rate)


def folder_of(folder, count, rate=8_000, suffix="wav"):
    for number in range(count):
        record(folder / f"{number:03d}.{suffix}", 200 + 10 * number, rate)


def pitch(clip, rate):
    spectrum = torch.fft.rfft(clip.float() * torch.hann_window(len(clip)))
    return spectrum.abs().argmax().item() * rate / len(clip)


@pytest.fixture
def digits(own, monkeypatch):
    names = tuple(f"recordings/{digit}_theo_{take}.wav" for digit in (0, 7) for take in (0, 4, 5, 49))
    monkeypatch.setattr(data, "DIGITS", replace(data.DIGITS, files=names))
    for name in names:
        record(own / "digits" / name, 300 + 100 * int(name[11]))


@pytest.mark.usefixtures("digits")
def test_the_first_five_takes_are_the_test():
    clips = load("digits")
    assert clips.sample_rate == 8_000
    assert (clips.train.shape, clips.test.shape) == ((4, 8_192), (4, 8_192))
    assert clips.train.dtype == torch.int16
    assert clips.train_labels.tolist() == clips.test_labels.tolist() == [0, 0, 7, 7]
    assert pitch(clips.train[3, :2_000], 8_000) == pytest.approx(1_000, abs=4)
    assert clips.labels.index("7") == 7
    assert [clips.labels.variants[n]["en"] for n in clips.train_variants.unique()] == ["Theo"]
    assert clips.train_conditions.tolist() == [4, 4, 46, 46]  # of six speakers he is number 4
    assert clips.train_ids == [f"recordings/{digit}_theo_{take}" for digit in (0, 7) for take in (5, 49)]


@pytest.mark.usefixtures("digits")
def test_another_rate_keeps_the_pitch():
    clips = load("digits", 16_384, 16_000)
    assert clips.sample_rate == 16_000
    assert clips.train.shape == (4, 16_384)
    assert clips.train[0].nonzero().max() == pytest.approx(4_000, abs=10)  # a quarter of a second
    assert pitch(clips.train[3, :4_000], 16_000) == pytest.approx(1_000, abs=4)


def test_the_digits_are_3000_recordings():
    assert len(set(data.DIGITS.files)) == 3_000
    assert sum(int(name[:-4].split("_")[2]) < data.TEST_TAKES for name in data.DIGITS.files) == 300


def test_drums_have_six_classes(own):
    for index, kind in enumerate(drums.CLASSES):
        for take in range(10):
            record(own / f"drums/{kind}/{take}.flac", 100 * (index + 1), 16_000)
    clips = load("drums", 16_384)
    assert clips.sample_rate == 16_000
    assert clips.train_labels.bincount().tolist() == [9] * 6
    assert sorted(clips.test_labels.tolist()) == [0, 1, 2, 3, 4, 5]
    (snare,) = clips.test[clips.test_labels == clips.labels.index("军鼓")]
    assert pitch(snare[:4_000], 16_000) == pytest.approx(200, abs=4)


def test_near_copies_count_together_as_one():
    one, other = torch.randn(2, 1000, generator=make_rng(0)) * 1000
    noise = torch.randn(4, 1000, generator=make_rng(1)) * 100
    sounds = torch.stack([one, one + noise[0], 3 * one + noise[1], other, -other]).short()
    assert data.copy_weights(sounds).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1, 1])


def test_rows_are_drawn_in_proportion_to_their_weights(tmp_path):
    folder_of(tmp_path / "mine", 40)
    clips = load(str(tmp_path / "mine"))
    plain = clips.draw_rows(4000, make_rng(2))
    assert torch.bincount(plain).min() > 0
    weights = torch.zeros(len(clips.train))
    weights[1], weights[4] = 1, 3
    counts = torch.bincount(replace(clips, train_weights=weights).draw_rows(4000, make_rng(2)), minlength=5)
    assert counts[[0, 2, 3]].sum() == 0
    assert counts[4] / counts[1] == pytest.approx(3, rel=0.1)


def test_notes_have_a_class_for_every_key(own):
    for instrument in ("harp", "koto"):
        for key in notes.KEYS:
            record(own / f"notes/{instrument}/key{key:03d}.flac", 440 * 2 ** ((key - 69) / 12), 16_000)
    clips = load("notes")
    assert len(clips.labels) == 49
    assert sorted(clips.train_labels.tolist()) == sorted(clips.test_labels.tolist()) == list(range(49))
    (note,) = clips.train[clips.train_labels == clips.labels.index("A4 (69)")]
    assert pitch(note[:4_000], 16_000) == pytest.approx(440, abs=4)
    for name, variant in zip(clips.train_ids, clips.train_variants.tolist(), strict=True):
        assert clips.labels.variants[variant]["en"].lower() == name.split("/")[0]


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_own_sounds_of_any_format(suffix, tmp_path):
    folder_of(tmp_path / "mine", 40, 44_100, suffix)
    clips = load(str(tmp_path / "mine"), 8_192)
    assert clips.sample_rate == 16_000
    assert (clips.train.shape, clips.test.shape) == ((36, 8_192), (4, 8_192))
    assert (clips.train.abs().amax(1) > 30_000).all()
    assert len(clips.labels) == 0
    assert clips.train_labels.tolist() == [0] * 36
    assert clips.card.name == "mine"
    assert pitch(clips.train[0, :3_500], 16_000) == pytest.approx(200, abs=15)


def test_own_classes(tmp_path):
    folder_of(tmp_path / "dog", 20)
    folder_of(tmp_path / "鸟", 30)
    clips = load(str(tmp_path), sample_rate=8_000)
    assert clips.train_labels.bincount().tolist() == [18, 27]
    assert clips.test_labels.tolist() == [0, 0, 1, 1, 1]
    assert clips.labels.index("鸟") == 1


def test_silence_before_an_own_sound_is_dropped(tmp_path):
    folder_of(tmp_path, 32)
    late = np.concatenate([np.full(20_000, 0.1), 0.1 + 0.5 * np.sin(np.arange(2_000))])
    for number in range(32):
        soundfile.write(tmp_path / f"late{number}.wav", late, 8_000)
    clips = load(str(tmp_path), sample_rate=8_000)
    assert (clips.train[:, :2_000].abs().amax(1) > 30_000).all()
    assert not clips.train[:, 2_010:].any()


def test_broken_and_silent_sounds_are_passed_over_and_counted(tmp_path, capsys):
    folder_of(tmp_path, 40)
    (tmp_path / "broken.flac").write_bytes(b"fLaC broken")
    soundfile.write(tmp_path / "quiet.wav", np.zeros(8_000), 8_000)
    (tmp_path / "phone.m4a").touch()
    clips = load(str(tmp_path))
    assert len(clips.train) + len(clips.test) == 40
    line = (
        "Skipped 2 of 42 files. broken.flac cannot be read as a sound: save it anew as WAV or MP3. quiet.wav is "
        "silent. Files of kinds that are not read: 1 .m4a. Convert recordings of phones and films (.m4a, .mp4, "
        ".wma, .amr) to WAV or MP3, for example with Audacity."
    )
    assert capsys.readouterr().err.strip().endswith(line)


def test_too_few_sounds_are_refused(tmp_path):
    folder_of(tmp_path, data.MIN_CLIPS - 1)
    soundfile.write(tmp_path / "quiet.wav", np.zeros(8_000), 8_000)
    with pytest.raises(DataError, match=r"has 31 sounds.*at least 32.*quiet\.wav is silent"):
        load(str(tmp_path))
    folder_of(tmp_path, data.MIN_CLIPS)
    assert len(load(str(tmp_path)).train) == 29


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="has 0 sounds"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", ["digit", "no/such/folder"])
def test_an_unknown_name_is_told_the_known_ones(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=f"'{name}'.*digits, drums, notes"):
        load(name)


@pytest.mark.parametrize("samples", [0, -1, 8_000, 32_768])
def test_an_impossible_length_is_refused(samples):
    with pytest.raises(ConfigError, match=f"Samples {samples} is not possible"):
        load("digits", samples)


@pytest.mark.parametrize("rate", [0, -8_000, 3_999, 96_000])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(ConfigError, match=f"Sample rate {rate} is not possible"):
        load("digits", 8_192, rate)


@pytest.mark.parametrize("name", NAMES)
def test_papers_are_complete(name):
    card = CARDS[name]
    assert card.name == name
    assert set(card.title) == {"en", "zh-CN"}
    assert all([card.licence, card.attribution, card.source, *card.title.values()])
