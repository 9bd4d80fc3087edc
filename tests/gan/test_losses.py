"""The losses and penalties against closed forms."""

from contextlib import nullcontext

import pytest
import torch
from torch.nn import functional as F

from genai.gan import losses
from genai.gan.batch import Batch
from genai.gan.discriminator import DiscriminatorOutput, log_likelihood
from genai.gan.losses import GanTrainingConfig

REAL, FAKE = [torch.tensor([0.5, -1.0, 3.0])], [torch.tensor([1.0, 0.0, -2.0])]


def test_the_logistic_loss_is_binary_cross_entropy():
    expected = F.binary_cross_entropy_with_logits(REAL[0], torch.ones(3)) + F.binary_cross_entropy_with_logits(
        FAKE[0], torch.zeros(3)
    )
    torch.testing.assert_close(losses.discriminator_loss("logistic", REAL, FAKE), expected)
    expected = F.binary_cross_entropy_with_logits(FAKE[0], torch.ones(3))  # non-saturating
    torch.testing.assert_close(losses.generator_loss("logistic", REAL, FAKE), expected)


def test_hinge_and_wasserstein_by_hand():
    # hinge: relu(1 - real) = .5, 2, 0; relu(1 + fake) = 2, 1, 0
    assert losses.discriminator_loss("hinge", REAL, FAKE).item() == pytest.approx(5.5 / 3)
    assert losses.discriminator_loss("wasserstein", REAL, FAKE).item() == pytest.approx(-1 / 3 - 2.5 / 3)
    for kind in ("hinge", "wasserstein"):
        assert losses.generator_loss(kind, REAL, FAKE).item() == pytest.approx(1 / 3)


def test_the_relativistic_loss_compares_pairs_and_is_a_tie_at_log_two():
    expected = F.softplus(torch.tensor([0.5, 1.0, -5.0])).mean()
    torch.testing.assert_close(losses.discriminator_loss("relativistic", REAL, FAKE), expected)
    torch.testing.assert_close(losses.generator_loss("relativistic", FAKE, REAL), expected)
    assert losses.discriminator_loss("relativistic", REAL, REAL).item() == pytest.approx(0.6931472)


@pytest.mark.parametrize("kind", ["logistic", "hinge", "wasserstein", "relativistic"])
def test_the_losses_of_several_sub_discriminators_add_up(kind):
    for loss in (losses.discriminator_loss, losses.generator_loss):
        once = loss(kind, REAL, FAKE) + loss(kind, FAKE, REAL)
        torch.testing.assert_close(loss(kind, REAL + FAKE, FAKE + REAL), once)


