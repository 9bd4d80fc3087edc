"""How many parameters the networks of a checkpoint have."""

from pathlib import Path

from genai import checkpoint

NETWORKS = ("network", "discriminator")
STATISTICS = ("running_mean", "running_var", "num_batches_tracked", "attribute_bounds", "attribute_shares")
"""Of batch norm and of the data: measured, not learnt."""


def count_parameters(path: Path, modality: str) -> dict[str, int]:
    """Count the parameters of each network, by its name: "network" and, if the file has one, "discriminator".

    Raises:
        CheckpointError: if the file cannot be used.
    """
    _, tensors = checkpoint.load(path, modality)
    counts = {}
    for network in NETWORKS:
        weights = checkpoint.select_weights(tensors, network)
        count = sum(tensor.numel() for name, tensor in weights.items() if not name.endswith(STATISTICS))
        if count:
            counts[network] = count
    return counts
