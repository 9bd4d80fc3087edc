"""All training sounds in the index, compressed, so that the nearest one is heard where the data set is not.

They are one Opus file, one after the other without the silence at their ends: a file of its own for each sound
would take three times as much. An Opus file can be read from any sample on.
"""

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import soundfile
import torch
from torch import Tensor

from genai.audio.sources.waveforms import Waveform
from genai.provenance import to_pcm
from genai.quality.nearest import NearestIndex, require_files

COMPRESSION = 0.99  # 0 to 1: about 9,000 bits a second
# With .99 a drum is to its judge often less like itself than like another one; 10,000 bits a second are enough.
COMPRESSIONS = {"drums": 0.985}
SILENCE = 0.006  # of full scale, -44 dB
GAP_SECONDS = 0.02  # after each sound: Opus codes 20 ms at once, so that a stroke is heard faintly just before it


def add_clips(index: NearestIndex, sounds: Tensor, rate: int, data_set: str) -> NearestIndex:
    """Return an index with its sounds (N, T), 16-bit, compressed.

    Args:
        index: Of the sounds.
        sounds: In the order of the index.
        rate: Sample rate in Hz: 8000, 12000, 16000, 24000 or 48000.
        data_set: Its name.
    """
    file, starts = encode(sounds, rate, data_set)
    return replace(index, files=[file], starts=starts)


def encode(sounds: Tensor, rate: int, data_set: str) -> tuple[bytes, Tensor]:
    """Encode 16-bit sounds (N, T) of a data set as one file.

    Returns:
        The file, and where in it each sound starts and the last gap ends, (N + 1,).
    """
    loud = sounds.abs().int() > SILENCE * 32768
    lengths = (torch.arange(sounds.shape[1]) * loud).amax(dim=1) + 1
    gap = np.zeros(_gap(rate), np.int16)
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), (lengths + len(gap)).cumsum(0)])
    file = io.BytesIO()
    compression = COMPRESSIONS.get(data_set, COMPRESSION)
    settings = {"format": "OGG", "subtype": "OPUS", "compression_level": compression}
    with soundfile.SoundFile(file, "w", rate, 1, **settings) as writer:
        for sound, length in zip(sounds.numpy(), lengths.tolist(), strict=True):
            writer.write(np.concatenate([sound[:length], gap]))
    return file.getvalue(), starts.to(torch.int32)


def decode(file: bytes, starts: Tensor, row: int, samples: int) -> tuple[Waveform, int]:
    """Return the sound of a row, (samples,) in [-1, 1], and its sample rate in Hz.

    Args:
        file: As `encode` made it.
        starts: Likewise.
        row: 0 to N - 1.
        samples: Length; silence is added at the end.
    """
    first, end = starts[row : row + 2].tolist()
    wave = np.zeros(samples, np.float32)
    with soundfile.SoundFile(io.BytesIO(file)) as reader:
        length = min(end - first - _gap(reader.samplerate), samples)
        reader.seek(first)
        wave[:length] = reader.read(length, dtype="float32")
        return wave, reader.samplerate


def read(index: NearestIndex, data_set: str, rows: Sequence[int], samples: int) -> Tensor:
    """Return the sounds of some rows of an index, (N, samples) in [-1, 1].

    Args:
        index: Of the data set.
        data_set: Its name.
        rows: Each 0 to the size of the index - 1.
        samples: Length, as of `decode`.

    Raises:
        CheckpointError: if the index has no sounds.
    """
    [file] = require_files(index, "audio", data_set)
    return torch.from_numpy(np.stack([decode(file, index.starts, row, samples)[0] for row in rows]))


def recode(sounds: Tensor, rate: int, data_set: str) -> Tensor:
    """Return other sounds as they would come out of an index, so that nothing in a file tells them apart.

    Args:
        sounds: (N, T) in [-1, 1].
        rate: Sample rate in Hz, as of `encode`.
        data_set: Of the index.

    Returns:
        (N, T) in [-1, 1].
    """
    pcm = torch.from_numpy(np.stack([to_pcm(sound) for sound in sounds]))
    file, starts = encode(pcm, rate, data_set)
    waves = [decode(file, starts, row, sounds.shape[1])[0] for row in range(len(sounds))]
    return torch.from_numpy(np.stack(waves))


def _gap(rate: int) -> int:
    """Return the samples of a gap."""
    return round(GAP_SECONDS * rate)
