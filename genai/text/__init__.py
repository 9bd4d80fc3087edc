"""Text: a char-LSTM or a GPT that goes on from a prompt.

from genai import text
model = text.load("shakespeare")
print(text.generate(model, [text.TextRequest("ROMEO:", seed=7)])[0].full)
"""

from pathlib import Path

from genai import checkpoint
from genai.checkpoint.network import build_network
from genai.device import pick_device
from genai.text.networks import make_network
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, TextResult, generate, stream
from genai.text.vocabulary import Vocabulary

__all__ = ["TextModel", "TextRequest", "TextResult", "generate", "load", "stream"]


def load(name_or_path: str | Path, device: str | None = None, folder: Path | None = None) -> TextModel:
    """Load a text model.

    Args:
        name_or_path: Name of a checkpoint in `folder`/text, or the path of a file.
        device: Where to compute; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if there is no such device.
    """
    path = checkpoint.find(name_or_path, "text", folder)
    header, tensors = checkpoint.load(path, "text")
    network = build_network(
        path,
        lambda: make_network(header.architecture, header.config),
        checkpoint.select_weights(tensors, "network"),
    )
    vocabulary = Vocabulary(header.vocabulary)
    checkpoint.check_counts_agree(path, "vocabulary", len(vocabulary), network.config.vocabulary_size)
    sha256 = checkpoint.fingerprint(network)
    return TextModel(checkpoint.name_of(path), network.to(pick_device(device)), vocabulary, header, sha256)
