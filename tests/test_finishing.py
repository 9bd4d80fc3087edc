"""Finishing a generator against means and spreads that are known: closed forms."""

import torch
from torch import nn

from genai import finishing
from genai.finishing import Real, differences, finish, measure

MEANS = torch.tensor([[1.0, -2.0], [0.5, 3.0], [-1.0, 0.0]])


class Shifted(nn.Module):
    """Noise around a mean for each class, of a deviation for each."""

    def __init__(self):
        super().__init__()
        self.means = nn.Embedding.from_pretrained(MEANS.clone(), freeze=False)
        self.deviations = nn.Embedding.from_pretrained(torch.ones(3, 2), freeze=False)

    def forward(self, z, labels):
        return self.means(labels) + self.deviations(labels) * z


def unchanged(items, labels):
    return items


def batches(shift=0.0, deviation=1.0):
    rng = torch.Generator().manual_seed(0)
    for _ in range(50):
        labels = torch.randint(3, (64,), generator=rng)
        yield MEANS[labels] + shift + deviation * torch.randn(64, 2, generator=rng), labels


def test_what_is_measured_are_means_and_spreads_of_classes_and_deviations_of_all_items():
    real = measure(unchanged, batches())
    items, labels = (torch.cat(parts) for parts in zip(*batches(), strict=True))
    assert torch.equal(real.labels, labels)
    for number in range(3):
        some = items[labels == number]
        torch.testing.assert_close(real.means[number], some.mean(dim=0))
        torch.testing.assert_close(
            real.spreads[number], (some.std(dim=0, correction=0) / items.std(dim=0)).square()
        )
    torch.testing.assert_close(real.deviation, items.std(dim=0))


def test_real_items_do_not_differ_from_themselves_and_each_moment_has_one_unit():
    real = measure(unchanged, batches())
    items, labels = (torch.cat(parts) for parts in zip(*batches(), strict=True))
    found = differences(real, items, labels)
    assert found.shape == (len(items), 4)
    for number in range(3):
        torch.testing.assert_close(found[labels == number].mean(dim=0), torch.zeros(4), rtol=0, atol=1e-5)
    torch.testing.assert_close(
        (items - MEANS[labels])[:, 0].std() / items[:, 0].std(), found[:, 0].std(), rtol=0.02, atol=0
    )
    assert (found[:, 2:].std(dim=0) - 1).abs().max() < 0.1


def test_a_class_that_does_not_occur_is_no_trouble():
    real = measure(unchanged, [(torch.ones(4, 2), torch.tensor([0, 2, 0, 2]))])
    assert real.means.isfinite().all()
    assert real.means.shape == (3, 2)


def test_means_and_spreads_move_to_the_real_ones(monkeypatch):
    monkeypatch.setattr(finishing, "LEARNING_RATE", 2e-2)
    shift, deviation = torch.tensor([0.4, -0.3]), torch.tensor([1.5, 0.7])
    real, generator = measure(unchanged, batches(shift, deviation)), Shifted()
    finish(generator, unchanged, real, shape=(512, 2), steps=300, seed=0, show=False)
    moved = generator.means.weight.detach() - MEANS
    assert (moved - shift).abs().max() < 0.15  # 1,000 items a class are measured: 0.05 of chance
    assert (moved - shift).norm() < 0.25 * shift.norm() * 3**0.5
    assert (generator.deviations.weight.detach() - deviation).abs().max() < 0.1


def test_the_same_seed_gives_the_same_weights_and_labels_come_as_in_the_data():
    def run(seed):
        asked, generator = [], Shifted()
        generator.register_forward_hook(lambda _, inputs, __: asked.append(inputs[1]))
        real = Real(torch.tensor([0, 0, 0, 2]), MEANS, torch.ones(2), torch.ones(3, 2), torch.ones(2))
        finish(generator, unchanged, real, shape=(512, 2), steps=8, seed=seed, show=False)
        return generator.means.weight.detach(), torch.cat(asked).bincount(minlength=3)

    (first, labels), (again, _), (other, _) = run(0), run(0), run(1)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert labels[1] == 0
    assert abs(labels[0] / labels.sum() - 0.75) < 0.03
