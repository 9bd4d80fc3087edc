"""The influence of each component of z: the fraction of the output's variance that it causes.

    influence of i  =  E over the others [ Var over z_i of G(z) ]  /  Var G(z)

with the variances of all elements of the output added up. This is the total-effect index of Sobol's sensitivity
analysis. For a linear generator G(z) = W z it is |w_i|^2 / |W|^2, and the influences add up to 1; where components
interact, they add up to more.

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
    """The influence of every component.

    Args:
        shares: (Z,), for each component the fraction of the outputs' variance that it causes.
        count: Number of outputs that the generator made for the measurement.
    """

    shares: Tensor
    count: int


def measure_influence(generate: Callable[[Tensor], Tensor], bases: Tensor, sample: Tensor) -> Influence:
    """Measure the influence of each component by varying one at a time.

    The variance over z_i comes from 3-point Gauss-Hermite quadrature, which is exact where the output is quadratic
    in z_i. So it needs fewer outputs than random values would for the same precision.

    Args:
        generate: From z (B, Z) to outputs (B, D).
        bases: (N, Z), standard normal: the z whose components are varied while the others stay fixed.
        sample: (M, Z), standard normal: the z from which the total variance of the outputs is estimated.
    """
    size = bases.shape[1]
    nodes, masses = np.polynomial.hermite_e.hermegauss(NODES)
    weights = torch.tensor(masses / masses.sum(), dtype=torch.float32)[:, None, None]  # (K, 1, 1)

    def variance_by_component(base: Tensor) -> Tensor:
        outputs = torch.stack([generate(_set_each_component(base, node)) for node in nodes.tolist()])  # (K, Z, D)
        deviations = outputs - (weights * outputs).sum(dim=0)
        return (weights * deviations.square()).sum(dim=(0, 2))

    with ThreadPoolExecutor(2) as pool:  # the bases are independent: each thread gets half of the cores
        variances = sum(pool.map(variance_by_component, bases), torch.zeros(size)) / len(bases)
    total = generate(sample).var(dim=0).sum().clamp(min=1e-12)  # 0 if the generator ignores z
    return Influence(variances / total, len(bases) * NODES * size + len(sample))


def _set_each_component(base: Tensor, value: float) -> Tensor:
    """Return copies of a z (Z,) as rows (Z, Z), with component i of row i set to a value."""
    return base.repeat(len(base), 1).fill_diagonal_(value)
