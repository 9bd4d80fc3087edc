"""One game of generator and discriminator: a round of it, and the averaged generator that comes out.

Images and sounds play by the same rules; what differs, they bring along: the networks and how an item is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar, cast

import torch
from torch import Tensor, nn

from genai.gan.feature_matching import channel_means, feature_matching_loss
from genai.gan.losses import GanConfig, Logits, discriminator_objective, generator_loss, has_penalty
from genai.gan.moment_matching import match_moments, measure_moments
from genai.seeds import make_rng as dice
from genai.training.averaging import make_ema, refresh_batch_norm
from genai.training.config import RunConfig
from genai.training.run import Run
from genai.training.schedules import cosine, linear, set_learning_rate

G = TypeVar("G", bound=nn.Module)
D = TypeVar("D", bound=nn.Module)


class DiscriminatorOutput(NamedTuple):
    """What the discriminator makes of items (B, ...): logits of each judge, and the feature maps behind them."""

    logits: Logits
    maps: list[Tensor]


MOMENT_ITEMS = 60_000  # real items that the finishing looks at, about: each as often as any other
MOMENT_BATCHES = 8  # batches of generated ones in a step of it

# Items (B, ...), labels (B,), a source of noise on their device.
Discriminate = Callable[[Tensor, Tensor, torch.Generator], DiscriminatorOutput]


@dataclass(frozen=True)
class GanTrainingConfig(GanConfig, RunConfig):
    """Rules of the game and settings of the run together."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("batch_size", "latent_size", "penalty_every", "discriminator_steps")
        self.check_shares("beta1", "beta2", "ema_decay")


class GanTrainer(Generic[G, D]):
    """Both players, their optimisers and the average of the generator.

    Args:
        generator: (z (B, Z), labels (B,)) -> items, initialised.
        discriminator: Its judges, initialised.
        look: How the discriminator is asked; adds whatever noise real and generated items should share.
        config: The rules.
        run: Where the state is kept.
    """

    def __init__(
        self, generator: G, discriminator: D, look: Discriminate, config: GanTrainingConfig, run: Run
    ) -> None:
        self.generator: G = generator.to(run.device)
        self.discriminator: D = discriminator.to(run.device)
        self.look, self.config, self.run = look, config, run
        self.average = make_ema(generator, config.ema_decay)
        self.optimisers: dict[nn.Module, torch.optim.Adam] = {
            player: torch.optim.Adam(player.parameters(), betas=(config.beta1, config.beta2), foreach=True)
            for player in (generator, discriminator)
        }
        run.restore(generator=generator, discriminator=discriminator, average=self.average,
                    generator_optimiser=self.optimisers[generator],
                    discriminator_optimiser=self.optimisers[discriminator])  # fmt: skip

    def step(self, step: int, items: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Play one round: the discriminator moves, and every so many rounds the generator.

        Args:
            step: Number of the round, from 0.
            items: (B, ...), real ones, over all processes.
            labels: (B,), theirs; the generated items get the same.

        Returns:
            Named numbers for the log: losses, penalty, distance of mean features, mean logits of real and generated
            items.
        """
        config, run = self.config, self.run
        for optimiser in self.optimisers.values():
            set_learning_rate(optimiser, config.learning_rate * linear(run.progress))
        real, labels = run.local_rows(items), run.local_rows(labels)
        with run.accelerator.autocast():
            fake = self.generator(self.latent(step), labels)
        noise = run.device_rng(4, step)
        mix = run.local_rows(torch.rand(config.batch_size, generator=dice(config.seed, 3, step)))
        loss, numbers = discriminator_objective(
            lambda x: self.look(x, labels, noise).logits, real, fake, mix, config,
            penalise=has_penalty(config, step),
            share=cosine(run.progress, config.penalty_floor), autocast=run.accelerator.autocast,
        )  # fmt: skip
        self._descend(self.discriminator, loss)
        numbers["discriminator"] = loss.detach()
        if step % config.discriminator_steps == 0:
            numbers |= self._move_generator(real, fake, labels, noise)
        return numbers

    def _move_generator(
        self, real: Tensor, fake: Tensor, labels: Tensor, noise: torch.Generator
    ) -> dict[str, Tensor]:
        self.discriminator.requires_grad_(False)
        with self.run.accelerator.autocast():
            seen, known = self.look(fake, labels, noise), self.look(real, labels, noise)
        loss = generator_loss(self.config.loss, real=known.logits, fake=seen.logits)
        numbers = {"generator": loss.detach()}
        if weight := self.config.feature_matching:
            distance = feature_matching_loss(channel_means(known.maps), channel_means(seen.maps), labels)
            numbers["matching"] = distance.detach()
            loss = loss + weight * distance
        self._descend(self.generator, loss)
        self.discriminator.requires_grad_(True)
        self.average.update_parameters(self.generator)
        return numbers

    def _descend(self, player: nn.Module, loss: Tensor) -> None:
        """Move one player's weights down the gradient of its loss."""
        self.optimisers[player].zero_grad()
        torch.autograd.backward(loss)
        self.run.average_gradients(player)
        if self.config.clip:
            nn.utils.clip_grad_norm_(player.parameters(), self.config.clip)
        self.optimisers[player].step()

    def latent(self, step: int) -> Tensor:
        """Draw z (B, Z) for all processes and return this one's rows."""
        shape = (self.config.batch_size, self.config.latent_size)
        return self.run.local_rows(torch.randn(shape, generator=dice(self.config.seed, 2, step)))

    def match_moments(self, count: int, batch: Callable[[int, Tensor], tuple[Tensor, Tensor]]) -> None:
        """Let the averaged generator learn on alone, where the rules say so and the game was not broken off.

        The saved state stays as it is: who goes on with the run goes on with the game.

        Args:
            count: How many real items there are.
            batch: From a number, from 0, for chance, and rows of the data (B,) to real items (B, ...), labels (B,).
        """
        config, run = self.config, self.run
        if config.finishing_steps < 1 or run.progress < 1:
            return
        noise = run.device_rng(5, 0)
        self.discriminator.requires_grad_(False)

        def describe(items: Tensor, labels: Tensor) -> Tensor:
            return channel_means(self.look(items, labels, noise).maps)

        rows = torch.arange(count).repeat(max(1, round(MOMENT_ITEMS / count)))
        batches = (batch(number, some) for number, some in enumerate(torch.split(rows, config.batch_size)))
        real = measure_moments(
            describe, ((items.to(run.device), labels.to(run.device)) for items, labels in batches)
        )
        shape = MOMENT_BATCHES * config.batch_size, config.latent_size
        match_moments(
            self.average.module, describe, real, shape,
            steps=config.finishing_steps, seed=config.seed, show=run.accelerator.is_main_process,
        )  # fmt: skip

    def averaged(self, labels: Callable[[int], Tensor], batches: int = 128) -> G:
        """Return the averaged generator, its batch norm measured anew on always the same noise.

        Args:
            labels: From the number of a batch, from 0, to labels (B,) as they occur in the data; those of one batch
                would not hold all classes in their shares.
            batches: Batches of noise to measure over.
        """
        network, numbers = cast(G, self.average.module), iter(range(batches))

        def forward() -> None:
            number = next(numbers)
            network(self.latent(number), self.run.local_rows(labels(number)))

        refresh_batch_norm(network, forward, batches)
        return network
