"""A score: which sounds of a kit begin when; what an instrument played, for a file of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import floor
from typing import Any

from genai.audio.instruments.kit import KitItem, read_items
from genai.errors import ConfigError
from genai.validation import check_list_length, check_range

MAX_EVENTS = 2000
MAX_SECONDS = 120
MAX_RATE = 16  # four octaves up; as many down
MAX_GROUP = 2**31
CUT_SECONDS = 0.005
"""To fade out what another sound of the group cuts, as in the browser's engine."""
RELEASE_SECONDS = 0.03
"""To fade out at the end of a length, as there."""


@dataclass(frozen=True)
class Event:
    """One sound that begins.

    Args:
        at: When, in seconds from the start of the score.
        sound: Its place in the kit, from 0.
        gain: 0 to 1, the factor of its samples.
        rate: 1/16 to 16, how much faster it is played; 2 is an octave up.
        length: Seconds after which it fades out; None for all of it.
        group: A number; it cuts the sounds of its group that began before it. None for none.
    """

    at: float
    sound: int
    gain: float = 1.0
    rate: float = 1.0
    length: float | None = None
    group: int | None = None

    def __post_init__(self) -> None:
        check_range("Time", self.at, 0, MAX_SECONDS)
        check_range("Volume", self.gain, 0, 1)
        check_range("Playback rate", self.rate, 1 / MAX_RATE, MAX_RATE)
        if self.length is not None:
            check_range("Length", self.length, 0, MAX_SECONDS)
        if self.group is not None:
            check_range("Group", self.group, 0, MAX_GROUP, whole=True)


@dataclass(frozen=True)
class Score:
    """The sounds that are played in some time.

    Args:
        kit: 1 to 64 sounds.
        events: At most 2,000, in any order.
        seconds: Of the whole, more than 0, at most 120; what sounds longer is cut off.
        tempo: 20 to 400 beats a minute, where there are beats.
    """

    kit: Sequence[KitItem]
    events: Sequence[Event]
    seconds: float
    tempo: float | None = None

    def __post_init__(self) -> None:
        check_range("Seconds", self.seconds, 0.01, MAX_SECONDS)
        if self.tempo is not None:
            check_range("Tempo", self.tempo, 20, 400)
        for event in self.events:
            check_range("Sound", event.sound, 0, len(self.kit) - 1, whole=True)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values, of which `read_score` makes an equal score; defaults are left out."""
        values: dict[str, Any] = {
            "kit": [_changed(item, KitItem()) for item in self.kit],
            "events": [
                {"at": event.at, "sound": event.sound, **_changed(event, Event(event.at, event.sound))}
                for event in self.events
            ],
            "seconds": self.seconds,
        }
        return values if self.tempo is None else {**values, "tempo": self.tempo}


def _changed(item: KitItem | Event, default: KitItem | Event) -> dict[str, Any]:
    usual = asdict(default)
    return {name: value for name, value in asdict(item).items() if value != usual[name]}


def read_score(values: object) -> Score:
    """Read a score as a browser or a label has it: a JSON object with the fields of a `Score`.

    Raises:
        ConfigError: if there is too much in it, or a value is missing or out of its range.
    """
    if not isinstance(values, Mapping):
        raise ConfigError("This is no score: a list of sounds, one of events and the seconds are needed.")
    events = values.get("events")
    check_list_length("Events", events, 0, MAX_EVENTS)
    assert isinstance(events, list | tuple)
    kit = read_items(values.get("kit"))
    read = [_read_event(event) for event in events]
    return Score(kit, read, values.get("seconds"), values.get("tempo"))  # type: ignore[arg-type]  # it checks them


def _read_event(event: object) -> Event:
    values: Mapping[str, Any] = event if isinstance(event, dict) else {}
    optional = {field.name: values[field.name] for field in fields(Event)[2:] if field.name in values}
    return Event(values.get("at"), values.get("sound"), **optional)  # type: ignore[arg-type]  # it checks them


@dataclass
class Voice:
    """A sound as it is placed on the samples of a mix.

    Args:
        event: What it comes from.
        start: Its first sample.
        end: The sample from which it fades out; None if nothing ends it.
        fade: Samples that this takes, not always a whole number.
    """

    event: Event
    start: int
    end: int | None = None
    fade: float = 0.0

    def stop(self, sample: int, fade: float) -> None:
        """Let it fade out from a sample on, unless it does so already."""
        if self.end is None or sample < self.end:
            self.end = sample
            self.fade = fade


def place_voices(score: Score, sample_rate: int) -> list[Voice]:
    """Place the events of a score on samples, in the order of time; of those at one time, the last cuts the others.

    Args:
        score: What is played.
        sample_rate: Of the mix, in Hz.
    """
    voices = []
    last: dict[int, Voice] = {}  # of each group
    for event in sorted(score.events, key=lambda event: event.at):
        start = to_sample(event.at, sample_rate)
        voice = Voice(event, start)
        if event.length is not None:
            voice.stop(to_sample(start / sample_rate + event.length, sample_rate), RELEASE_SECONDS * sample_rate)
        if event.group is not None:
            if event.group in last:
                last[event.group].stop(start, CUT_SECONDS * sample_rate)
            last[event.group] = voice
        voices.append(voice)
    return voices


def to_sample(seconds: float, sample_rate: int) -> int:
    """Return the sample at a time; halves are rounded up, as JavaScript does."""
    return floor(seconds * sample_rate + 0.5)
