"""Cut a recording into sounds, at the silences between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]

FRAME = 0.01
"""Seconds of which the level is measured."""
BELOW_PEAK = 10 ** (-30 / 20)
"""Level from which a frame counts as sound, as a share of the loudest frame: 30 dB below it."""
ABOVE_NOISE = 4.0
"""The same, as a multiple of the noise, which is the level that a tenth of all frames stay below."""
QUIETEST = 10 ** (-45 / 20)
"""Peak, of 1, below which a recording counts as silent."""
SHORTEST_SILENCE = 0.15
"""Seconds; a shorter silence, such as before the p of a word, is part of the sound."""
SHORTEST_SOUND = 0.03
"""Seconds; a shorter one is a click."""
BEFORE = 0.02
AFTER = 0.06
"""Seconds that are kept around a sound."""


@dataclass(frozen=True)
class Span:
    """A part of a recording.

    Args:
        start: Its first sample.
        end: The one after its last.
    """

    start: int
    end: int


def find_sounds(recording: Waveform, rate: int) -> list[Span]:
    """Find the sounds in a recording.

    Args:
        recording: (T,), in [-1, 1].
        rate: Samples a second.

    Returns:
        Where they are, in order and without overlap; none in a recording that is silent.
    """
    centred = recording - recording.mean() if len(recording) else recording
    if not len(centred) or np.abs(centred).max() < QUIETEST:
        return []
    step = round(FRAME * rate)
    loud = _loud_frames(centred, step)
    spans = _joined(_runs(loud), round(SHORTEST_SILENCE / FRAME))
    least = SHORTEST_SOUND / FRAME
    before, after = round(BEFORE * rate), round(AFTER * rate)
    return [
        Span(max(0, span.start * step - before), min(len(recording), span.end * step + after))
        for span in spans
        if span.end - span.start >= least
    ]


def _loud_frames(recording: Waveform, step: int) -> NDArray[np.bool_]:
    """Return for each frame of so many samples whether it counts as sound."""
    frames = -(-len(recording) // step)
    padded = np.zeros(frames * step, np.float32)
    padded[: len(recording)] = recording
    levels = np.sqrt((padded.reshape(frames, step) ** 2).mean(axis=1))
    loudest = float(levels.max())
    noise = float(np.quantile(levels, 0.1))
    # A recording without any silence has no noise to measure: then its own level would count as noise.
    threshold = min(max(BELOW_PEAK * loudest, ABOVE_NOISE * noise), loudest / 4)
    loud: NDArray[np.bool_] = levels > threshold
    return loud


def _runs(loud: NDArray[np.bool_]) -> list[Span]:
    """Return the runs of True, in frames."""
    changes = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(np.int8)))
    return [Span(int(start), int(end)) for start, end in zip(changes[::2], changes[1::2], strict=True)]


def _joined(spans: list[Span], shortest_silence: int) -> list[Span]:
    """Join neighbours with less than so many frames between them."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start - joined[-1].end < shortest_silence:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
