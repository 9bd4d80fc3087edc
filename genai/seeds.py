"""Where every random number comes from: a CPU generator made from a seed, never the global one."""

import torch

from genai.errors import ConfigError, quoted

MAX_SEED = 2**32 - 1
# Odd constant of the 64-bit golden-ratio hash: neighbouring (seed, step) pairs end up far apart.
_MIX = 0x9E3779B97F4A7C15


def check_seed(seed: int) -> int:
    """Return the seed if it is one.

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
    """Make a CPU generator; the numbers are drawn on the CPU and moved, so that a seed means one z everywhere.

    Args:
        seed: 0 to 4294967295.
        stream: Further whole numbers, such as the training step; each combination is a stream of its own.
    """
    mixed = check_seed(seed)
    for number in stream:
        mixed = (mixed * _MIX + number + 1) % 2**63
    return torch.Generator().manual_seed(mixed)
