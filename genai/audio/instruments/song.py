"""The notes of a score, for a MIDI file of it."""

from dataclasses import replace
from itertools import pairwise
from math import log2

from genai.audio.instruments.midi import DRUM_CHANNEL, TICKS, USUAL_TEMPO, Note, Song
from genai.audio.instruments.score import Score, Voice, place_voices
from genai.audio.instruments.suits import key_of
from genai.audio.sampling import AudioModel
from genai.errors import ConfigError
from genai.latent.requests import sample_latents

DRUM_KEYS = {
    "kick": 36,
    "snare": 38,
    "clap": 39,
    "hat": 42,
    "tom": 45,
    "cymbal": 49,
    "percussion": 56,  # a cowbell
    "底鼓": 36,
    "军鼓": 38,
    "踩镲": 42,
    "嗵鼓": 45,
    "镲片": 49,
}
"""Of General MIDI, by the name of a class."""
RESOLUTION = 44_100  # of the ends of notes, in Hz, as in a mix


def song_of(model: AudioModel, score: Score) -> Song:
    """Write the notes of a score.

    Drums are on channel 10 with the keys of General MIDI. Other sounds are on channel 1, with the key that their
    class is named after, moved by as many semitones as the sound was transposed. A silent sound is left out.

    Raises:
        ConfigError: if a sound is neither a drum nor a note, or the model has no such label.
    """
    tempo = score.tempo or USUAL_TEMPO
    keys = [_key_of_class(model, label) for label in _classes(model, score)]
    seconds = model.network.config.samples / model.sample_rate
    notes = []
    for voice in place_voices(score, RESOLUTION):
        event = voice.event
        channel, key = keys[event.sound]
        if channel != DRUM_CHANNEL:
            key = min(127, max(0, key + round(12 * log2(event.rate))))
        start, end = _ticks(event.at, tempo), _ticks(_end(voice, seconds, score.seconds), tempo)
        velocity = round(127 * event.gain)
        if velocity and event.at < score.seconds:
            notes.append(Note(start, max(end, start + 1), channel, key, velocity))
    return Song(_without_overlaps(notes), _ticks(score.seconds, tempo), tempo)


def _without_overlaps(notes: list[Note]) -> list[Note]:
    """End each note where the next of its key begins; of several that begin together the loudest is kept."""
    by_start = {
        (note.channel, note.key, note.start): note for note in sorted(notes, key=lambda note: note.velocity)
    }
    ordered = [by_start[place] for place in sorted(by_start)]
    for n, (note, following) in enumerate(pairwise(ordered)):
        if (note.channel, note.key) == (following.channel, following.key):
            ordered[n] = replace(note, end=min(note.end, following.start))
    return sorted(ordered)


def _classes(model: AudioModel, score: Score) -> list[int | None]:
    requests = [item.ends()[0] for item in score.kit]
    _, conditions = sample_latents(requests, model.latent_size, model.labels)
    return [model.labels.split(condition)[0] for condition in conditions]


def _key_of_class(model: AudioModel, label: int | None) -> tuple[int, int]:
    """Return channel and key of a class."""
    names = {} if label is None else model.labels.names[label]
    for name in names.values():
        if name.casefold() in DRUM_KEYS:
            return DRUM_CHANNEL, DRUM_KEYS[name.casefold()]
    key = key_of(names.get("en", ""))
    if key is None:
        raise ConfigError(
            "{name} has no MIDI key, as drums and notes have: take the sounds along as a WAV.",
            name=names or "A sound without a class",
        )
    return 0, key


def _end(voice: Voice, seconds: float, last: float) -> float:
    """Return when a voice ends, in seconds.

    Args:
        voice: Of the score.
        seconds: Of the sound, untransposed.
        last: When the score ends.
    """
    end = voice.event.at + seconds / voice.event.rate
    if voice.end is not None:
        end = min(end, voice.end / RESOLUTION)
    return min(end, last)


def _ticks(seconds: float, tempo: float) -> int:
    return round(seconds * tempo / 60 * TICKS)
