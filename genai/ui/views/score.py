"""What the score of a discriminator means: its place among other scores, and the game that it comes from.

A logit alone means nothing. A relativistic discriminator has only learnt that real items score higher than
generated ones: its logits may all lie far below 0, where the sigmoid of each says "generated".
"""

from collections.abc import Mapping
from typing import TypedDict, get_args

import torch

from genai.checkpoint.header import Header
from genai.gan.losses import Loss, discriminator_loss, generator_loss
from genai.language.strings import Bilingual, both
from genai.quality.figures import PERCENTILES, share_below

LOSSES: tuple[str, ...] = get_args(Loss)
KINDS = ("real", "fake")
BOX = (5, 25, 50, 75, 95)  # percentiles


class Place(TypedDict):
    """Where a score lies among those of other items.

    Attributes:
        real: 0 to 1, the share of real items, unseen in training, with lower scores.
        fake: The same of generated items.
        boxes: For "real" and "fake", the percentiles 5, 25, 50, 75 and 95 of their scores.
    """

    real: float
    fake: float
    boxes: Mapping[str, list[float]]


class ScoreAnswer(TypedDict):
    """A score and what it means.

    Attributes:
        logit: The score.
        place: None if the file has no scores to compare with.
        sentence: The place in words, or what is missing.
    """

    logit: float
    place: Place | None
    sentence: Bilingual


class Game(TypedDict):
    """By which losses a GAN was trained.

    Attributes:
        loss: logistic, hinge, wasserstein or relativistic; None if the file does not say.
        terms: What is added to them: r1, r2, gradient_penalty, classification, feature_matching, finishing, with
            their weights.
        here: Losses of "discriminator" and "generator" for one item and the median of the real scores, without
            these terms; None without scores.
    """

    loss: str | None
    terms: Mapping[str, str]
    here: Mapping[str, float] | None


def explain_score(logit: float, header: Header | None) -> ScoreAnswer:
    """Return a score with its place among those in a header."""
    place = _place(logit, header.scores if header else {})
    if place is None:
        modality = header.modality if header else "image"
        missing = both("score.unplaced", command=f"python -m genai.{modality}.evaluation FILE --keep")
        return {"logit": logit, "place": None, "sentence": missing}
    shares = {kind: f"{place[kind] * 100:.0f}\N{NO-BREAK SPACE}%" for kind in KINDS}  # type: ignore[literal-required]
    return {"logit": logit, "place": place, "sentence": both("score.place", **shares)}


def _place(logit: float, scores: Mapping[str, list[float]]) -> Place | None:
    if any(len(scores.get(kind, ())) != PERCENTILES for kind in KINDS):
        return None
    return {
        "real": share_below(scores["real"], logit),
        "fake": share_below(scores["fake"], logit),
        "boxes": {kind: [scores[kind][level] for level in BOX] for kind in KINDS},
    }


def explain_game(logit: float, header: Header | None) -> Game:
    """Return by which losses a model was trained, as its header says, and what they are for an item's score."""
    settings = header.training.get("settings", {}) if header else {}
    loss = settings.get("loss")
    if loss not in LOSSES:
        return {"loss": None, "terms": {}, "here": None}
    terms = {name: _weight(settings, name) for name in ("r1", "r2")}
    weights = ("gradient_penalty", "classification", "feature_matching")
    terms |= {name: _number(settings.get(name, 0)) for name in weights}
    terms["finishing"] = _number(settings.get("finishing_steps", 0))
    kept = {name: text for name, text in terms.items() if text != "0"}
    return {"loss": loss, "terms": kept, "here": _losses(loss, logit, header.scores if header else {})}


def _losses(loss: Loss, logit: float, scores: Mapping[str, list[float]]) -> Mapping[str, float] | None:
    if _place(logit, scores) is None:
        return None
    real = [torch.tensor([scores["real"][PERCENTILES // 2]])]
    fake = [torch.tensor([logit])]
    return {
        "discriminator": discriminator_loss(loss, real, fake).item(),
        "generator": generator_loss(loss, real, fake).item(),
    }


def _weight(settings: Mapping[str, float], name: str) -> str:
    """Return the weight of a penalty, which falls in the course of a run to a share of itself."""
    weight = settings.get(name, 0)
    last = weight * settings.get("penalty_floor", 1)
    return _number(weight) if last == weight else f"{_number(weight)} → {_number(last)}"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
