"""The Dirac-GAN, the game with two parameters: Mescheder, Geiger & Nowozin 2018 (arXiv 1801.04406), section 2.

The real points all lie at 0, the generator puts all of its own at theta, and the discriminator's logit at x is
psi x. So each player's loss and its derivative are one term.
"""

import math
from collections.abc import Mapping
from typing import Any, Literal, TypedDict, get_args

from genai.errors import ConfigError, quoted
from genai.learn.game.config import GameLoss
from genai.validation import check_range

Order = Literal["alternating", "simultaneous"]
LOSSES: tuple[str, ...] = get_args(GameLoss)
START = (1.0, 1.0)
EDGE, FIELD_SIDE = 2.0, 15
"""The field of arrows reaches from -2 to 2 in both directions, 15 arrows in each."""
MOST_STEPS = 2000
MOST_RATE, MOST_PENALTY = 1.0, 10.0
FAR = 1e6
"""A path that has come so far ends: it diverges."""


class DiracAnswer(TypedDict):
    """A path and the field that it follows.

    Attributes:
        path: (theta, psi) from the start on.
        field: (theta, psi, change of theta, change of psi), the changes for a rate of 1.
    """

    path: list[tuple[float, float]]
    field: list[tuple[float, float, float, float]]


def sigmoid(value: float) -> float:
    """Return 1 / (1 + exp(-value))."""
    if value < 0:
        return 1 - sigmoid(-value)
    return 1 / (1 + math.exp(-value))


def change_of_theta(loss: str, theta: float, psi: float) -> float:
    """Return minus the derivative of the generator's loss, the logits being psi theta and 0."""
    fake = psi * theta
    if loss == "zero-sum":
        return sigmoid(fake) * psi
    if loss in ("non-saturating", "relativistic"):
        return sigmoid(-fake) * psi
    return psi


def change_of_psi(loss: str, theta: float, psi: float, penalty: float) -> float:
    """Return minus the derivative of the discriminator's loss with its penalty.

    R1 + R2 is gamma / 2 (psi^2 + psi^2), since the derivative of the logit is psi everywhere; for the Wasserstein
    loss the penalty is lambda (|psi| - 1)^2.
    """
    fake = psi * theta
    if loss == "wasserstein":
        return -theta - 2 * penalty * (abs(psi) - 1) * (math.copysign(1, psi) if psi else 0)
    if loss == "hinge":
        return -theta * (fake > -1) - 2 * penalty * psi
    return -theta * sigmoid(fake) - 2 * penalty * psi


def path(loss: str, rate: float, penalty: float, order: Order, steps: int) -> list[tuple[float, float]]:
    """Return the parameters from (1, 1) on, at most `steps` + 1 of them; a path that diverges is cut."""
    theta, psi = START
    points = [START]
    for _ in range(steps):
        new_psi = psi + rate * change_of_psi(loss, theta, psi, penalty)
        seen_psi = new_psi if order == "alternating" else psi
        theta, psi = theta + rate * change_of_theta(loss, theta, seen_psi), new_psi
        if max(abs(theta), abs(psi)) > FAR:
            break
        points.append((theta, psi))
    return points


def field(loss: str, penalty: float) -> list[tuple[float, float, float, float]]:
    """Return the direction of both players on a grid."""
    places = [EDGE * (2 * place / (FIELD_SIDE - 1) - 1) for place in range(FIELD_SIDE)]
    return [
        (theta, psi, change_of_theta(loss, theta, psi), change_of_psi(loss, theta, psi, penalty))
        for psi in places
        for theta in places
    ]


def answer(question: Mapping[str, Any]) -> DiracAnswer:
    """Answer a question of the page, with the settings of `path`.

    Raises:
        ConfigError: if one is none of those allowed.
    """
    loss, order = question.get("loss", "zero-sum"), question.get("update", "alternating")
    for name, value, allowed in (("Loss", loss, LOSSES), ("Order", order, get_args(Order))):
        if value not in allowed:
            raise ConfigError(
                "{name} {value} cannot be used: choose one of {allowed}.",
                name=name,
                value=quoted(value),
                allowed=", ".join(allowed),
            )
    rate, penalty, steps = question.get("rate", 0.1), question.get("penalty", 0), question.get("steps", 400)
    check_range("Learning rate", rate, 0, MOST_RATE)
    check_range("Penalty", penalty, 0, MOST_PENALTY)
    check_range("Steps", steps, 1, MOST_STEPS, whole=True)
    return {"path": path(loss, rate, penalty, order, steps), "field": field(loss, penalty)}
