"""Finishing a generator against means that are known: closed forms."""

import torch
from torch import nn

from genai import finishing
from genai.finishing import Real, finish, measure

MEANS = torch.tensor([[1.0, -2.0], [0.5, 3.0], [-1.0, 0.0]])


class Shifted(nn.Module):
    """Noise around a mean for each class."""

    def __init__(self):
        super().__init__()
        self.means = nn.Embedding.from_pretrained(MEANS.clone(), freeze=False)

    def forward(self, z, labels):
        return self.means(labels) + z


def unchanged(items, labels):
    return items


def batches(shift=0.0):
    rng = torch.Generator().manual_seed(0)
    for _ in range(50):
        labels = torch.randint(3, (64,), generator=rng)
        yield MEANS[labels] + shift + torch.randn(64, 2, generator=rng), labels


def test_what_is_measured_are_the_means_and_the_deviation_of_all_items():
    real = measure(unchanged, batches())
    items, labels = (torch.cat(parts) for parts in zip(*batches(), strict=True))
    assert torch.equal(real.labels, labels)
    for number in range(3):
        torch.testing.assert_close(real.means[number], items[labels == number].mean(dim=0))
    torch.testing.assert_close(real.deviation, items.std(dim=0))


def test_a_class_that_does_not_occur_is_no_trouble():
    real = measure(unchanged, [(torch.ones(4, 2), torch.tensor([0, 2, 0, 2]))])
    assert real.means.isfinite().all()
    assert real.means.shape == (3, 2)


def test_the_means_move_to_the_real_ones(monkeypatch):
    monkeypatch.setattr(finishing, "LEARNING_RATE", 2e-2)
    shift = torch.tensor([0.4, -0.3])
    real, generator = measure(unchanged, batches(shift)), Shifted()
    finish(generator, unchanged, real, shape=(512, 2), steps=200, seed=0, show=False)
    moved = generator.means.weight.detach() - MEANS
    assert (moved - shift).abs().max() < 0.1  # 1,000 items a class are measured: 0.03 of chance
    assert (moved - shift).norm() < 0.25 * shift.norm() * 3**0.5


def test_the_same_seed_gives_the_same_weights_and_labels_come_as_in_the_data():
    def run(seed):
        asked, generator = [], Shifted()
        generator.register_forward_hook(lambda _, inputs, __: asked.append(inputs[1]))
        real = Real(torch.tensor([0, 0, 0, 2]), MEANS, torch.ones(2))
        finish(generator, unchanged, real, shape=(512, 2), steps=8, seed=seed, show=False)
        return generator.means.weight.detach(), torch.cat(asked).bincount(minlength=3)

    (first, labels), (again, _), (other, _) = run(0), run(0), run(1)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert labels[1] == 0
    assert abs(labels[0] / labels.sum() - 0.75) < 0.03
