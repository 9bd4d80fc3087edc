"""The losses of generator and discriminator, the penalties that keep the discriminator smooth, and all settings.

Logits are a list with one tensor (B,) for each sub-discriminator; the losses of all of them are added.
Sources: logistic, Goodfellow et al. 2014 (the generator's non-saturating form); hinge, Lim & Ye 2017; wasserstein,
Arjovsky et al. 2017, with the penalty of Gulrajani et al. 2017; relativistic, Jolicoeur-Martineau 2019, with R1
and R2 as in Huang et al. 2024 (R3GAN, arXiv 2501.05441), where both fall tenfold; R1, Mescheder et al. 2018; lazy
penalties, Karras et al. 2020; classification, Odena et al. 2017 (AC-GAN, arXiv 1610.09585), of real items only for
the discriminator.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.errors import ConfigError
from genai.gan.attribute_matching import attribute_loss
from genai.gan.batch import Batch
from genai.gan.discriminator import DiscriminatorOutput, Logits
from genai.training.config import RunConfig
from genai.training.schedules import cosine
from genai.validation import check_range

Loss = Literal["logistic", "hinge", "wasserstein", "relativistic"]
Autocast = Callable[[], AbstractContextManager[None]]
ScoreFn = Callable[[Tensor], Logits]  # from items (B, ...), with the labels fixed
DiscriminatorFn = Callable[[Tensor, Tensor | None], DiscriminatorOutput]  # likewise, and what it is told (B,)


@dataclass(frozen=True)
class GanTrainingConfig(RunConfig):
    """Settings of adversarial training and of the run together."""

    loss: Loss = "relativistic"
    """logistic is the binary cross-entropy of the first GANs; relativistic compares each fake with a real one."""
    r1: float = 0.3
    """Weight gamma of the penalty on the gradient at real items; 0 for none."""
    r2: float = 0.3
    """The same at generated items."""
    penalty_floor: float = 1.0
    """Share of r1 and r2 at the end of the run; they fall to it along half a cosine."""
    gradient_penalty: float = 0.0
    """Weight lambda of WGAN-GP's penalty; 10 in its paper; 0 for none."""
    feature_matching: float = 0.0
    """Weight of the distance between the discriminator's mean features of real and generated items, by class."""
    classification: float = 0.0
    """Weight of the cross-entropy of the label: the discriminator learns to name the class of real items, and the
    generator to make items whose class it names; 0 for none."""
    attribute_matching: float = 0.0
    """Weight of two losses for data whose attributes are known, such as the hair colour of characters: the
    discriminator learns to name those of real items, and the generator to make each value as often as the data has
    it; 0 for none."""
    finishing_steps: int = 0
    """Steps after adversarial training in which the averaged generator alone is trained to match means and
    covariance of these features; 0 for none."""
    penalty_every: int = 4
    """Steps from one penalty to the next, each weighted by this number (lazy regularisation)."""
    discriminator_steps: int = 1
    """Discriminator steps for each generator step; 5 in the WGAN papers."""
    batch_size: int = 64
    """Real items in a step, and as many generated ones; over all processes."""
    latent_size: int = 100
    """Numbers in a z."""
    start_from: Path | None = None
    """A checkpoint whose weights the training starts from, to train on."""
    learning_rate: float = 3e-4
    """Of both networks; falls to zero over the second half of the run."""
    beta1: float = 0.0
    """Decay of Adam's mean of the gradients."""
    beta2: float = 0.99
    """Decay of Adam's mean of their squares, at the end of the run."""
    beta2_start: float | None = None
    """The same at the start, from which it moves along half a cosine; left out: it is the same throughout."""
    clip: float = 0.0
    """Largest norm of a gradient; 0 for no limit."""
    ema_decay: float = 0.999
    """Decay of the averaged generator, which is the one that the checkpoint holds."""
    augment: float = 0.0
    """Strength, 0 to 1, at the end of the run, of random changes that the discriminator sees on real and generated
    items alike; it grows along half a cosine."""
    augment_start: float = 0.0
    """The same at the start of the run: for few items as large as at the end."""
    freeze_layers: int = 0
    """Layers of the discriminator, counted from its input, that are not trained: for few items, where the training
    starts from a checkpoint (FreezeD, Mo et al. 2020, arXiv 2002.10964)."""
    norm_batches: int = 128
    """Batches of noise on which the batch norm of the averaged generator is measured, for each sample and at the
    end."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("batch_size", "latent_size", "penalty_every", "discriminator_steps", "norm_batches")
        self.check_shares("beta1", "beta2", "beta2_start", "ema_decay")
        self.check_amounts("learning_rate", "r1", "r2", "penalty_floor", "gradient_penalty", "feature_matching")
        self.check_amounts("classification", "attribute_matching", "finishing_steps", "clip", "freeze_layers")
        check_range("--augment", self.augment, 0, 1)
        check_range("--augment-start", self.augment_start, 0, 1)
        if self.freeze_layers and self.start_from is None:
            raise ConfigError(
                "--freeze-layers {value} is not possible without --start-from: layers that are not trained must "
                "come from a checkpoint.",
                value=self.freeze_layers,
            )


def augmentation_strength(config: GanTrainingConfig, progress: float) -> float:
    """Return the strength of augmentation, 0 to 1, at a progress of the run from 0 to 1."""
    return config.augment_start + (config.augment - config.augment_start) * (1 - cosine(progress, floor=0))


def discriminator_loss(kind: Loss, real: Logits, fake: Logits) -> Tensor:
    """Return the discriminator's loss, in float32, from its logits for real and generated items."""
    pairs = zip(real, fake, strict=True)
    losses = [
        discriminator_terms(kind, real_part.float(), fake_part.float()).mean() for real_part, fake_part in pairs
    ]
    return torch.stack(losses).sum()


