"""How much each component of z does: the variance of the output that it causes on its own.

    influence of i  =  E over the others [ Var over z_i of G(z) ]  /  Var G(z)

with the variances of all numbers of the output added up. It is the total-effect index of Sobol's sensitivity
analysis. For a linear generator G(z) = W z it is |w_i|^2 / |W|^2, and all of them add up to 1; where components act
together, to more.

Source: Homma and Saltelli 1996, "Importance measures in global sensitivity analysis of nonlinear models"; for many
outputs Gamboa et al. 2014, "Sensitivity analysis for multidimensional and functional outputs".
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

NODES = 3


@dataclass(frozen=True)
class Influence:
    """What was found.

    Args:
        shares: (Z,), the influence of each component, as a share of the variance of the outputs.
        count: Outputs that were made for it.
    """

    shares: Tensor
    count: int


def measure_influence(make: Callable[[Tensor], Tensor], bases: Tensor, sample: Tensor) -> Influence:
    """Vary one component at a time.

    The variance over z_i comes from 3-point Gauss-Hermite quadrature, exact where the output is quadratic in z_i:
    fewer outputs than with random values give the same precision.

    Args:
        make: From z (B, Z) to outputs (B, D).
        bases: (N, Z), standard normal: the z whose components are varied, the others staying as they are.
        sample: (M, Z), standard normal: the z for the variance of the outputs.
    """
    size = bases.shape[1]
    places, masses = np.polynomial.hermite_e.hermegauss(NODES)
    weights = torch.tensor(masses / masses.sum(), dtype=torch.float32)[:, None, None]  # (K, 1, 1)

    def around(base: Tensor) -> Tensor:
        outputs = torch.stack([make(_each_at(base, place)) for place in places.tolist()])  # (K, Z, D)
        deviations = outputs - (weights * outputs).sum(dim=0)
        return (weights * deviations.square()).sum(dim=(0, 2))

    with ThreadPoolExecutor(2) as both:  # the bases know nothing of each other: half of the cores each
        variances = sum(both.map(around, bases), torch.zeros(size)) / len(bases)
    total = make(sample).var(dim=0).sum().clamp(min=1e-12)  # a generator that always makes the same
    return Influence(variances / total, len(bases) * NODES * size + len(sample))


def _each_at(base: Tensor, value: float) -> Tensor:
    """Repeat a z, in row i with a value in place of component i: (Z, Z)."""
    return base.repeat(len(base), 1).fill_diagonal_(value)
