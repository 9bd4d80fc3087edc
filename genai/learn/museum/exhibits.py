"""What the museum shows, and what its models generate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import torch

from genai import audio, checkpoint, image, provenance, text
from genai.audio.encoding import encode as encode_sound
from genai.checkpoint.header import Header
from genai.errors import ConfigError, quoted
from genai.gan.origin import make_label
from genai.image.encoding import tile
from genai.language.strings import Bilingual
from genai.serving.models import Registry
from genai.ui.views import drawing
from genai.ui.views.files import data_url

Modality = Literal["text", "image", "audio"]
PICTURES = 12
SOUNDS = 3
CHARACTERS = 400


@dataclass(frozen=True)
class Exhibit:
    """A model that fails.

    Args:
        modality: Of the model.
        healthy: The name of the shipped model of the same data, which generates with the same seeds.
        cures: The settings that make the difference, as far as the healthy side differs in them.
        twin: The name of the recorded run in which nothing but the cure was changed; None where there is none: then
            the healthy side is the shipped model's own training.
    """

    modality: Modality
    healthy: str
    cures: tuple[str, ...]
    twin: str | None = None


EXHIBITS = {
    "mode-collapse": Exhibit("image", "fashion", ("loss", "r1", "r2"), twin="image-base"),
    "recites": Exhibit(
        "text", "shakespeare", ("input_dropout", "layer_dropout", "output_dropout", "weight_drop", "weight_decay")
    ),
    "discriminator-wins": Exhibit("audio", "digits", ("loss", "r1", "r2")),
    "buzzes": Exhibit("audio", "digits", ("head", "phase_shuffle")),
}


def find_exhibit(name: object) -> Exhibit:
    """Return the exhibit of a name.

    Raises:
        ConfigError: if there is none.
    """
    if not isinstance(name, str) or name not in EXHIBITS:
        raise ConfigError(
            "There is no exhibit {name} in the museum. There are: {known}.",
            name=quoted(name),
            known=", ".join(EXHIBITS),
        )
    return EXHIBITS[name]


class Samples(TypedDict):
    """What a model generated.

    Attributes:
        title: Of the model.
        picture: Pictures, or the spectrograms of sounds, as one data URL.
        sounds: Of a sound model: each sound with its spectrogram, data URLs.
        text: Of a text model.
    """

    title: Bilingual
    picture: NotRequired[str]
    sounds: NotRequired[list[tuple[str, str]]]
    text: NotRequired[str]


class Halls:
    """The museum's models and the healthy ones beside them, each loaded at its first use.

    They are registries of their own, on the CPU: the tabs' models know nothing of them.

    Args:
        folder: Of all checkpoints; None means the shipped ones. The museum's are in its subfolder, or else those
            that are shipped. The healthy ones are always the shipped ones.
    """

    def __init__(self, folder: Path | None = None) -> None:
        museum = checkpoint.folder_beside("museum", folder)
        self._failed = {name: _registry(name, museum) for name in ("text", "image", "audio")}
        self._healthy = {name: _registry(name, None) for name in ("text", "image", "audio")}

    def header(self, name: str) -> Header:
        """Return the header of an exhibit's model.

        Raises:
            CheckpointError: if it is missing or broken.
        """
        return self._failed[find_exhibit(name).modality].header(name)

    def failed(self, modality: str) -> Registry[Any]:
        """Return the museum's models of a modality."""
        return self._failed[modality]

    def healthy(self, modality: str) -> Registry[Any]:
        """Return the shipped models of a modality."""
        return self._healthy[modality]

    def samples(self, name: str) -> list[Samples]:
        """Return what an exhibit's model and the healthy one generate from the same settings and seeds."""
        exhibit = find_exhibit(name)
        opening = self.header(name).openings[0]
        models = (self._failed[exhibit.modality].get(name), self._healthy[exhibit.modality].get(exhibit.healthy))
        return [SAMPLERS[exhibit.modality](model, opening) for model in models]


def _registry(modality: str, folder: Path | None) -> Registry[Any]:
    loaders = {"text": text.load, "image": image.load, "audio": audio.load}
    return Registry(modality, loaders[modality], device="cpu", folder=folder)


def _text(model: text.TextModel, opening: Mapping[str, Any]) -> Samples:
    request = text.TextRequest(
        prompt=opening["prompt"],
        seed=opening["seed"],
        temperature=opening["temperature"],
        length=CHARACTERS,
    )
    (result,) = text.generate(model, [request])
    return {"title": _title(model), "text": opening["prompt"] + result.text}


def _pictures(model: image.ImageModel, opening: Mapping[str, Any]) -> Samples:
    requests = [image.ImageRequest(opening["label"], seed=seed) for seed in range(PICTURES)]
    pictures = torch.stack([result.image for result in image.generate(model, requests)])
    grid = tile(pictures, columns=PICTURES // 2)
    label = make_label(model, {"label": opening["label"], "seeds": f"0 to {PICTURES - 1}"})
    return {"title": _title(model), "picture": data_url("image/png", provenance.png(grid, label))}


def _sounds(model: audio.AudioModel, opening: Mapping[str, Any]) -> Samples:
    requests = [audio.AudioRequest(opening["label"], seed=seed) for seed in range(SOUNDS)]
    sounds = []
    for result in audio.generate(model, requests):
        wave = data_url("audio/wav", encode_sound(model, result))
        sounds.append((wave, drawing.spectrogram(result.waveform.numpy(), result.sample_rate)))
    return {"title": _title(model), "sounds": sounds}


def _title(model: Any) -> Bilingual:  # noqa: ANN401 - a model of any modality
    title: Bilingual = model.header.title
    return title


SAMPLERS: Mapping[Modality, Callable[[Any, Mapping[str, Any]], Samples]] = {
    "text": _text,
    "image": _pictures,
    "audio": _sounds,
}
