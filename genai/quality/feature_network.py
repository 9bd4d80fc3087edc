"""The feature network: a small classifier of real data, in whose features the distances are measured.

No package ships an Inception network, and one trained on photographs would say little about spoken digits. So each
data set has feature networks of its own, trained on its training part only, as Heusel et al. 2017 advise
(arXiv 1706.08500). The page calls them judges.
"""

import math
from collections.abc import Callable, Sequence
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
DOWNSCALED_SIDE = 16  # side in pixels of the image that a network without classes reconstructs
BATCH = 64
LEARNING_RATE = 2e-3
WARMUP_STEPS = 50
DEAD_SHARE = 0.01  # of the images
Precision = Literal["no", "bf16"]
Draw = Callable[[int], tuple[Tensor, Tensor]]
"""From the number of a step to images (B, C, H, W) and their classes (B,); if the set has A attributes, to classes
and values (B, 1 + A)."""


@dataclass(frozen=True)
class FeatureNetworkConfig:
    """Shape of a feature network."""

    channels: int
    height: int
    width: int
    classes: int = 0
    """0: without classes the network learns to reconstruct the downscaled image from its features."""
    kind: Literal["pooled", "strided"] = "pooled"
    """pooled: 3x3 convolutions, batch norm, max pooling; strided: 5x5 convolutions of stride 2, no norm."""
    attributes: Sequence[int] = ()
    """For each attribute that it learns besides the class, the number of values. Classes alone may tell the images
    apart by little: the features then ignore what people see."""


class FeatureNetwork(nn.Module):
    """Image (or spectrogram) -> 64 features -> class logits, or a downscaled image."""

    def __init__(self, config: FeatureNetworkConfig) -> None:
        super().__init__()
        self.config = config
        blocks = int(math.log2(min(config.height, config.width) // 4))
        width, block = (32, _pooled) if config.kind == "pooled" else (24, _strided)
        widths = [config.channels, *[width * (n + 1) for n in range(blocks)]]
        self.blocks = nn.Sequential(*(block(inputs, outputs) for inputs, outputs in pairwise(widths)))
        size = widths[-1] * (config.height >> blocks) * (config.width >> blocks)
        self.summary = nn.Linear(size, FEATURES)
        outputs = config.classes + sum(config.attributes)
        self.head = nn.Linear(FEATURES, outputs or config.channels * DOWNSCALED_SIDE**2)

    def features(self, x: Tensor) -> Tensor:
        """Return the features (B, 64) of images x (B, C, H, W) in [-1, 1]."""
        features: Tensor = self.summary(self.blocks(x).flatten(1))
        # The head reads what is above 0. Below, nothing keeps the features from following the sharpness.
        return F.relu(features) if self.config.attributes else features

    def predict(self, features: Tensor) -> Tensor:
        """Return class logits (B, classes) of features (B, 64), or downscaled images (B, C * 16 * 16)."""
        if self.config.classes:
            return self.predict_all(features)[0]
        # Without classes the head is linear, so that it reconstructs as principal components do.
        images: Tensor = self.head(features)
        return images

    def predict_all(self, features: Tensor) -> list[Tensor]:
        """Return the logits (B, classes), then those of the values of each attribute, for features (B, 64)."""
        logits: Tensor = self.head(F.relu(features))
        return list(torch.split(logits, [self.config.classes, *self.config.attributes], dim=1))

    def forward(self, x: Tensor) -> Tensor:
        """Return class logits (B, classes) of images x (B, C, H, W), or downscaled images (B, C * 16 * 16)."""
        return self.predict(self.features(x))


def _pooled(inputs: int, outputs: int) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2))


def _strided(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 5, stride=2, padding=2), nn.LeakyReLU(0.1))


