import hashlib
import sys
from collections import Counter

import numpy as np
import pytest
import soundfile

from genai.audio.sources import drums
from genai.datasets.downloads import Source
from genai.errors import DataError


def test_the_table_lists_834_recordings():
    table = drums._table()
    assert len({row["file"] for row in table}) == len(table) == 834
    classes = Counter(row["file"].split("/")[0] for row in table)
    assert classes == {"perc": 369, "snare": 154, "hat": 86, "cymbal": 77, "kick": 76, "tom": 72}
    assert set(classes) == set(drums.CLASSES)
    assert len(drums.LABELS) == len(drums.CLASSES)


def test_every_recording_belongs_to_a_collection():
    collections = drums.collections()
    assert {row["collection"] for row in drums._table()} == set(collections)
    assert sum(len(source.files) for source, _ in collections.values()) == 834
    assert all(file.startswith(folder) for source, folder in collections.values() for file in source.files)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_recording_is_cut_from_its_onset_on(rate):
    time = np.arange(rate) / rate
    sound = np.concatenate([np.zeros(rate // 2), np.cos(2 * np.pi * 500 * time)]).astype(np.float32)
    clip = drums.cut(sound, rate)
    assert clip.shape == (drums.SAMPLES,)
    assert np.abs(clip[:15]).max() < 2_500
    # A millisecond is 16 samples; the filter rings for some more before the onset.
    assert 16 <= np.argmax(np.abs(clip) > 15_000) <= 20
    spectrum = np.abs(np.fft.rfft(clip[2_000:10_000] * np.hanning(8_000)))
    assert np.argmax(spectrum) * 16_000 / 8_000 == 500


def test_preparing_writes_what_the_table_says(tmp_path, serve, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))
    (tmp_path / "samples").mkdir()
    stereo = np.stack([np.sin(np.arange(3_000)), np.zeros(3_000)], axis=1)
    soundfile.write(tmp_path / "samples/1-Tom.wav", stereo, 16_000)
    checksum = hashlib.sha256((tmp_path / "samples/1-Tom.wav").read_bytes()).hexdigest()
    (tmp_path / "samples").rename(tmp_path / "kit")
    source = Source("audio/kit", f"{serve(tmp_path)}/kit", ("1-Tom.wav",), checksum)
    monkeypatch.setattr(drums, "collections", lambda: {"kit": drums.Collection(source, "")})
    row = {"file": "tom/kit-1_Tom.flac", "collection": "kit", "recording": "1-Tom.wav"}
    monkeypatch.setattr(drums, "_table", lambda: [row])
    (file,) = drums.files()
    assert file == tmp_path / "cache/audio/drums/tom/kit-1_Tom.flac"
    assert drums.class_of(file) == 3
    clip, rate = soundfile.read(file, dtype="int16")
    assert (clip.shape, rate) == ((16_384,), 16_000)
    assert np.abs(clip).max() == int(0.95 * 32767)


def test_a_missing_library_is_a_sentence_before_any_download(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.signal", None)
    with pytest.raises(DataError, match="pip install scipy"):
        drums.prepare(tmp_path / "drums")
