"""How far generated items are from real ones, measured between features: rows (N, F), one an item.

Fréchet distance: Heusel et al. 2017, arXiv 1706.08500; kernel distance: Bińkowski et al. 2018, arXiv 1801.01401
(both by torchmetrics); density and coverage: Naeem et al. 2020, arXiv 2002.09797.
"""

import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn

from genai.datasets.optional_import import import_optional

CHUNK = 1_000  # rows compared at once: what keeps the table of distances small


class _Given(nn.Module):
    """A feature extractor for items that are features already."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.num_features = size

    def forward(self, features: Tensor) -> Tensor:
        return features


def frechet_distance(real: Tensor, fake: Tensor) -> float:
    """Return the squared Fréchet distance between the normal distributions fitted to either."""
    metric = import_optional("torchmetrics.image.fid", "torchmetrics~=1.9").FrechetInceptionDistance(
        feature=_Given(real.shape[1]), normalize=True
    )
    metric.set_dtype(torch.float64)
    metric.update(real.double(), real=True)
    metric.update(fake.double(), real=False)
    return float(metric.compute())


def kernel_distance(real: Tensor, fake: Tensor) -> float:
    """Return the squared maximum mean discrepancy, unbiased, with the kernel (x y / F + 1)^3."""
    count = min(len(real), len(fake))
    module = import_optional("torchmetrics.image.kid", "torchmetrics~=1.9")
    with warnings.catch_warnings():
        # There are few features, so that keeping them all takes little memory.
        warnings.filterwarnings("ignore", "Metric `Kernel Inception Distance` will save all", UserWarning)
        metric = module.KernelInceptionDistance(
            feature=_Given(real.shape[1]), normalize=True, subsets=1, subset_size=count
        )
    metric.update(real[:count].double(), real=True)
    metric.update(fake[:count].double(), real=False)
    return float(metric.compute()[0])


class Nearest(NamedTuple):
    """For each item the nearest ones of another set, nearest first, each (N, k)."""

    distances: Tensor
    rows: Tensor


def nearest(items: Tensor, others: Tensor, k: int = 1) -> Nearest:
    """Find for each item (N, F) its k nearest ones among others (M, F), by Euclidean distance."""
    found = [torch.cdist(chunk, others).topk(k, largest=False) for chunk in torch.split(items, CHUNK)]
    return Nearest(torch.cat([part.values for part in found]), torch.cat([part.indices for part in found]))


def density_and_coverage(real: Tensor, fake: Tensor, k: int = 5) -> tuple[float, float]:
    """Return density (how often fakes lie within the neighbourhoods of real items) and coverage.

    A real item's neighbourhood reaches to its k-th nearest real one. Coverage is the share of real items with a
    fake in theirs: a generator that leaves something out cannot reach 1. Density is about 1 for real items.
    """
    radii = nearest(real, real, k + 1).distances[:, -1]  # the nearest one is the item itself
    inside, covered = 0.0, torch.zeros(len(real), dtype=torch.bool)
    for chunk in torch.split(fake, CHUNK):
        within = torch.cdist(chunk, real) < radii  # (chunk, real)
        inside += within.sum().item()
        covered |= within.any(dim=0)
    return inside / (k * len(fake)), covered.float().mean().item()


def mean_pairwise_distance(features: Tensor) -> float:
    """Return the mean distance between two different items of a set: how diverse it is."""
    return torch.pdist(features[:CHUNK].double()).mean().item()


def inception_score(probabilities: Tensor) -> float:
    """Return exp E KL(p(y|x) || p(y)), 1 to C, of class probabilities (N, C): Salimans et al., arXiv 1606.03498."""
    log = probabilities.double().clamp(min=1e-12).log()
    marginal = probabilities.double().mean(dim=0).clamp(min=1e-12).log()
    return float((probabilities.double() * (log - marginal)).sum(dim=1).mean().exp())
