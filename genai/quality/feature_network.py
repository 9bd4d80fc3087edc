"""A judge: a small network trained on real data that says what it sees, and in whose features distances are taken.

No Inception network comes with any package, and one that was trained on photographs says little of spoken digits:
so each data set has a judge of its own, trained on its training part only, as TTUR's authors advise.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import trange

from genai.seeds import make_rng
from genai.training.schedules import cosine, set_learning_rate

FEATURES = 64
DOWNSCALED_SIDE = 16  # side, in pixels, to which a judge without classes redraws a picture
BATCH = 64
LEARNING_RATE = 2e-3
Draw = Callable[[int], tuple[Tensor, Tensor]]  # number of a step -> pictures (B, C, H, W) and their classes (B,)


@dataclass(frozen=True)
class FeatureNetworkConfig:
    """Shape of a judge."""

    channels: int
    height: int
    width: int
    classes: int = 0
    """0: there is nothing to tell apart, and the judge learns to redraw the picture, small, from its features."""
    kind: Literal["pooled", "strided"] = "pooled"
    """pooled: 3x3 convolutions, batch norm, maxima; strided: 5x5 convolutions of stride 2, no norm."""


class FeatureNetwork(nn.Module):
    """Picture (or spectrogram) -> 64 features -> class logits, or a small picture."""

    def __init__(self, config: FeatureNetworkConfig) -> None:
        super().__init__()
        self.config = config
        blocks = int(math.log2(min(config.height, config.width) // 4))
        step, block = (32, _pooled) if config.kind == "pooled" else (24, _strided)
        widths = [config.channels, *[step * (n + 1) for n in range(blocks)]]
        self.blocks = nn.Sequential(*(block(a, b) for a, b in pairwise(widths)))
        size = widths[-1] * (config.height >> blocks) * (config.width >> blocks)
        self.summary = nn.Linear(size, FEATURES)
        self.head = nn.Linear(FEATURES, config.classes or config.channels * DOWNSCALED_SIDE**2)

    def features(self, x: Tensor) -> Tensor:
        """Return what the judge makes of pictures x (B, C, H, W) in [-1, 1]: (B, 64)."""
        summary: Tensor = self.summary(self.blocks(x).flatten(1))
        return summary

    def forward(self, x: Tensor) -> Tensor:
        """Return class logits (B, classes) of x (B, C, H, W), or small pictures (B, C * 16 * 16)."""
        features = self.features(x)
        # A class is found through a ReLU; a sketch without one, as by principal components.
        logits: Tensor = self.head(F.relu(features) if self.config.classes else features)
        return logits


def _pooled(inputs: int, outputs: int) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2))


def _strided(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 5, stride=2, padding=2), nn.LeakyReLU(0.1))


def initialise(judge: FeatureNetwork, rng: torch.Generator) -> None:
    """Set all weights as He et al. 2015; biases zero."""
    with torch.no_grad():
        for module in judge.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                module.weight.normal_(0, (2 / module.weight[0].numel()) ** 0.5, generator=rng)
                if module.bias is not None:
                    module.bias.zero_()
        judge.head.weight.mul_(0.1)  # no opinion at first


def downscale(x: Tensor) -> Tensor:
    """Return pictures (B, C, H, W) shrunk to 16 x 16 pixels, flat: what a judge without classes redraws."""
    return F.adaptive_avg_pool2d(x, DOWNSCALED_SIDE).flatten(1)


def train_network(judge: FeatureNetwork, draw: Draw, steps: int) -> None:
    """Train a judge for a number of steps; leaves it in evaluation mode."""
    optimiser = torch.optim.AdamW(judge.parameters(), weight_decay=0.02)
    judge.train()
    for step in (bar := trange(steps, desc="judge", unit="step", mininterval=1.0)):
        set_learning_rate(optimiser, LEARNING_RATE * min(1.0, (step + 1) / 50) * cosine(step / steps))
        x, labels = draw(step)
        loss = F.cross_entropy(judge(x), labels) if judge.config.classes else F.mse_loss(judge(x), downscale(x))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        if step % 10 == 0:
            bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
    judge.eval().requires_grad_(False)


def random_shift(x: Tensor, largest: int, seed: int, step: int) -> Tensor:
    """Move each picture (B, C, H, W) by up to `largest` pixels in both directions, its border repeated."""
    rng, side = make_rng(seed, 7, step), 2 * largest + 1
    padded = F.pad(x, (largest,) * 4, mode="replicate")
    offsets = torch.randint(side, (len(x), 2), generator=rng).tolist()
    height, width = x.shape[2:]
    return torch.stack([p[:, i : i + height, j : j + width] for p, (i, j) in zip(padded, offsets, strict=True)])


@torch.inference_mode()
def extract_features(judge: FeatureNetwork, x: Tensor, batch: int = 500) -> tuple[Tensor, Tensor]:
    """Return a judge's features (N, 64) of pictures and its logits, or small pictures, in float32."""
    parts = [judge.features(part) for part in torch.split(x, batch)]
    features = torch.cat(parts)
    return features, judge.head(F.relu(features) if judge.config.classes else features)
