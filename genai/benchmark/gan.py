"""How fast pictures and sounds are made, beside the generator as it was trained and the machine's own limit."""

from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from genai import audio, checkpoint, image
from genai.audio.model import WaveGANConfig, make_generator
from genai.benchmark.timing import seconds
from genai.device import pick_device
from genai.gan.sampling import synthesise
from genai.image.model import DCGANConfig, Generator
from genai.quality.figures import Figure, Figures

BATCH = 64
PROTOCOL = f"{BATCH} at once, from the noise to items on the CPU, the best of 5 rounds"


def measure(device: str | None = None) -> Figures:
    """Return the pictures and sounds a second of every shipped model."""
    limit = operations(pick_device(device))
    return {
        f"{modality}: {entry.name}, items a second": _measured(modality, entry.name, device, limit)
        for modality in ("image", "audio")
        for entry in checkpoint.available(modality)
    }


def _measured(modality: str, name: str, device: str | None, limit: float) -> Figure:
    model: Any = {"image": image, "audio": audio}[modality].load(name, device)
    plain = reference(modality, name).to(model.device)
    z = torch.randn(BATCH, model.latent_size)
    labels = [0] * BATCH
    inputs = (z.to(model.device), torch.tensor(labels, device=model.device) if model.labels else None)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        plain(*inputs)
    ours = seconds(lambda: synthesise(model, z, labels))
    eager = seconds(lambda: plain(*inputs).cpu())
    return Figure(
        BATCH / ours,
        BATCH,
        PROTOCOL,
        {
            "eager as trained": BATCH / eager,
            "times that": eager / ours,
            "share of a matrix product's operations": counter.get_total_flops() / ours / limit,
        },
    )


def reference(modality: str, name: str) -> nn.Module:
    """The generator as it was trained: float32, batch norm apart, no inference mode."""
    header, tensors = checkpoint.load(checkpoint.find(name, modality), modality)
    network: nn.Module = (
        Generator(DCGANConfig(**header.config))
        if modality == "image"
        else make_generator(WaveGANConfig(**header.config))
    )
    network.load_state_dict(checkpoint.select_weights(tensors, "network"))
    return network.eval()


def operations(device: torch.device) -> float:
    """Floating-point operations a second of a product of two large float32 matrices.

    On a CUDA device they are rounded to TF32 in it, as in convolutions.
    """
    side = 1024 if device.type == "cpu" else 8192
    matrix, precision = torch.ones(side, side, device=device), torch.get_float32_matmul_precision()
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
    try:
        return 2 * side**3 / seconds(lambda: matrix @ matrix, rounds=10, device=device)
    finally:
        torch.set_float32_matmul_precision(precision)
