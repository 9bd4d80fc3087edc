"""What a text model has to beat: the losses of counts of its own text, on the held-out tenth."""

import math

from genai.learn.runs.spec import FROM_SCRATCH
from genai.text import data
from genai.text.quality.baselines import NGram
from genai.text.vocabulary import Vocabulary

ORDERS = {"letters": 1, "2-gram": 2, "3-gram": 3}


def baselines(name_or_path: str) -> dict[str, float]:
    """Return losses in nats per character on the part of the held-out tenth that the run's curve is measured on.

    Args:
        name_or_path: A text, as the training reads it.

    Returns:
        By name: even odds of all V characters, which is ln V; frequencies of letters; 2-gram and 3-gram model.
    """
    corpus = data.load(name_or_path)
    text = corpus.train + corpus.dev
    held_out = corpus.validation[: FROM_SCRATCH["text"]["evaluate_characters"]]
    vocabulary = Vocabulary.of(text + held_out)
    training = vocabulary.encode(text).numpy()
    tokens = vocabulary.encode(held_out).numpy()
    losses = {"even odds": math.log(len(vocabulary))}
    for name, order in ORDERS.items():
        losses[name] = NGram(training, len(vocabulary), order).loss(tokens)
    return losses