def initialise(network: FeatureNetwork, rng: torch.Generator) -> None:
    """Initialise the weights as He et al. 2015 (arXiv 1502.01852), the biases with zero."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                module.weight.normal_(0, (2 / module.weight[0].numel()) ** 0.5, generator=rng)
                if module.bias is not None:
                    module.bias.zero_()
        network.head.weight.mul_(0.1)  # start with nearly equal logits


def downscale(x: Tensor) -> Tensor:
    """Return images (B, C, H, W) averaged to 16 x 16 pixels and flattened: (B, C * 16 * 16)."""
    return F.adaptive_avg_pool2d(x, DOWNSCALED_SIDE).flatten(1)


def train_network(network: FeatureNetwork, draw: Draw, steps: int, precision: Precision = "no") -> None:
    """Train a feature network on the batches that `draw` returns; leave it frozen and in evaluation mode.

    Args:
        network: Initialised.
        draw: Draws the batches.
        steps: Their number.
        precision: "bf16" is three times as fast on processors that multiply in bfloat16, slower on others.
    """
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    network.train().to(memory_format=torch.channels_last)
    bar = trange(steps, desc="judge", unit="step", mininterval=1.0)
    for step in bar:
        warmup = min(1.0, (step + 1) / WARMUP_STEPS)
        set_learning_rate(optimiser, LEARNING_RATE * warmup * cosine(step / steps))
        x, labels = draw(step)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = _loss(network, x.contiguous(memory_format=torch.channels_last), labels)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        if step % 10 == 0:
            bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
    network.eval().requires_grad_(False).to(memory_format=torch.contiguous_format)


@torch.inference_mode()
def remove_dead_units(network: FeatureNetwork, draw: Draw, batches: int = 50) -> None:
    """Set the features to 0 that are above 0 in fewer than one image in a hundred, if it learnt attributes.

    Their standard deviation is so small that a single item would decide a distance.

    Args:
        network: Trained.
        draw: Draws the batches to look at.
        batches: Their number.
    """
    active = torch.cat([network.features(draw(step)[0]) > 0 for step in range(batches)])
    dead = active.float().mean(dim=0) < DEAD_SHARE
    network.summary.weight[dead] = 0
    network.summary.bias[dead] = 0


def _loss(network: FeatureNetwork, x: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy, summed over the class and the attributes, or without classes the squared error."""
    features = network.features(x)
    if not network.config.classes:
        return F.mse_loss(network.predict(features), downscale(x))
    targets = labels.view(len(x), -1).unbind(dim=1)
    losses = [F.cross_entropy(*pair) for pair in zip(network.predict_all(features), targets, strict=True)]
    return torch.stack(losses).sum()


def random_shift(x: Tensor, largest: int, seed: int, step: int) -> Tensor:
    """Shift each image (B, C, H, W) by up to `largest` pixels in both directions, repeating its border."""
    rng = make_rng(seed, 7, step)
    padded = F.pad(x, (largest,) * 4, mode="replicate")
    offsets = torch.randint(2 * largest + 1, (len(x), 2), generator=rng).tolist()
    height, width = x.shape[2:]
    shifted = [
        image[:, top : top + height, left : left + width]
        for image, (top, left) in zip(padded, offsets, strict=True)
    ]
    return torch.stack(shifted)


def random_blur(x: Tensor, largest: float, seed: int, step: int) -> Tensor:
    """Blur the first half of images (B, C, H, W) by a Gaussian of up to `largest` pixels, one width for a step.

    A generator's edges are softer than real ones. A network that has never seen soft edges notices little else.
    """
    if not largest:
        return x
    # Here, since the import of torchvision brings PyTorch's compiler along, which takes seconds.
    from torchvision.transforms.functional import gaussian_blur

    width = torch.rand((), generator=make_rng(seed, 8, step)).item() * largest
    half = len(x) // 2
    kernel = 2 * math.ceil(3 * largest) + 1  # three standard deviations on each side
    return torch.cat([gaussian_blur(x[:half], kernel, [max(width, 1e-3)] * 2), x[half:]])


@torch.inference_mode()
def extract_features(network: FeatureNetwork, x: Tensor, batch: int = 500) -> tuple[Tensor, Tensor]:
    """Return the features (N, 64) of images (N, C, H, W), and their class logits or downscaled images."""
    features = torch.cat([network.features(part) for part in torch.split(x, batch)])
    return features, network.predict(features)


def mean_and_deviation(features: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean (F,) and the standard deviation (F,) of features (N, F), the latter above 0."""
    return features.mean(dim=0), features.std(dim=0).clamp(min=1e-6)