def test_the_squared_gradient_of_a_linear_discriminator_is_its_squared_weight():
    weight = torch.tensor([3.0, 4.0])
    items = torch.randn(5, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    logits = [items @ weight, 2 * (items @ weight)]
    assert losses.squared_gradient(logits, items).item() == pytest.approx(25 + 100)


@pytest.mark.parametrize(("slope", "penalty"), [(1.0, 0.0), (2.0, 1.0), (0.0, 1.0)])
def test_the_gradient_penalty_of_a_linear_critic(slope, penalty):
    n = 16

    def critic(x):
        return [slope * x.sum(dim=1) / n**0.5]

    real, fake = torch.randn(2, 4, n, generator=torch.Generator().manual_seed(0))
    value = losses.interpolation_penalty(critic, real, fake, torch.rand(4))
    assert value.item() == pytest.approx(penalty, abs=1e-6)


def test_the_penalty_is_taken_between_real_and_fake():
    points = []

    def critic(x):
        points.append(x.detach())
        return [x.sum(dim=1)]

    real, fake = torch.ones(3, 2), torch.zeros(3, 2)
    losses.interpolation_penalty(critic, real, fake, torch.tensor([0.0, 0.25, 1.0]))
    torch.testing.assert_close(points[0], torch.tensor([[0.0, 0.0], [0.25, 0.25], [1.0, 1.0]]))


def _objective(config, weight=3.0, *, penalise, scale=1.0, classify=lambda x: (), name=lambda x: (), values=None):
    items = torch.randn(2, 4, 1, generator=torch.Generator().manual_seed(0))
    real = Batch(items[0], torch.zeros(4, dtype=torch.long), values)
    return losses.discriminator_objective(
        lambda x, told: DiscriminatorOutput([weight * x[:, 0]], [], classify(x), name(x)),
        real, Batch(items[1], real.labels), torch.full((4,), 0.5), config,
        penalise=penalise, scale=scale, autocast=nullcontext,
    )  # fmt: skip


def test_the_objective_is_the_loss_plus_the_weighted_penalties():
    config = GanTrainingConfig(r1=0.5, r2=1.5, penalty_every=4)
    bare, _ = _objective(config, penalise=False)
    full, numbers = _objective(config, penalise=True)
    assert numbers["penalty"].item() == pytest.approx((0.5 + 1.5) / 2 * 9)
    assert full.item() == pytest.approx(bare.item() + 4 * numbers["penalty"].item(), rel=1e-5)


def test_r1_and_r2_are_multiplied_by_the_scale():
    _, numbers = _objective(GanTrainingConfig(r1=0.5, r2=1.5), penalise=True, scale=0.1)
    assert numbers["penalty"].item() == pytest.approx(0.1 * (0.5 + 1.5) / 2 * 9)


def test_wgan_gp_weighs_its_penalty():
    _, numbers = _objective(GanTrainingConfig(loss="wasserstein", r1=0, r2=0, gradient_penalty=10), penalise=True)
    assert numbers["penalty"].item() == pytest.approx(10 * (3 - 1) ** 2, rel=1e-5)


def test_penalties_are_lazy():
    config = GanTrainingConfig(penalty_every=4)
    assert [losses.has_penalty(config, step) for step in range(5)] == [True, False, False, False, True]
    assert not losses.has_penalty(GanTrainingConfig(r1=0, r2=0), 0)


def test_the_log_likelihood_is_the_cross_entropy_and_the_mean_over_several_labels():
    logits = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[0, 4], [1, 1], [2, 3]])
    first, second = (-F.cross_entropy(logits, column, reduction="none") for column in labels.T)
    torch.testing.assert_close(log_likelihood(logits, labels[:, 0]), first)
    torch.testing.assert_close(log_likelihood(logits, labels), (first + second) / 2)


@pytest.mark.parametrize("penalise", [False, True])
def test_the_discriminator_names_the_classes_of_real_items_only(penalise):
    seen = []

    def classify(x):
        seen.append(x.detach().clone())
        return [2 * x[:, 0], 4 * x[:, 0]]  # two sub-discriminators

    bare, _ = _objective(GanTrainingConfig(), penalise=penalise)
    full, numbers = _objective(GanTrainingConfig(classification=0.5), penalise=penalise, classify=classify)
    real = seen[0]
    assert numbers["classification"].item() == pytest.approx(-3 * real.mean().item())
    assert full.item() == pytest.approx(bare.item() + 0.5 * numbers["classification"].item(), rel=1e-5)


@pytest.mark.parametrize("penalise", [False, True])
def test_the_discriminator_names_the_attributes_of_real_items_only(penalise):
    seen = []

    def name(x):
        seen.append(x.detach().clone())
        return [torch.cat([x, -x], dim=1), torch.cat([x, 2 * x, 3 * x], dim=1)]

    values = torch.tensor([[0, 2], [1, 1], [1, 0], [0, 0]])
    bare, _ = _objective(GanTrainingConfig(), penalise=penalise, name=name)
    seen.clear()
    config = GanTrainingConfig(attribute_matching=0.5)
    full, numbers = _objective(config, penalise=penalise, name=name, values=values)
    first, second = name(seen[0])
    expected = (F.cross_entropy(first, values[:, 0]) + F.cross_entropy(second, values[:, 1])) / 2
    assert numbers["attributes"].item() == pytest.approx(expected.item())
    assert full.item() == pytest.approx(bare.item() + 0.5 * expected.item(), rel=1e-5)