def discriminator_terms(kind: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """Return what each pair of a real and a generated item adds to the loss, which is their mean.

    Args:
        kind: The loss.
        real: Logits of any shape.
        fake: Logits of the same shape.
    """
    match kind:
        case "logistic":
            return F.softplus(-real) + F.softplus(fake)  # -log D(x) - log(1 - D(G(z)))
        case "hinge":
            return F.relu(1 - real) + F.relu(1 + fake)
        case "wasserstein":
            return fake - real
        case "relativistic":
            return F.softplus(fake - real)


def generator_loss(kind: Loss, real: Logits, fake: Logits) -> Tensor:
    """Return the generator's loss, in float32; only the relativistic loss depends on the real logits."""
    pairs = zip(real, fake, strict=True)
    losses = [generator_terms(kind, real_part.float(), fake_part.float()).mean() for real_part, fake_part in pairs]
    return torch.stack(losses).sum()


def generator_terms(kind: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """Return what each generated item adds to the generator's loss; arguments as in `discriminator_terms`."""
    match kind:
        case "logistic":
            return F.softplus(-fake)  # -log D(G(z))
        case "hinge" | "wasserstein":
            return -fake
        case "relativistic":
            return F.softplus(real - fake)


def classification_loss(log_likelihoods: Logits) -> Tensor:
    """Return the cross-entropy of the labels, the mean over items and sub-discriminators."""
    return -torch.stack([part.mean() for part in log_likelihoods]).mean()


def squared_gradient(logits: Logits, items: Tensor) -> Tensor:
    """Return the mean over items of |d logit / d item|^2, summed over sub-discriminators.

    It is the penalty R1 at real items and R2 at generated ones.

    Args:
        logits: Computed from the items.
        items: (B, ...), with requires_grad.
    """
    norms = []
    for part in logits:
        (gradient,) = torch.autograd.grad(part.sum(), items, create_graph=True)
        norms.append(gradient.square().flatten(1).sum(dim=1).mean())
    return torch.stack(norms).sum()


def interpolation_penalty(score: ScoreFn, real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return WGAN-GP's E (|d score / d x| - 1)^2 at points x between real and fake, summed over sub-discriminators.

    Args:
        score: Scores items.
        real: (B, ...).
        fake: (B, ...).
        mix: (B,) in [0, 1], the weight of the real item; the fake one has the rest.
    """
    shape = (-1,) + (1,) * (real.ndim - 1)
    between = torch.lerp(fake, real, mix.view(shape)).detach().requires_grad_()
    penalties = []
    for part in score(between):
        (gradient,) = torch.autograd.grad(part.sum(), between, create_graph=True)
        penalties.append((gradient.flatten(1).norm(dim=1) - 1).square().mean())
    return torch.stack(penalties).sum()


def discriminator_objective(
    discriminator: DiscriminatorFn,
    real: Batch,
    fake: Batch,
    mix: Tensor,
    config: GanTrainingConfig,
    *,
    penalise: bool,
    scale: float,
    autocast: Autocast,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the discriminator's loss with its penalties, and named numbers for the log.

    Args:
        discriminator: Scores items.
        real: Items (B, ...); a discriminator with attributes learns to name theirs.
        fake: As many generated ones.
        mix: As in `interpolation_penalty`.
        config: The loss and the weights of the penalties.
        penalise: Whether penalties are added; then everything is computed in float32, since second derivatives
            lose too much in bfloat16.
        scale: 0 to 1, by which r1 and r2 are multiplied.
        autocast: Context for a step without penalties.
    """
    items = real.items.detach().float()
    fake_items = fake.items.detach().float()
    if not penalise:
        with autocast():
            real_output = discriminator(items, real.told)
            fake_output = discriminator(fake_items, fake.told)
        return _losses(config, real_output, fake_output, real.attributes)
    real_output = discriminator(items.requires_grad_(), real.told)
    fake_output = discriminator(fake_items.requires_grad_(), fake.told)
    penalty = torch.zeros((), device=items.device)
    if config.r1:
        penalty = penalty + scale * config.r1 / 2 * squared_gradient(real_output.logits, items)
    if config.r2:
        penalty = penalty + scale * config.r2 / 2 * squared_gradient(fake_output.logits, fake_items)
    if config.gradient_penalty:
        interpolated = interpolation_penalty(
            lambda points: discriminator(points, real.told).logits, items, fake_items, mix
        )
        penalty = penalty + config.gradient_penalty * interpolated
    loss, numbers = _losses(config, real_output, fake_output, real.attributes)
    return loss + config.penalty_every * penalty, {"penalty": penalty.detach(), **numbers}


def has_penalty(config: GanTrainingConfig, step: int) -> bool:
    """Whether the discriminator's loss has penalties in a step."""
    return step % config.penalty_every == 0 and bool(config.r1 or config.r2 or config.gradient_penalty)


def _losses(
    config: GanTrainingConfig, real: DiscriminatorOutput, fake: DiscriminatorOutput, attributes: Tensor | None
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the discriminator's loss without penalties, and named numbers for the log."""
    loss = discriminator_loss(config.loss, real.logits, fake.logits)
    numbers = {"real": _mean(real.logits), "fake": _mean(fake.logits)}
    if real.log_likelihoods:
        entropy = classification_loss(real.log_likelihoods)
        numbers["classification"] = entropy.detach()
        loss = loss + config.classification * entropy
    if attributes is not None and real.attributes:
        entropy = attribute_loss(real.attributes, attributes)
        numbers["attributes"] = entropy.detach()
        loss = loss + config.attribute_matching * entropy
    return loss, numbers


def _mean(logits: Logits) -> Tensor:
    return torch.stack([part.detach().float().mean() for part in logits]).mean()
