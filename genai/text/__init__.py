"""Text: a char-LSTM, a GPT or a pair of both that goes on from a prompt.

from genai import text
model = text.load("shakespeare")
print(text.generate(model, [text.TextRequest("ROMEO:", seed=7)])[0].full)
"""

from pathlib import Path

from genai import checkpoint
from genai.checkpoint.network import build_network
from genai.device import pick_float64_device
from genai.text.networks import make_network
from genai.text.pair.combining import combine
from genai.text.pair.listing import find_pair
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, TextResult, generate, stream
from genai.text.vocabulary import Vocabulary

__all__ = ["TextModel", "TextRequest", "TextResult", "combine", "generate", "load", "stream"]


def load(name_or_path: str | Path, device: str | None = None, folder: Path | None = None) -> TextModel:
    """Load a text model.

    Args:
        name_or_path: Name of a checkpoint in `folder`/text, or the path of a file; "LSTM+GPT" with the names of two
            checkpoints of one data set for the pair that they are.
        device: Where to compute, the CPU in place of one without float64; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if there is no such device.
    """
    pair = find_pair(name_or_path, folder)
    if pair is not None:
        return combine(load(pair.lstm.path, device), load(pair.gpt.path, device))
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
    return TextModel(checkpoint.name_of(path), network.to(pick_float64_device(device)), vocabulary, header, sha256)
