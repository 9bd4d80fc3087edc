"""How good an audio model is: python -m genai.audio.evaluation digits."""

import sys
from pathlib import Path
from typing import Annotated

import torch
import tyro
from torch import Tensor

from genai import checkpoint
from genai.audio import data, load
from genai.audio.judging import to_pictures
from genai.audio.pitch import cents, frequencies, frequency_of
from genai.audio.sampling import AudioModel, AudioRequest, generate
from genai.audio.sources import notes
from genai.audio.sources.waveforms import ONSET
from genai.checkpoint import parameters
from genai.errors import GenaiError
from genai.quality import shipped_networks
from genai.quality.figures import Figure, figures_to_json, format_report, percentiles
from genai.quality.scores import EvaluationSet, figures
from genai.quality.shipped_networks import LabelledItems

SILENT = 0.05  # peak, of 1, below which a clip counts as silent
CLIPPED = 0.999  # absolute value from which a sample counts as clipped
ONSET_SECONDS = 0.05
IN_TUNE = 50  # cents
BATCH = 100


def make(model: AudioModel, first: int, asked: Tensor) -> Tensor:
    """Make sounds (N, T) of the classes asked for (N,), with seeds that count up from the first."""
    requests = [
        AudioRequest(int(label) if model.labels else None, seed=first + n) for n, label in enumerate(asked.tolist())
    ]
    batches = (generate(model, requests[start : start + BATCH]) for start in range(0, len(requests), BATCH))
    return torch.stack([result.waveform for batch in batches for result in batch])


def onsets(sounds: Tensor, rate: int) -> Tensor:
    """Return when each sound (N, T) first passes 2 % of its peak, in seconds."""
    level = sounds.abs()
    return (level > ONSET * level.amax(dim=1, keepdim=True)).int().argmax(dim=1) / rate


def health(fake: Tensor, real: Tensor, rate: int) -> dict[str, Figure]:
    """Measure what every clip must have: it is to be heard, not clipped, and begins when real ones do."""
    begins, usual = onsets(fake, rate), onsets(real, rate)
    timely = (begins >= usual.min() - ONSET_SECONDS) & (begins <= usual.max() + ONSET_SECONDS)
    medians = {"median s": begins.median().item(), "real median s": usual.median().item()}
    peak = fake.abs().amax(dim=1)
    return {
        name: Figure(share.float().mean().item(), len(fake), f"share of clips that {what}; seeds from 0", beside)
        for name, share, what, beside in (
            ("silent", peak < SILENT, f"have a peak below {SILENT}", {}),
            ("clipped", peak >= CLIPPED, f"reach {CLIPPED}", {}),
            ("timely", timely, f"begin within {ONSET_SECONDS} s of the range of test clips", medians),
        )
    }


def tuning(fake: Tensor, real: Tensor, asked: Tensor, rate: int) -> Figure:
    """Measure how well notes are in tune: by YIN, from 50 ms on, against the key that was asked for."""
    wanted = frequency_of(asked + notes.KEYS[0])
    off, usual = (cents(frequencies(sounds, rate), wanted).abs() for sounds in (fake, real))
    return Figure(
        (off < IN_TUNE).float().mean().item(), len(fake),
        f"share of notes within {IN_TUNE} cents of the key asked for, pitch by YIN from 50 ms on; seeds from 0",
        {"real test notes": (usual < IN_TUNE).float().mean().item(), "median cents": off.median().item()},
    )  # fmt: skip


@torch.inference_mode()
def judged(model: AudioModel, items: LabelledItems) -> Tensor:
    """Return the logits (N,) that the model's own discriminator gives, the mean of its judges'.

    Args:
        model: One with its discriminator.
        items: Sounds (N, T) in [-1, 1] under `pictures`, and their classes.
    """
    network = model.discriminator
    assert network is not None  # asked for only where there is one
    batches = zip(torch.split(items.pictures, BATCH), torch.split(items.classes, BATCH), strict=True)
    logits = [torch.stack(network(x.to(model.device), y.to(model.device))).mean(dim=0) for x, y in batches]
    return torch.cat(logits).cpu()


def scores(model: AudioModel, real: LabelledItems, fake: Tensor) -> dict[str, list[float]]:
    """Return percentiles of the discriminator's logits for real sounds and for generated ones, for the header."""
    if model.discriminator is None:
        return {}
    sets = {"real": real, "fake": LabelledItems(fake, real.classes)}
    return {name: [round(x, 3) for x in percentiles(judged(model, items)).tolist()] for name, items in sets.items()}


def main(
    name: tyro.conf.Positional[str],
    *,
    own: Annotated[str | None, tyro.conf.arg(name="data")] = None,
    device: str | None = None,
    keep: bool = False,
    checkpoints: Path | None = None,
    folder: Path | None = None,
) -> None:
    """Print an audio model's figures: a table, then the same as JSON.

    Args:
        name: A checkpoint's name, or the path of its file.
        own: The folder of sounds that it was trained on, if they are your own.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        keep: Also write the figures into the header of the file.
        checkpoints: Folder of models; left out: the shipped ones.
        folder: Where the judges are, with a subfolder audio; left out: judges among the checkpoints,
            else the shipped ones.
    """
    model = load(name, device, checkpoints)
    judges = folder or shipped_networks.folder_beside(checkpoints)
    assert model.header is not None  # a loaded model has one
    clips = data.load(own or model.header.data_set, model.network.config.samples, model.sample_rate)
    train, test = (part.float() / 32768 for part in (clips.train, clips.test))
    real = EvaluationSet(
        LabelledItems(to_pictures(train), clips.train_labels),
        LabelledItems(to_pictures(test), clips.test_labels),
        [shipped_networks.load("audio", clips.card.name, kind, judges) for kind in shipped_networks.KINDS],
        [label["en"] for label in model.labels.names],
    )
    found = figures(real, lambda first, asked: to_pictures(make(model, first, asked)))
    fake = make(model, 0, clips.test_labels)
    found |= health(fake, test, model.sample_rate)
    if clips.card.name == "notes":
        found["in_tune"] = tuning(fake, test, clips.test_labels, model.sample_rate)
    print(
        format_report(
            model.name,
            found,
            weights=parameters.count_parameters(checkpoint.find(name, "audio", checkpoints), "audio")["network"],
        )
    )
    if keep:
        path = checkpoint.find(name, "audio", checkpoints)
        checkpoint.update_header(
            path, metrics=figures_to_json(found), scores=scores(model, LabelledItems(test, clips.test_labels), fake)
        )


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
