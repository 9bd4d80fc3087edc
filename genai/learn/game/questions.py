"""The questions that the page asks about games."""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

from genai.learn.game.config import Data, GameConfig
from genai.learn.game.pair import real_points
from genai.learn.game.picture import SHOWN, encode_places
from genai.learn.game.worker import GameProcess
from genai.serving.guard.visitors import current_visitor
from genai.serving.live.hub import Hub
from genai.ui.words.errors import answer_errors, sentence

NAMES = ("open", "act", "change", "slow", "dirac")
PREFIX = "game"
Question = Callable[[dict[str, Any]], object]


def make_questions(hub: Hub) -> list[Question]:
    """Return the questions of the page, and publish its games through a hub.

    Each takes and returns a JSON object, as `Arena` describes; errors come as {"sentence": {...}}.
    """
    return [_question(games_of(hub), name) for name in NAMES]


@cache
def games_of(hub: Hub) -> GameProcess:
    """Return the games of a server, which its hub publishes: one process for the page and for class rooms."""
    games = GameProcess(hub.publish, sentence)
    hub.add_source(PREFIX, games)
    return games


def _question(games: GameProcess, name: str) -> Question:
    def ask(data: dict[str, Any]) -> object:
        return games.ask(name, {**data, "visitor": current_visitor()})

    ask.__name__ = name
    return answer_errors(ask)


@cache
def pictures() -> dict[str, str]:
    """Return 300 real points of each kind of data but the drawn one, as base64 of places."""
    kinds = [kind for kind in get_args(Data) if kind != "drawn"]
    return {kind: encode_places(real_points(GameConfig(data=kind))[:SHOWN]) for kind in kinds}
