"""Adversarial training of a generator and a discriminator, and the averaged generator that comes out.

The same for pictures and sounds; each modality passes its networks and a function that calls the discriminator.
"""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genai.gan.attribute_matching import attribute_matching_loss
from genai.gan.batch import Batch, RealBatch
from genai.gan.discriminator import DiscriminatorOutput, GanDiscriminator
from genai.gan.feature_matching import channel_means, feature_matching_loss
from genai.gan.losses import (
    GanTrainingConfig,
    classification_loss,
    discriminator_objective,
    generator_loss,
    has_penalty,
)
from genai.gan.moment_matching import match_moments, measure_moments
from genai.gan.sampling import D, G
from genai.seeds import make_rng
from genai.training.averaging import make_ema, refresh_batch_norm
from genai.training.run import Run
from genai.training.schedules import cosine, linear, set_learning_rate

MOMENT_ITEMS = 60_000  # real items measured for moment matching, rounded to whole passes over the data
CHOSEN_WEIGHT = 0.3  # of the cross-entropy of the attribute that z chooses, beside the mean of all others
MOMENT_BATCHES = 8  # batches of generated items in a step of moment matching

Discriminate = Callable[[Tensor, Tensor, torch.Generator, Tensor | None], DiscriminatorOutput]
"""From items (B, ...), labels (B,), a source of noise on their device and the values (B,) of the attribute that the
discriminator is told, if any, to scores and feature maps."""


class ChosenAttribute(NamedTuple):
    """An attribute whose value z chooses, and which the discriminator is told.

    Args:
        column: Its number among those that the discriminator learns to name.
        choose: From z (B, Z) and conditions (B,) to values (B,).
    """

    column: int
    choose: Callable[[Tensor, Tensor], Tensor]


class Distance(NamedTuple):
    """A distance of generated items to real ones that the generator also minimises.

    Args:
        name: In the log.
        weight: Of the distance in the generator's loss.
        measure: From real items (B, ...) and as many generated ones to the distance.
    """

    name: str
    weight: float
    measure: Callable[[Tensor, Tensor], Tensor]


def lowest_parameters(discriminator: GanDiscriminator, count: int) -> list[nn.Parameter]:
    """Return the parameters of the lowest layers of each sub-discriminator.

    Args:
        discriminator: The discriminator.
        count: Of the layers.
    """
    parts = discriminator.layers_from_input()
    return [parameter for layers in parts for layer in layers[:count] for parameter in layer.parameters()]


