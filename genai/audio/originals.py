"""Reads single training sounds, if the data set is on this machine."""

import numpy as np

from genai.audio import data
from genai.audio.sources import drums, notes, waveforms
from genai.audio.sources.waveforms import Waveform
from genai.datasets.cache import find_local


def original(data_set: str, name: str, samples: int, rate: int) -> Waveform | None:
    """Read a sound of a named set, (samples,) in [-1, 1], by its name in `Clips.train_ids`.

    Args:
        data_set: digits, drums or notes.
        name: Name of the sound.
        samples: Length, as in training.
        rate: Sample rate in Hz.

    Returns:
        None if the data set is not on this machine or not a named one: nothing is downloaded or prepared.

    Raises:
        DataError: if the sound's file is missing or broken.
    """
    sources = {
        "digits": (data.DIGITS.name, ".wav"),
        "drums": (drums.PLACE, ".flac"),
        "notes": (notes.PLACE, ".flac"),
    }
    if data_set not in sources:
        return None
    cache_name, suffix = sources[data_set]
    folder = find_local(cache_name)
    if folder is None:
        return None
    sound = waveforms.fit(waveforms.read(folder / f"{name}{suffix}", rate), samples)
    return (sound / 32768).astype(np.float32)
