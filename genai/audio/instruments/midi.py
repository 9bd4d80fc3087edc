"""Standard MIDI files of format 0: notes written, and read again.

The format is that of "Standard MIDI-File Format Specification 1.1" (MIDI Manufacturers Association, 1996): a
header, then one track of events, each after a time in ticks.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

TICKS = 480  # of a beat
USUAL_TEMPO = 120.0  # beats a minute, where a file names none
DRUM_CHANNEL = 9  # of General MIDI, counted from 0
NOTE_ON, NOTE_OFF, META, TEXT, END, TEMPO = 0x90, 0x80, 0xFF, 0x01, 0x2F, 0x51
DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}


@dataclass(frozen=True, order=True)
class Note:
    """A note.

    Args:
        start: In ticks.
        end: In ticks, later than its start.
        channel: 0 to 15; 9 is that of drums.
        key: 0 to 127; 60 is C4, of a drum its number in General MIDI.
        velocity: 1 to 127.
    """

    start: int
    end: int
    channel: int
    key: int
    velocity: int


@dataclass(frozen=True)
class Song:
    """What a MIDI file holds.

    Args:
        notes: In the order of time; those of one key do not overlap.
        ticks: Of the whole.
        tempo: Beats a minute, 4 to 60,000,000.
        text: Of its first text event.
    """

    notes: list[Note]
    ticks: int
    tempo: float
    text: str = ""


def write_midi(song: Song) -> bytes:
    """Encode a song; equal songs give equal bytes."""
    text, tempo = song.text.encode(), round(60e6 / song.tempo).to_bytes(3, "big")
    track = bytearray()
    track += b"\0" + bytes([META, TEXT]) + _length(len(text)) + text
    track += b"\0" + bytes([META, TEMPO, 3]) + tempo
    now = 0
    for tick, message in _messages(song):
        track += _length(tick - now) + message
        now = tick
    track += _length(max(0, song.ticks - now)) + bytes([META, END, 0])
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(track)) + track


def _messages(song: Song) -> list[tuple[int, bytes]]:
    """Return the messages with their ticks; at one tick the ends of notes come first."""
    starts = [(note.start, bytes([NOTE_ON | note.channel, note.key, note.velocity])) for note in song.notes]
    ends = [(note.end, bytes([NOTE_OFF | note.channel, note.key, 0])) for note in song.notes]
    return sorted(starts + ends)  # an end is the smaller message


def _length(number: int) -> bytes:
    """Encode a number in groups of 7 bits, of which all but the last have bit 8 set."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def read_midi(content: bytes) -> Song | None:
    """Read a MIDI file of format 0, or the first track of another; None if it is none or broken."""
    try:
        if content[:4] != b"MThd" or content[14:18] != b"MTrk":
            return None
        return _Reader(content).read()
    except (IndexError, struct.error, ValueError, KeyError):
        return None


class _Reader:
    """Reads a track from its first event to its last."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 22  # behind the header of the file and that of the track
        self._end = 22 + int(struct.unpack(">I", content[18:22])[0])
        if self._end > len(content):
            raise ValueError("cut off")
        self._tick = 0
        self._tempo = USUAL_TEMPO
        self._text = ""
        self._open: dict[tuple[int, int], list[tuple[int, int]]] = {}  # starts and velocities by channel and key
        self._notes: list[Note] = []

    def read(self) -> Song:
        for status, data in self._events():
            kind, channel = status & 0xF0, status & 0x0F
            if kind == NOTE_ON and data[1]:
                self._open.setdefault((channel, data[0]), []).append((self._tick, data[1]))
            elif kind in (NOTE_ON, NOTE_OFF) and self._open.get((channel, data[0])):
                start, velocity = self._open[channel, data[0]].pop(0)
                self._notes.append(Note(start, self._tick, channel, data[0], velocity))
        return Song(sorted(self._notes), self._tick, self._tempo, self._text)

    def _events(self) -> Iterator[tuple[int, bytes]]:
        """Yield messages of channels, status and data; take note of what else is told."""
        running = 0
        while self._place < self._end:
            self._tick += self._number()
            if self._content[self._place] & 0x80:
                running = self._take(1)[0]
            if running == META:
                kind = self._take(1)[0]
                self._meta(kind, self._take(self._number()))
            elif running >= 0xF0:
                self._take(self._number())
            else:
                yield running, self._take(DATA_BYTES[running & 0xF0])

    def _meta(self, kind: int, data: bytes) -> None:
        if kind == TEXT:
            self._text = self._text or data.decode()
        if kind == TEMPO:
            self._tempo = 60e6 / max(1, int.from_bytes(data, "big"))

    def _number(self) -> int:
        number = 0
        while True:
            byte = self._take(1)[0]
            number = number << 7 | byte & 0x7F
            if byte < 0x80:
                return number

    def _take(self, count: int) -> bytes:
        taken = self._content[self._place : self._place + count]
        if len(taken) < count:
            raise ValueError("cut off")
        self._place += count
        return taken
