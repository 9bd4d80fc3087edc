"""Decks of pictures and sounds: real items from the index, made ones of fresh seeds, the discriminator beside them.

All real items come out of the index, which holds them compressed. So that nothing in a file gives an item away,
each made one is compressed in the same way, and is shown and heard in the same form. The discriminator gets exactly
what the class gets, and is told the class that the judge names, of real and made items alike. What it says follows
from a threshold, since a logit alone means nothing: the one that best separates 96 real and 96 made other items.

The real items are of the training part: the discriminator may know them by heart, which the class does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import Tensor

from genai.classroom.deck.deck import Deck, Item, Kind, Shown
from genai.classroom.deck.draw import Candidates, Threshold, best_threshold, draw_rounds
from genai.errors import ConfigError
from genai.gan.evaluation import conditions_of_classes, discriminator_logits
from genai.gan.sampling import GanModel, sample
from genai.latent.requests import LatentRequest
from genai.quality.data_identity import identity_of
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.nearest import NearestIndex
from genai.quality.shipped_networks import check_classes
from genai.seeds import MAX_SEED, make_rng
from genai.ui.panel.links import link
from genai.ui.views.inside import load_index

FITTED = 96
"""Items of either kind to which the threshold is fitted."""
REAL, MADE = 40, 64
"""Items of either kind from which the rounds are drawn: more made ones, whose class cannot always be asked for."""
FITTING_STREAM, ROWS_STREAM, SEEDS_STREAM, CHOICE_STREAM = 11, 12, 13, 14


class Codec(Protocol):
    """What a modality adds: its items in the form in which the index keeps them."""

    @property
    def kind(self) -> Kind:
        """Of the items."""

    def read(self, index: NearestIndex, rows: Sequence[int]) -> Tensor:
        """Return real items (N, ...) out of the index."""

    def recode(self, index: NearestIndex, items: Tensor) -> Tensor:
        """Return made items (N, ...) in [-1, 1] as they would come out of the index."""

    def to_model(self, items: Tensor) -> Tensor:
        """Return items out of an index as the discriminator takes them, (N, ...) in [-1, 1]."""

    def to_pictures(self, items: Tensor) -> Tensor:
        """Return items as the discriminator takes them in the form of the judge, (N, C, H, W)."""

    def show(self, item: Tensor) -> Shown:
        """Return an item out of an index as the page shows it."""


@dataclass(frozen=True)
class Source:
    """Where the items of a model come from.

    Args:
        model: With its discriminator.
        judge: The feature network that names the class of an item.
        index: Of the real items.
        codec: Of the modality.
    """

    model: GanModel[Any, Any]
    judge: FeatureNetwork
    index: NearestIndex
    codec: Codec


@dataclass(frozen=True)
class Gathered:
    """Items of one kind.

    Args:
        items: (N, ...), as out of an index.
        classes: The class of each, as the judge names it, or as it was asked for.
        scores: The logit of each by the discriminator.
    """

    items: Tensor
    classes: list[int]
    scores: list[float]


def find_source(model: GanModel[Any, Any], codec: Codec, folder: Any = None) -> Source:  # noqa: ANN401
    """Return where the items of a model come from.

    Args:
        model: The model.
        codec: Of its modality.
        folder: Of the checkpoints; None is the repository's own.

    Raises:
        ConfigError: if it has no discriminator.
        CheckpointError: if there is no index of its data.
    """
    if model.discriminator is None or model.header is None:
        raise ConfigError("{name} has no discriminator that could play: choose another model.", name=model.name)
    header = model.header
    judge, index = load_index(model.modality, header.data_set, folder, identity_of(header))
    check_classes(judge, model.labels, header.data_set)
    return Source(model, judge, index, codec)


def gather_real(source: Source, rows: Sequence[int]) -> Gathered:
    """Return the real items of some rows of the index."""
    return _judged(source, source.codec.read(source.index, rows))


def gather_made(source: Source, seeds: Sequence[int], classes: Sequence[int]) -> Gathered:
    """Make an item of each seed; of a model with classes in turn of these, which are then the items' own."""
    labels = [classes[n % len(classes)] if source.model.labels else None for n in range(len(seeds))]
    requests = [LatentRequest(label, seed) for label, seed in zip(labels, seeds, strict=True)]
    made = torch.stack(sample(source.model, requests, lambda _request, _label, item, **_: item.float().cpu()))
    judged = _judged(source, source.codec.recode(source.index, made))
    return replace(judged, classes=[label for label in labels if label is not None] or judged.classes)


