"""Decks of texts: real passages that the model has never read, and passages that it wrote.

A text model has no discriminator. In its place stand the model's own odds: it finds what it wrote less surprising
than what people wrote. What surprises it more than a threshold, it takes for real; the threshold is the one that
best separates 64 real and about as many made other passages. Every passage is read by itself, as the class does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from genai.classroom.deck.adversarial import draw_seeds
from genai.classroom.deck.deck import Deck, Item
from genai.classroom.deck.draw import Candidates, Threshold, best_threshold, draw_rounds
from genai.classroom.deck.passages import cutter, length_of, real_passages
from genai.seeds import make_rng
from genai.text import TextModel, TextRequest, generate
from genai.text.indexing import PassageIndex
from genai.text.internals import read
from genai.ui.panel.links import link

FITTED = 64
"""Passages of either kind to which the threshold is fitted."""
REAL, MADE = 48, 36
LENGTHS = {"tang": 70, "shakespeare": 180, "python": 220}
"""Characters that are written to find a passage in."""
TEMPERATURE = 0.8
FITTING_STREAM, ROWS_STREAM, SEEDS_STREAM, CHOICE_STREAM = 15, 16, 17, 18


@dataclass(frozen=True)
class Passage:
    """A passage.

    Args:
        text: Its text.
        link: Address that writes a made one again; empty for a real one.
    """

    text: str
    link: str


def _data_set(model: TextModel) -> str:
    return model.header.data_set if model.header else ""


def write(model: TextModel, seeds: Sequence[int], index: PassageIndex | None) -> list[Passage]:
    """Write a text of each seed, and return the first passage of each that is not copied from the training text.

    Args:
        model: Writes.
        seeds: Of the texts; one without a fitting passage gives none.
        index: Of the training text; None does not look for copies.
    """
    cut = cutter(_data_set(model))
    length = LENGTHS[_data_set(model)]
    requests = [TextRequest(seed=seed, length=length, temperature=TEMPERATURE) for seed in seeds]
    written: list[Passage] = []
    for request, result in zip(requests, generate(model, requests), strict=True):
        passage = next(_own(cut(f"\n{result.text}"), index), None)
        if passage is not None:
            names = ("prompt", "length", "temperature", "top_k", "top_p", "typical_p", "seed")
            settings = {name: getattr(request, name) for name in names}
            written.append(Passage(passage, link("text", model.name, settings)))
    return written


def _own(passages: Iterator[str], index: PassageIndex | None) -> Iterator[str]:
    """Leave out the passages that are in the training text word for word."""
    return (passage for passage in passages if index is None or not index.matches(passage).all())


def surprise(model: TextModel, passages: Sequence[str]) -> list[float]:
    """Return the mean surprise of each passage by itself, in nats for a character."""
    return [read(model, passage).surprise.mean().item() for passage in passages]


def _candidates(model: TextModel, passages: Sequence[Passage]) -> Candidates:
    texts = [passage.text for passage in passages]
    return Candidates([length_of(text) for text in texts], surprise(model, texts))


def fit_threshold(model: TextModel, index: PassageIndex | None) -> tuple[Threshold, set[int]]:
    """Return the threshold of the model's odds, and the real passages to which it was fitted, which no deck has."""
    real = real_passages(_data_set(model))
    order = torch.randperm(len(real), generator=make_rng(0, FITTING_STREAM)).tolist()[:FITTED]
    made = write(model, draw_seeds(0, FITTING_STREAM, FITTED), index)
    scores = surprise(model, [real[row] for row in order]), surprise(model, [one.text for one in made])
    return best_threshold(*scores), set(order)


def make_deck(
    model: TextModel,
    index: PassageIndex | None,
    threshold: Threshold,
    fitted: set[int],
    rounds: int,
    seed: int,
    with_errors: bool,
) -> Deck:
    """Draw a deck; the arguments are those of `adversarial.make_deck`.

    Raises:
        ConfigError: if there are no real passages of the model's data set.
        DataError: if too few real passages have a made one of their length.
    """
    passages = real_passages(_data_set(model))
    order = torch.randperm(len(passages), generator=make_rng(seed, ROWS_STREAM)).tolist()
    real = [Passage(passages[row], "") for row in order if row not in fitted][:REAL]
    made = write(model, draw_seeds(seed, SEEDS_STREAM, MADE), index)
    real_candidates = _candidates(model, real)
    made_candidates = _candidates(model, made)
    items = []
    rng = make_rng(seed, CHOICE_STREAM)
    for one in draw_rounds(real_candidates, made_candidates, threshold, rounds, rng, with_errors=with_errors):
        place = one.pair.real if one.is_real else one.pair.made
        passage = (real if one.is_real else made)[place]
        score = (real_candidates if one.is_real else made_candidates).scores[place]
        shown = passage.text.replace("\t", "    ")
        items.append(Item({"text": shown}, one.is_real, score, threshold.says_real(score), passage.link))
    header = model.header
    assert header is not None  # its data set has real passages
    credit = f"{header.attribution} ({header.licence})"
    return Deck("text", model.name, header.title, credit, threshold, items, with_errors)
