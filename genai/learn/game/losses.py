"""The losses of the game: those of the lab's training, and the zero-sum generator, with which nobody trains."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

from genai.gan import losses
from genai.learn.game.config import GameLoss

KINDS: dict[GameLoss, losses.Loss] = {
    "zero-sum": "logistic",
    "non-saturating": "logistic",
    "hinge": "hinge",
    "wasserstein": "wasserstein",
    "relativistic": "relativistic",
}
"""The loss of the training whose discriminator a game has."""


def discriminator_terms(kind: GameLoss, real: Tensor, fake: Tensor) -> Tensor:
    """Return what each pair of logits of a real and a generated point adds to the discriminator's loss."""
    return losses.discriminator_terms(KINDS[kind], real, fake)


def generator_terms(kind: GameLoss, real: Tensor, fake: Tensor) -> Tensor:
    """Return what each generated point adds to the generator's loss.

    The zero-sum one is log(1 - D(G(z))), what the discriminator maximises (Goodfellow et al. 2014, equation 1).
    """
    if kind == "zero-sum":
        return -F.softplus(fake)
    return losses.generator_terms(KINDS[kind], real, fake)


Terms = Callable[[GameLoss, Tensor, Tensor], Tensor]
"""One of the two functions above."""
