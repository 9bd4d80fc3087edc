"""MIDI files: written, parsed here by the standard, read again, and the notes of a score."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai import audio
from genai.audio.instruments.kit import KitItem
from genai.audio.instruments.midi import Note, Song, read_midi, write_midi
from genai.audio.instruments.score import Event, Score
from genai.audio.instruments.song import song_of
from genai.audio.sources import notes
from genai.errors import ConfigError
from genai.labels import Labels
from genai.serving.models import Registry
from tests.ui.tiny import save_all

SONG = Song([Note(0, 120, 9, 36, 100), Note(0, 240, 0, 60, 1), Note(120, 240, 9, 36, 127)], 1920, 120.0, "我们 €")


@pytest.fixture(scope="module")
def drums(tmp_path_factory):
    return Registry("audio", audio.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("x"))).get("drums")


def parsed(content):
    """Header and messages of a file of format 0, as (tick, bytes), parsed here by the standard."""
    assert content[:8] == b"MThd\0\0\0\6"
    header = struct.unpack(">HHH", content[8:14])
    assert content[14:18] == b"MTrk"
    assert struct.unpack(">I", content[18:22])[0] == len(content) - 22
    place, tick, messages = 22, 0, []

    def number(place):
        digits = []
        while content[place] > 127:
            digits.append(content[place] - 128)
            place += 1
        return sum(d << 7 * n for n, d in enumerate(reversed([*digits, content[place]]))), place + 1

    while place < len(content):
        delta, place = number(place)
        tick += delta
        if content[place] == 0xFF:
            length, body = number(place + 2)
            messages.append((tick, content[place : place + 2] + content[body : body + length]))
            place = body + length
        else:
            messages.append((tick, content[place : place + 3]))
            place += 3
    return header, messages


def test_a_file_by_the_standard():
    header, messages = parsed(write_midi(SONG))
    assert header == (0, 1, 480)
    assert messages == [
        (0, b"\xff\x01" + "我们 €".encode()),
        (0, b"\xff\x51" + (500_000).to_bytes(3, "big")),
        (0, bytes([0x90, 60, 1])),
        (0, bytes([0x99, 36, 100])),
        (120, bytes([0x89, 36, 0])),
        (120, bytes([0x99, 36, 127])),
        (240, bytes([0x80, 60, 0])),
        (240, bytes([0x89, 36, 0])),
        (1920, b"\xff\x2f"),
    ]


NOTES = st.builds(
    lambda start, length, channel, key, velocity: Note(start, start + length, channel, key, velocity),
    st.integers(0, 10**6), st.integers(1, 10**4), st.integers(0, 15), st.integers(0, 127), st.integers(1, 127),
)  # fmt: skip


@given(st.lists(NOTES, max_size=20, unique_by=lambda note: (note.channel, note.key)), st.text(max_size=300))
def test_a_song_comes_out_of_its_file_again(some, text):
    song = Song(sorted(some), 2_000_000, 120.0, text.encode("utf-8", "ignore").decode())
    assert read_midi(write_midi(song)) == song


def test_files_that_are_broken_or_of_other_programs():
    whole = write_midi(SONG)
    assert read_midi(b"") is None
    assert read_midi(whole[:-9]) is None
    assert read_midi(b"RIFF" + whole[4:]) is None
    dice = random.Random(1)
    for _ in range(500):  # nothing but None or a song
        broken = bytearray(whole)
        broken[dice.randrange(len(broken))] = dice.randrange(256)
        assert isinstance(read_midi(bytes(broken)), Song | None)
    # As other programs write: running status, a note that ends by velocity 0, messages that are no notes.
    track = bytes([0, 0xC0, 5, 0, 0xF0, 2, 1, 0xF7, 0, 0x90, 60, 64, 96, 60, 0, 0, 0xFF, 0x2F, 0])
    content = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(track)) + track
    assert read_midi(content).notes == [Note(0, 96, 0, 60, 64)]


def test_the_strokes_of_a_pattern_are_on_the_grid_of_its_tempo(drums):
    step = 60 / 97 / 4
    kick, snare = KitItem(1, 0), KitItem(2, "snare")
    events = [Event(n * step, n % 2, gain=0.8, length=0.01) for n in range(16)]
    song = song_of(drums, Score([kick, snare], events, 16 * step, tempo=97))
    assert [note.start for note in song.notes] == [120 * n for n in range(16)]
    assert [note.key for note in song.notes] == [36, 38] * 8
    assert {(note.channel, note.velocity) for note in song.notes} == {(9, 102)}
    assert (song.ticks, song.tempo) == (1920, 97)


def test_notes_of_one_key_do_not_overlap_and_silent_ones_are_left_out(drums):
    events = [Event(0.0, 0, 0.2), Event(0.0, 0, 0.9), Event(0.25, 0), Event(0.3, 1, 0.0), Event(1.0, 0)]
    song = song_of(drums, Score([KitItem(1, 0), KitItem(1, 1)], events, 1.0))
    assert [(note.start, note.end, note.velocity) for note in song.notes[:1]] == [(0, 240, 114)]
    assert [note.start for note in song.notes] == [0, 240]
    assert song.notes[1].end <= 960


class Keys:
    """A model whose sounds are notes, as far as a song looks at it."""

    def __init__(self, drums, labels):
        self.labels, self.latent_size, self.sample_rate, self.network = labels, 4, 16000, drums.network


def test_keys_have_the_key_of_their_class_and_of_their_transposition(drums):
    model = Keys(drums, notes.LABELS)
    kit = [KitItem(1, notes.LABELS.names[0]["en"]), KitItem(2, 12)]
    events = [Event(0.0, 0), Event(0.1, 1, rate=2 ** (3 / 12)), Event(0.2, 1, rate=2 ** (-1 / 12))]
    song = song_of(model, Score(kit, events, 2.0))
    first = notes.KEYS[0]
    assert sorted(note.key for note in song.notes) == [first, first + 11, first + 15]
    assert {note.channel for note in song.notes} == {0}


@pytest.mark.parametrize("names", [({"en": "7", "zh-CN": "7"},), ()])
def test_sounds_without_keys_are_refused(drums, names):
    with pytest.raises(ConfigError, match="no MIDI key"):
        song_of(Keys(drums, Labels(names)), Score([KitItem(1)], [Event(0.0, 0)], 1.0))
