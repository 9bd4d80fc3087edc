"""Distances between sets of generated and real items, measured on their features: rows (N, F), one per item.

Fréchet distance: Heusel et al. 2017, arXiv 1706.08500. Kernel distance: Bińkowski et al. 2018, arXiv 1801.01401.
Both are computed by torchmetrics. Density and coverage: Naeem et al. 2020, arXiv 2002.09797.
"""

import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn

from genai.datasets.optional_import import import_optional

CHUNK = 1_000  # rows compared at once, which bounds the memory of the distance matrix


class _Identity(nn.Module):
    """The feature extractor that torchmetrics requires, for items that are features already."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.num_features = size

    def forward(self, features: Tensor) -> Tensor:
        return features


def frechet_distance(real: Tensor, fake: Tensor) -> float:
    """Return the squared Fréchet distance between normal distributions fitted to both sets."""
    module = import_optional("torchmetrics.image.fid", "torchmetrics~=1.9")
    metric = module.FrechetInceptionDistance(feature=_Identity(real.shape[1]), normalize=True)
    metric.set_dtype(torch.float64)
    metric.update(real.double(), real=True)
    metric.update(fake.double(), real=False)
    return float(metric.compute())


def kernel_distance(real: Tensor, fake: Tensor) -> float:
    """Return the unbiased squared maximum mean discrepancy with the kernel (x y / F + 1)^3.

    Both sets are cut to the size of the smaller one.
    """
    count = min(len(real), len(fake))
    module = import_optional("torchmetrics.image.kid", "torchmetrics~=1.9")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchmetrics warns that it keeps all features; these are few
        metric = module.KernelInceptionDistance(
            feature=_Identity(real.shape[1]), normalize=True, subsets=1, subset_size=count
        )
    metric.update(real[:count].double(), real=True)
    metric.update(fake[:count].double(), real=False)
    mean, _ = metric.compute()
    return float(mean)


class Nearest(NamedTuple):
    """For each item its nearest neighbours in another set, nearest first, both (N, k)."""

    distances: Tensor
    rows: Tensor


def nearest(items: Tensor, others: Tensor, k: int = 1) -> Nearest:
    """Find for each item (N, F) its k nearest neighbours among others (M, F), by Euclidean distance."""
    parts = [torch.cdist(chunk, others).topk(k, largest=False) for chunk in torch.split(items, CHUNK)]
    return Nearest(torch.cat([part.values for part in parts]), torch.cat([part.indices for part in parts]))


def density_and_coverage(real: Tensor, fake: Tensor, k: int = 5) -> tuple[float, float]:
    """Return density (how often fakes lie within the neighbourhoods of real items) and coverage.

    The neighbourhood of a real item reaches to its k-th nearest real item. Coverage is the fraction of real items
    with a fake in their neighbourhood: a generator that leaves out a mode cannot reach 1. Density is about 1 if the
    fakes have the distribution of the real items.

    Args:
        real: (N, F), more than k items.
        fake: (M, F).
        k: Of the neighbourhoods.
    """
    radii = nearest(real, real, k + 1).distances[:, -1]  # the nearest one is the item itself
    inside = 0.0
    covered = torch.zeros(len(real), dtype=torch.bool)
    for chunk in torch.split(fake, CHUNK):
        within = torch.cdist(chunk, real) < radii  # (chunk, real)
        inside += within.sum().item()
        covered |= within.any(dim=0)
    return inside / (k * len(fake)), covered.float().mean().item()


def mean_pairwise_distance(features: Tensor) -> float:
    """Return the mean distance between two items of a set, which measures its diversity; of the first 1,000."""
    return torch.pdist(features[:CHUNK].double()).mean().item()


def inception_score(probabilities: Tensor) -> float:
    """Return exp E KL(p(y|x) || p(y)), 1 to C, of class probabilities (N, C).

    Source: Salimans et al. 2016, arXiv 1606.03498.
    """
    p = probabilities.double()
    log = p.clamp(min=1e-12).log()
    log_marginal = p.mean(dim=0).clamp(min=1e-12).log()
    divergence = (p * (log - log_marginal)).sum(dim=1)
    return float(divergence.mean().exp())
