"""Random numbers: each comes from a CPU generator made from a seed, never from PyTorch's global generator."""

import torch

from genai.errors import ConfigError, quoted

MAX_SEED = 2**32 - 1
_GOLDEN_RATIO = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio, as in Fibonacci hashing (Knuth, The Art of Computer Programming, vol. 3, 6.4):
multiplied by it, neighbouring numbers end up far apart."""


def check_seed(seed: int) -> int:
    """Return a seed, which must be valid.

    Raises:
        ConfigError: if it is not a whole number from 0 to 4294967295.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ConfigError(
            "Seed {value} cannot be used: it must be a whole number from 0 to {high}.",
            value=quoted(seed),
            high=MAX_SEED,
        )
    return seed


def make_rng(seed: int, *stream: int) -> torch.Generator:
    """Make a generator of random numbers on the CPU.

    Numbers are always drawn on the CPU and then moved, so that a seed gives the same z on every device.

    Args:
        seed: 0 to 4294967295.
        stream: Further whole numbers, such as the training step; each combination gives a stream of its own.

    Raises:
        ConfigError: if the seed is not a whole number in this range.
    """
    state = check_seed(seed)
    for number in stream:
        state = (state * _GOLDEN_RATIO + number + 1) % 2**63
    return torch.Generator().manual_seed(state)
