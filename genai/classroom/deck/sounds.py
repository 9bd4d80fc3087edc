"""Sounds of a deck, as the index keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from genai.audio import clips, spectrogram
from genai.classroom.deck.deck import Kind, Shown
from genai.classroom.deck.files import serve_picture, serve_sound
from genai.quality.nearest import NearestIndex
from genai.ui.views import drawing


@dataclass(frozen=True)
class SoundCodec:
    """The sounds of a data set.

    Args:
        data_set: Its name.
        samples: Length of the model's sounds.
        rate: Their sample rate in Hz.
    """

    data_set: str
    samples: int
    rate: int
    kind: Kind = "sound"

    def read(self, index: NearestIndex, rows: Sequence[int]) -> Tensor:
        """Return sounds (N, T) in [-1, 1].

        Raises:
            CheckpointError: if the index has none.
        """
        return clips.read(index, self.data_set, rows, self.samples)

    def recode(self, index: NearestIndex, items: Tensor) -> Tensor:
        """Return made sounds (N, T) after the compression of the index."""
        return clips.recode(items, self.rate, self.data_set)

    def to_model(self, items: Tensor) -> Tensor:
        """Return the sounds as they are."""
        return items

    def to_pictures(self, items: Tensor) -> Tensor:
        """Return spectrograms (N, 1, 64, 64)."""
        return spectrogram.to_pictures(items)

    def show(self, item: Tensor) -> Shown:
        """Return a sound (T,) and its spectrogram as files."""
        wave = item.numpy()
        picture = drawing.spectrogram_picture(wave, self.rate)
        return {"picture": serve_picture(picture), "sound": serve_sound(drawing.playable(wave, self.rate))}
