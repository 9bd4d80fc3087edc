import sys
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from genai.audio.sources import notes
from genai.errors import DataError


class Synth:
    """Stands in for tinysoundfont's: a note is a tone of its key on the left, nothing on the right."""

    def __init__(self, samplerate):
        self.rate = samplerate
        self.sound = (0, 0)

    def sfload(self, path):
        assert path == "font.sf2"
        return 7

    def sfpreset_name(self, number, bank, program):
        assert (number, bank) == (7, 0)
        return f"Honky Tonk {program}"

    def program_select(self, channel, number, bank, program):
        self.program = program

    def sounds_off(self, channel):
        self.sound = (0, 0)

    def noteon(self, channel, key, velocity):
        assert self.sound == (0, 0), "a note began before the last one was over"
        assert velocity == 115
        self.sound = (key, 0.01 * (1 + self.program))

    def generate(self, samples):
        key, loudness = self.sound
        left = loudness * np.sin(2 * np.pi * 440 * 2 ** ((key - 69) / 12) * np.arange(samples) / self.rate)
        return memoryview(np.stack([left, 0 * left], axis=1).astype(np.float32).tobytes())


@pytest.fixture
def synth(monkeypatch):
    monkeypatch.setitem(sys.modules, "tinysoundfont", SimpleNamespace(Synth=Synth))


@pytest.mark.parametrize(("key", "name"), [(40, "E2 (40)"), (60, "C4 (60)"), (69, "A4 (69)"), (88, "E6 (88)")])
def test_keys_have_the_names_of_scientific_pitch(key, name):
    assert notes.name_of(key) == name
    assert notes.LABELS.index(name) == key - 40


def test_28_instruments():
    assert len(set(notes.PROGRAMS)) == 28


@pytest.mark.usefixtures("synth")
def test_every_key_of_every_instrument_is_rendered(tmp_path, monkeypatch):
    monkeypatch.setattr(notes, "PROGRAMS", (0, 3))
    monkeypatch.setattr(notes, "KEYS", range(68, 70))
    notes.render("font.sf2", tmp_path / "notes")
    files = sorted(path.relative_to(tmp_path / "notes").as_posix() for path in tmp_path.rglob("*.flac"))
    assert files == [f"honky_tonk_{program}/key{key:03d}.flac" for program in (0, 3) for key in (68, 69)]
    sound, rate = soundfile.read(tmp_path / "notes/honky_tonk_3/key069.flac", dtype="int16")
    assert (len(sound), rate) == (16_384, 16_000)
    assert np.abs(sound).max() == int(0.95 * 32767)  # as loud as every other
    assert np.abs(sound[-8:]).max() < 10  # faded
    spectrum = np.abs(np.fft.rfft(sound[:16_000]))
    assert np.argmax(spectrum) == 440
    assert notes.key_of(tmp_path / "notes/honky_tonk_3/key069.flac") == 69


@pytest.mark.usefixtures("synth")
def test_the_sound_font_of_the_system_is_used_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))
    used = []
    monkeypatch.setattr(notes, "render", lambda font, target: (used.append(font), target.mkdir()))
    monkeypatch.setattr(notes, "fetch", lambda source: tmp_path / "downloaded")
    monkeypatch.setattr(notes.Path, "exists", lambda path: False)
    notes.prepare(tmp_path / "a")
    monkeypatch.setattr(notes.Path, "exists", lambda path: True)
    notes.prepare(tmp_path / "b")
    font = "usr/share/sounds/sf2/FluidR3_GM.sf2"
    assert used == [tmp_path / "downloaded" / font, notes.Path("/") / font]


def test_a_missing_library_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tinysoundfont", None)
    with pytest.raises(DataError, match="pip install --no-deps tinysoundfont"):
        notes.render("font.sf2", tmp_path)
