"""The game of generator and discriminator: what each wants, and what keeps the discriminator smooth.

Several discriminators may judge the same item: logits are a list with one tensor (B,) for each, and losses add up.
Sources: logistic, Goodfellow et al. 2014 (the generator's non-saturating form); hinge, Lim & Ye 2017; wasserstein,
Arjovsky et al. 2017, with the penalty of Gulrajani et al. 2017; relativistic, Jolicoeur-Martineau 2019, with R1
and R2 as in Huang et al. 2024 (R3GAN, arXiv 2501.05441), where both fall tenfold; R1, Mescheder et al. 2018; lazy
penalties, Karras et al. 2020.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

Loss = Literal["logistic", "hinge", "wasserstein", "relativistic"]
Logits = Sequence[Tensor]  # one (B,) for each discriminator, of any precision: losses are taken in float32
DiscriminatorFn = Callable[[Tensor], Logits]  # from items (B, ...), the labels already given


@dataclass(frozen=True)
class GanConfig:
    """Rules of the game."""

    loss: Loss = "relativistic"
    """logistic is the paper's binary cross-entropy; relativistic compares each fake with a real one."""
    r1: float = 0.3
    """Weight gamma of the penalty on the gradient at real items; 0 for none."""
    r2: float = 0.3
    """The same at generated items."""
    penalty_floor: float = 1.0
    """Share of r1 and r2 that is left at the end, falling along half a cosine: smooth first, sharp last."""
    gradient_penalty: float = 0.0
    """Weight lambda of WGAN-GP's penalty; 10 in its paper; 0 for none."""
    feature_matching: float = 0.0
    """Weight of the distance between the discriminator's mean features of real and generated items, by class."""
    finishing_steps: int = 0
    """Steps after the game in which the averaged generator alone brings means and covariance of these features
    together; 0 for none."""
    penalty_every: int = 4
    """Steps between two penalties, which count as many times more (lazy regularisation)."""
    discriminator_steps: int = 1
    """Discriminator steps for each generator step; 5 in the WGAN papers."""
    batch_size: int = 64
    """Real items, and generated ones, a step; over all processes."""
    latent_size: int = 100
    """Numbers in a z."""
    learning_rate: float = 3e-4
    """Of both players; falls to zero over the second half of the run."""
    beta1: float = 0.0
    beta2: float = 0.99
    clip: float = 0.0
    """Largest norm of a gradient; 0 for no limit."""
    ema_decay: float = 0.999


def discriminator_loss(kind: Loss, real: Logits, fake: Logits) -> Tensor:
    """What the discriminators lower, from their logits for real and generated items."""
    return torch.stack(
        [_discriminator_loss(kind, r.float(), f.float()) for r, f in zip(real, fake, strict=True)]
    ).sum()


def _discriminator_loss(kind: Loss, real: Tensor, fake: Tensor) -> Tensor:
    match kind:
        case "logistic":
            loss = F.softplus(-real) + F.softplus(fake)  # -log D(x) - log(1 - D(G(z)))
        case "hinge":
            loss = F.relu(1 - real) + F.relu(1 + fake)
        case "wasserstein":
            loss = fake - real
        case "relativistic":
            loss = F.softplus(fake - real)
    return loss.mean()


def generator_loss(kind: Loss, real: Logits, fake: Logits) -> Tensor:
    """What the generator lowers; the real logits matter to the relativistic loss only."""
    return torch.stack([_generator_loss(kind, r.float(), f.float()) for r, f in zip(real, fake, strict=True)]).sum()


def _generator_loss(kind: Loss, real: Tensor, fake: Tensor) -> Tensor:
    match kind:
        case "logistic":
            loss = F.softplus(-fake)  # -log D(G(z))
        case "hinge" | "wasserstein":
            loss = -fake
        case "relativistic":
            loss = F.softplus(real - fake)
    return loss.mean()


def squared_gradient(logits: Logits, items: Tensor) -> Tensor:
    """Return the mean over items of |d logit / d item|^2, summed over judges: R1 at real items, R2 at fake ones.

    Args:
        logits: Computed from the items.
        items: (B, ...), with requires_grad.
    """
    norms = []
    for one in logits:
        (gradient,) = torch.autograd.grad(one.sum(), items, create_graph=True)
        norms.append(gradient.square().flatten(1).sum(dim=1).mean())
    return torch.stack(norms).sum()


def interpolation_penalty(judge: DiscriminatorFn, real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return WGAN-GP's E (|d score / d x| - 1)^2 at points x between real and fake, summed over judges.

    Args:
        judge: The critic.
        real: (B, ...).
        fake: (B, ...).
        mix: (B,) in [0, 1], where between: 0 at the fake one.
    """
    shape = (-1,) + (1,) * (real.ndim - 1)
    between = torch.lerp(fake, real, mix.view(shape)).detach().requires_grad_()
    penalties = []
    for one in judge(between):
        (gradient,) = torch.autograd.grad(one.sum(), between, create_graph=True)
        penalties.append((gradient.flatten(1).norm(dim=1) - 1).square().mean())
    return torch.stack(penalties).sum()


def discriminator_objective(
    judge: DiscriminatorFn, real: Tensor, fake: Tensor, mix: Tensor, config: GanConfig, *, penalise: bool,
    share: float, autocast: Callable[[], AbstractContextManager[None]],
) -> tuple[Tensor, dict[str, Tensor]]:  # fmt: skip
    """Return the discriminator's loss with its penalties, and named numbers for the log.

    Steps with a penalty run in float32: second derivatives lose too much in bfloat16. The share, 0 to 1,
    of r1 and r2 counts.
    """
    real, fake = real.detach().float(), fake.detach().float()
    if not penalise:
        with autocast():
            real_logits, fake_logits = judge(real), judge(fake)
        loss = discriminator_loss(config.loss, real_logits, fake_logits)
        return loss, _scores(real_logits, fake_logits)
    real_logits, fake_logits = judge(real.requires_grad_()), judge(fake.requires_grad_())
    penalty = torch.zeros((), device=real.device)
    if config.r1:
        penalty = penalty + share * config.r1 / 2 * squared_gradient(real_logits, real)
    if config.r2:
        penalty = penalty + share * config.r2 / 2 * squared_gradient(fake_logits, fake)
    if config.gradient_penalty:
        penalty = penalty + config.gradient_penalty * interpolation_penalty(judge, real, fake, mix)
    loss = discriminator_loss(config.loss, real_logits, fake_logits)
    numbers = {"penalty": penalty.detach(), **_scores(real_logits, fake_logits)}
    return loss + config.penalty_every * penalty, numbers


def has_penalty(config: GanConfig, step: int) -> bool:
    """Whether a step of the discriminator pays the penalties."""
    return step % config.penalty_every == 0 and bool(config.r1 or config.r2 or config.gradient_penalty)


def _scores(real: Logits, fake: Logits) -> dict[str, Tensor]:
    """Return the mean logit of all judges, for real and for generated items."""
    return {name: torch.stack([x.detach().float().mean() for x in logits]).mean()
            for name, logits in (("real", real), ("fake", fake))}  # fmt: skip
