"""One sound of the training part itself, where the data is on this machine."""

import numpy as np

from genai.audio import data
from genai.audio.sources import drums, notes, waveforms
from genai.audio.sources.waveforms import Waveform
from genai.datasets.cache import find_local


def original(data_set: str, name: str, samples: int, rate: int) -> Waveform | None:
    """Give a sound of a named set, (samples,) in [-1, 1], by its name in `Clips.train_ids`, as training heard it.

    Args:
        data_set: digits, drums or notes.
        name: Of the sound.
        samples: Length.
        rate: Sample rate in Hz.

    Returns:
        None where the data is not on this machine, or is somebody's own: nothing is downloaded or made for this.

    Raises:
        DataError: if the sound's file is missing or broken.
    """
    places = {
        "digits": (data.DIGITS.name, ".wav"),
        "drums": (drums.PLACE, ".flac"),
        "notes": (notes.PLACE, ".flac"),
    }
    if data_set not in places:
        return None
    place, suffix = places[data_set]
    folder = find_local(place)
    if folder is None:
        return None
    sound = waveforms.fit(waveforms.read(folder / f"{name}{suffix}", rate), samples)
    return (sound / 32768).astype(np.float32)