def _judged(source: Source, items: Tensor) -> Gathered:
    """Return items with the class that the judge names and the logit that the discriminator gives."""
    inputs = source.codec.to_model(items)
    _, logits = extract_features(source.judge, source.codec.to_pictures(inputs))
    classes = logits.argmax(dim=1)
    conditions = conditions_of_classes(source.model, classes)
    return Gathered(items, classes.tolist(), discriminator_logits(source.model, inputs, conditions).tolist())


def fit_threshold(source: Source) -> tuple[Threshold, set[int]]:
    """Return the discriminator's threshold, and the rows to which it was fitted and which no deck has."""
    rows = torch.randperm(len(source.index.ids), generator=make_rng(0, FITTING_STREAM)).tolist()
    fitted = rows[: min(FITTED, len(rows) // 2)]
    real = gather_real(source, fitted)
    made = gather_made(source, draw_seeds(0, FITTING_STREAM, len(fitted)), real.classes)
    return best_threshold(real.scores, made.scores), set(fitted)


def draw_seeds(seed: int, stream: int, count: int) -> list[int]:
    """Draw different seeds."""
    drawn = torch.randint(MAX_SEED + 1, (2 * count,), generator=make_rng(seed, stream)).tolist()
    return list(dict.fromkeys(drawn))[:count]


def make_deck(
    source: Source, threshold: Threshold, fitted: set[int], rounds: int, seed: int, with_errors: bool
) -> Deck:
    """Draw a deck.

    Args:
        source: Of the items.
        threshold: Of the discriminator.
        fitted: Rows that it was fitted to.
        rounds: Items of the deck.
        seed: Of the draw.
        with_errors: Whether the rounds are drawn so that the discriminator errs in some.

    Raises:
        DataError: if too few real items have a made one of their class.
    """
    order = torch.randperm(len(source.index.ids), generator=make_rng(seed, ROWS_STREAM)).tolist()
    rows = [row for row in order if row not in fitted][:REAL]
    real = gather_real(source, rows)
    seeds = draw_seeds(seed, SEEDS_STREAM, MADE)
    made = gather_made(source, seeds, real.classes)
    rng = make_rng(seed, CHOICE_STREAM)
    real_candidates = Candidates(real.classes, real.scores)
    made_candidates = Candidates(made.classes, made.scores)
    drawn = draw_rounds(real_candidates, made_candidates, threshold, rounds, rng, with_errors=with_errors)
    items: list[Item] = []
    for one in drawn:
        part, place = (real, one.pair.real) if one.is_real else (made, one.pair.made)
        score = part.scores[place]
        address = "" if one.is_real else _link(source, seeds[place], made.classes[place])
        shown = source.codec.show(part.items[place])
        items.append(Item(shown, one.is_real, score, threshold.says_real(score), address))
    header = source.model.header
    assert header is not None  # find_source has refused models without one
    credit = f"{header.attribution} ({header.licence})"
    return Deck(source.codec.kind, source.model.name, header.title, credit, threshold, items, with_errors)


def _link(source: Source, seed: int, label: int) -> str:
    """Return the address that makes an item again in its tab."""
    settings: dict[str, object] = {"label": label if source.model.labels else "any", "seed": seed, "truncation": 1}
    if source.model.modality == "image":
        settings["count"] = 1
    return link(source.model.modality, source.model.name, settings)
