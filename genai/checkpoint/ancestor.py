"""A checkpoint whose weights a training starts from, or whose probabilities it learns."""

from typing import Any

from genai.checkpoint.header import Header


def describe(name: str, header: Header, sha256: str) -> dict[str, Any]:
    """Describe it for the header of what comes from it: the file, the digest of its weights, all steps and minutes.

    Args:
        name: Of the file.
        header: Of the checkpoint.
        sha256: Of its weights.
    """
    training = header.training
    before = training.get("started_from", {})
    return {
        "file": name,
        "sha256": sha256,
        "steps": training.get("steps", 0) + before.get("steps", 0),
        "minutes": round(training.get("minutes", 0.0) + before.get("minutes", 0.0), 1),
    }
