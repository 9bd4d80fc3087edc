"""What the page and the process of the games send each other, pickled one after another into a pipe.

Both ends are this program, and the pipe belongs to them alone.
"""

from dataclasses import dataclass
from typing import Any

from genai.learn.game.game import GameState


@dataclass(frozen=True)
class Ask:
    """Page to games: a question by its name, with the JSON object that a browser sent."""

    number: int
    name: str
    question: dict[str, Any]


@dataclass(frozen=True)
class Watch:
    """Page to games: somebody watches a game, or nobody any more."""

    game_id: str
    watched: bool


@dataclass(frozen=True)
class Answered:
    """Games to page: the answer to a question."""

    number: int
    answer: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """Games to page: a question that could not be answered."""

    number: int
    error: Exception


@dataclass(frozen=True)
class Pictures:
    """Games to page: pictures by the ids of their games."""

    states: dict[str, GameState]


Request = Ask | Watch
Report = Answered | Failed | Pictures