class GanTrainer(Generic[G, D]):
    """Generator and discriminator, their optimisers and the average of the generator.

    Args:
        generator: (z (B, Z), labels (B,)) -> items, initialised.
        discriminator: Initialised.
        discriminate: Calls the discriminator; adds the noise that real and generated items get alike.
        config: Settings.
        run: Saves and restores the state.
        attribute_shares: (C, V) for each attribute that the discriminator learns to name: how often real items of
            each label have each value.
        distances: Of the items themselves, which the generator also minimises.
        chosen: The attribute that z chooses; None if it chooses none.
    """

    def __init__(
        self,
        generator: G,
        discriminator: D,
        discriminate: Discriminate,
        config: GanTrainingConfig,
        run: Run,
        attribute_shares: Sequence[Tensor] = (),
        distances: Sequence[Distance] = (),
        chosen: ChosenAttribute | None = None,
    ) -> None:
        self.generator: G = generator.to(run.device)
        self.discriminator: D = discriminator.to(run.device)
        self.discriminate = discriminate
        self.run = run
        self.attribute_shares = [shares.to(run.device) for shares in attribute_shares]
        self.distances = distances
        self.chosen = chosen
        self._frozen = lowest_parameters(discriminator, config.freeze_layers)
        self._set_trainable(True)
        self.average = make_ema(generator, config.ema_decay)
        if run.started_from:  # weights that are worth keeping: the average goes on, without its warm-up
            self.average.n_averaged.fill_(run.started_from["steps"])
        self.generator_optimiser = self._make_optimiser(generator)
        self.discriminator_optimiser = self._make_optimiser(discriminator)
        run.restore(
            generator=generator,
            discriminator=discriminator,
            average=self.average,
            generator_optimiser=self.generator_optimiser,
            discriminator_optimiser=self.discriminator_optimiser,
        )

    @property
    def config(self) -> GanTrainingConfig:
        """The settings of now: some may change while the run runs."""
        return cast(GanTrainingConfig, self.run.config)

    def _set_trainable(self, trainable: bool) -> None:
        """Let gradients reach the discriminator's parameters, or not; those of frozen layers never."""
        self.discriminator.requires_grad_(trainable)
        for parameter in self._frozen:
            parameter.requires_grad_(False)

    def _make_optimiser(self, network: nn.Module) -> torch.optim.Adam:
        betas = (self.config.beta1, self.config.beta2)
        return torch.optim.Adam(network.parameters(), betas=betas, foreach=True)

    def step(
        self,
        step: int,
        items: Tensor,
        labels: Tensor,
        attributes: Tensor | None = None,
        told: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Update the discriminator, and every `discriminator_steps` steps the generator.

        Args:
            step: Number of the step, from 0.
            items: (B, ...), real ones, over all processes.
            labels: (B,), of the real items; the generated ones get the same.
            attributes: (B, A), of the real items, for a discriminator that learns to name them.
            told: (B,), of the real items, the value of the attribute that the discriminator is told.

        Returns:
            Named numbers for the log: losses, penalty, distances, cross-entropies of label and attributes, mean
            logits of real and generated items.
        """
        self._set_schedules()
        local = self._local(Batch(items, labels, attributes, told))
        noise = self.run.device_rng(4, step)
        z = self.latent(step)
        with self.run.accelerator.autocast():
            generated = self.generator(z, local.labels)
        chosen = self.chosen.choose(z, local.labels) if self.chosen else None
        fake = Batch(generated, local.labels, told=chosen)
        numbers = self._update_discriminator(step, local, fake, noise)
        if step % self.config.discriminator_steps == 0:
            numbers |= self._update_generator(local, fake, noise)
            self.average.update_parameters(self.generator)
        return numbers

    def _local(self, batch: Batch) -> Batch:
        """Return this process's rows of a batch, on its device."""
        rows = self.run.local_rows
        return Batch(
            rows(batch.items),
            rows(batch.labels),
            None if batch.attributes is None else rows(batch.attributes),
            None if batch.told is None else rows(batch.told),
        )

    def _set_schedules(self) -> None:
        config = self.config
        rate = config.learning_rate * linear(self.run.progress)
        start = config.beta2 if config.beta2_start is None else config.beta2_start
        beta2 = config.beta2 + (start - config.beta2) * cosine(self.run.progress, floor=0)
        for optimiser in (self.generator_optimiser, self.discriminator_optimiser):
            set_learning_rate(optimiser, rate)
            for group in optimiser.param_groups:
                group["betas"] = (config.beta1, beta2)

    def _update_discriminator(
        self, step: int, real: Batch, fake: Batch, noise: torch.Generator
    ) -> dict[str, Tensor]:
        config = self.config
        mix = torch.rand(config.batch_size, generator=make_rng(config.seed, 3, step))
        loss, numbers = discriminator_objective(
            lambda items, told: self.discriminate(items, real.labels, noise, told),
            real,
            fake,
            self.run.local_rows(mix),
            config,
            penalise=has_penalty(config, step),
            scale=cosine(self.run.progress, config.penalty_floor),
            autocast=self.run.accelerator.autocast,
        )
        self._descend(self.discriminator, self.discriminator_optimiser, loss)
        return {**numbers, "discriminator": loss.detach()}

    def _update_generator(self, real: Batch, fake: Batch, noise: torch.Generator) -> dict[str, Tensor]:
        config = self.config
        self._set_trainable(False)
        with self.run.accelerator.autocast():
            fake_output = self.discriminate(fake.items, fake.labels, noise, fake.told)
            real_output = self.discriminate(real.items, real.labels, noise, real.told)
        loss = generator_loss(config.loss, real=real_output.logits, fake=fake_output.logits)
        numbers = {"generator": loss.detach()}
        if config.feature_matching:
            real_means = channel_means(real_output.all_maps)
            fake_means = channel_means(fake_output.all_maps)
            # Of a class and a variant a batch rarely has two items; of a class alone it has many pairs.
            matching = feature_matching_loss(real_means, fake_means, self.discriminator.classes_of(real.labels))
            numbers["matching"] = matching.detach()
            loss = loss + config.feature_matching * matching
        if fake_output.log_likelihoods:
            entropy = classification_loss(fake_output.log_likelihoods)
            numbers["misclassification"] = entropy.detach()
            loss = loss + config.classification * entropy
        if self.attribute_shares:
            matching, attribute_numbers = self._match_attributes(fake, fake_output.attributes)
            loss = loss + config.attribute_matching * matching
            numbers |= attribute_numbers
        for distance in self.distances:
            value = distance.measure(real.items, fake.items)
            numbers[distance.name] = value.detach()
            loss = loss + distance.weight * value
        self._descend(self.generator, self.generator_optimiser, loss)
        self._set_trainable(True)
        return numbers

    def _match_attributes(self, fake: Batch, logits: Sequence[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss of the attributes of generated items, and named numbers for the log.

        The attribute that z chooses is to be as chosen, all others as frequent as in the data.

        Args:
            fake: The generated items.
            logits: (B, V) for each attribute, as the discriminator names it.
        """
        shares = [of_label[fake.labels] for of_label in self.attribute_shares]
        logits = list(logits)
        numbers = {}
        losses = []
        if self.chosen and fake.told is not None:
            shares.pop(self.chosen.column)
            entropy = F.cross_entropy(logits.pop(self.chosen.column).float(), fake.told)
            numbers["chosen"] = entropy.detach()
            losses.append(CHOSEN_WEIGHT * entropy)
        if logits:
            matching, numbers["shares"] = attribute_matching_loss(logits, shares)
            losses.append(matching)
        return torch.stack(losses).sum(), numbers

    def _descend(self, network: nn.Module, optimiser: torch.optim.Adam, loss: Tensor) -> None:
        """Take an optimisation step against the gradient of a network's loss."""
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.run.average_gradients(network)
        if self.config.clip:
            nn.utils.clip_grad_norm_(network.parameters(), self.config.clip)
        optimiser.step()

    def latent(self, step: int) -> Tensor:
        """Draw z (B, Z) for all processes and return this one's rows."""
        shape = (self.config.batch_size, self.config.latent_size)
        z = torch.randn(shape, generator=make_rng(self.config.seed, 2, step))
        return self.run.local_rows(z)

    def match_moments(self, count: int, real_batch: RealBatch) -> None:
        """Train the averaged generator by moment matching, if configured and the run has reached its end.

        The saved state does not change: a resumed run continues the adversarial training.

        Args:
            count: Number of real items.
            real_batch: Draws them.
        """
        config = self.config
        run = self.run
        if config.finishing_steps < 1 or run.progress < 1:
            return
        noise = run.device_rng(5, 0)
        self.discriminator.requires_grad_(False)

        def features_of(items: Tensor, labels: Tensor) -> Tensor:
            return channel_means(self.discriminate(items, labels, noise, None).all_maps)

        rows = torch.arange(count).repeat(max(1, round(MOMENT_ITEMS / count)))
        batches = (real_batch(number, part) for number, part in enumerate(torch.split(rows, config.batch_size)))
        device_batches = ((batch.items.to(run.device), batch.labels.to(run.device)) for batch in batches)
        match_moments(
            self.average.module,
            features_of,
            measure_moments(features_of, device_batches),
            (MOMENT_BATCHES * config.batch_size, config.latent_size),
            steps=config.finishing_steps,
            seed=config.seed,
            show=run.accelerator.is_main_process,
        )

    def averaged_generator(self, labels: Callable[[int], Tensor]) -> G:
        """Return the averaged generator with its batch norm statistics measured anew, always on the same noise.

        Args:
            labels: From the number of a batch, from 0, to labels (B,) with the proportions of the data; a single
                batch would not hold all classes.
        """
        network = cast(G, self.average.module)
        batches = self.config.norm_batches
        numbers = iter(range(batches))

        def forward() -> None:
            number = next(numbers)
            network(self.latent(number), self.run.local_rows(labels(number)))

        refresh_batch_norm(network, forward, batches)
        return network
