"""How many weights the networks of a checkpoint have."""

from pathlib import Path

from genai import checkpoint

NETWORKS = ("network", "discriminator")
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")  # of batch norm: counted, not learnt


def count_parameters(path: Path, modality: str) -> dict[str, int]:
    """Count what was learnt, by the name of the network: "network" and, if it is there, "discriminator".

    Raises:
        CheckpointError: if the file cannot be used.
    """
    _, tensors = checkpoint.load(path, modality)
    found = {
        name: sum(
            t.numel() for n, t in checkpoint.select_weights(tensors, name).items() if not n.endswith(STATISTICS)
        )
        for name in NETWORKS
    }
    return {name: weights for name, weights in found.items() if weights}
