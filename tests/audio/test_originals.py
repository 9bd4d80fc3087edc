"""One training sound, against the same one in the whole data set."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from genai.audio import data
from genai.audio.originals import original
from genai.errors import DataError


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A few digits and drums in the place of the public sources."""
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    digits = tuple(f"recordings/{digit}_theo_{take}.wav" for digit in (0, 7) for take in (0, 5, 49))
    monkeypatch.setattr(data, "DIGITS", replace(data.DIGITS, files=digits))
    drums = [f"{name}/{take}.flac" for name in ("kick", "perc") for take in range(4)]
    files = [
        *((f"audio/digits/{file}", 8_000) for file in digits),
        *((f"audio/drums/{file}", 16_000) for file in drums),
    ]
    for number, (file, rate) in enumerate(files):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        wave = 0.3 * np.sin(2 * np.pi * (200 + 50 * number) * np.arange(4_000) / rate) + 0.05
        soundfile.write(tmp_path / file, wave, rate)
    return tmp_path / "audio"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("name", "rate"), [("digits", 8_000), ("drums", 16_000)])
def test_each_sound_is_that_of_its_row_in_the_whole_set(name, rate):
    clips = data.load(name, 8_192)
    assert len(clips.train) > 3
    for sound, own in zip(clips.train, clips.train_ids, strict=True):
        assert np.array_equal(original(name, own, 8_192, rate), sound.numpy().astype(np.float32) / 32768)


def test_where_the_data_is_not_there_is_none_and_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))
    for name in ("digits", "drums", "notes", "my own"):
        assert original(name, "kick/0", 8_192, 16_000) is None
    assert not (tmp_path / "cache").exists()


def test_a_sound_that_is_missing_is_named(here):
    (here / "drums/kick/0.flac").unlink()
    with pytest.raises(DataError, match=r"0\.flac"):
        original("drums", "kick/0", 8_192, 16_000)
