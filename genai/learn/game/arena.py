"""All visitors' games in one process: who moves when, and whose picture is sent.

Time goes by in turns of a twentieth of a second. In each, every game that is played and watched is owed the rounds
of its speed. All of them make the same number of rounds, together, until each has what it is owed or the time for
rounds is up; what is then still owed is forgotten, and the game says which share of its speed it gets. The rest of
the turn is for pictures, those first that were sent longest ago.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from genai.errors import ConfigError, quoted
from genai.learn.game import dirac
from genai.learn.game.config import GameConfig
from genai.learn.game.game import Game, GameState
from genai.learn.game.rounds import Action, advance
from genai.validation import check_range

TURN_SECONDS = 0.05
"""Between two pictures of a game at best."""
MOVING_SHARE, PICTURE_SHARE = 0.75, 0.2
"""Shares of a turn for rounds and for pictures, where both want more than there is."""
MEASURE_SECONDS = 0.2
"""Between two measurements of a game that moves, which take ten times as long as its picture."""
MEASURING_SHARE = 0.125
"""Of the time, at most, for the measurements of all games."""
LONGEST_TURN_SECONDS = 0.2
"""Of a turn that took longer, the rest is not made up for."""
MOST_SPEED = 500
MOST_MOVES = 100
"""Steps of a player in one answer."""
MOST_GAMES = 100
"""Games that are open, watched or not; of the networks of default width each takes up to 8 MB."""
MOST_OF_A_VISITOR = 4
"""Of those, games of one visitor: with one more, the oldest ends."""
FORGOTTEN_SECONDS = 900
"""A game that nobody has watched for so long is forgotten."""
RESERVED_SECONDS = 30
"""A new game may take the place of one that nobody has watched for so long."""
RATE_SECONDS = 1.0
"""Over which the rounds a second are averaged."""
GIVEN_ALL = 0.93
"""A game that gets so much of its speed is said to get all of it."""

Clock = Callable[[], float]
Answer = dict[str, Any]


@dataclass
class _Seat:
    """A game and what the arena knows of it.

    Args:
        game: The game.
        visitor: Whose it is; "" where that is not known.
        seen: When somebody watched it or asked about it last, in seconds of the clock.
        watched: Whether somebody watches it.
        owed: Rounds that it is to make, with fractions.
        made: Rounds since `since`.
        since: When the rate was last computed.
        shown: When its picture was sent.
        measured: When it was measured.
        changed: Whether it has moved since its picture was sent.
    """

    game: Game
    visitor: str
    seen: float
    since: float
    watched: bool = False
    owed: float = 0.0
    made: int = 0
    shown: float = 0.0
    measured: float = 0.0
    changed: bool = False

    @property
    def is_moving(self) -> bool:
        """Whether it is played and watched: without a viewer a game stands still."""
        return self.game.playing and self.watched


@dataclass
class _Cost:
    """The mean seconds of something that is done again and again."""

    seconds: float
    weight: float = field(default=0.1, repr=False)

    def add(self, seconds: float) -> None:
        """Take a measurement into account."""
        self.seconds += self.weight * (seconds - self.seconds)


class Arena:
    """The games.

    Args:
        clock: Returns seconds.
    """

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self._clock = clock
        self._seats: dict[str, _Seat] = {}
        self._last_turn = clock()
        self._measuring = _Cost(0.005)

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def is_moving(self) -> bool:
        """Whether a game is played and watched."""
        return any(seat.is_moving for seat in self._seats.values())

    def ask(self, name: str, question: Mapping[str, Any]) -> Answer:
        """Answer a question of the page.

        Args:
            name: open, act, moves, change, slow or dirac.
            question: As a browser sent it.

        Raises:
            GenaiError: if it cannot be answered; the sentence says why.
        """
        answers: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "open": self.open,
            "act": self.act,
            "moves": self.moves,
            "change": self.change,
            "slow": self.slow,
            "dirac": dirac.answer,
        }
        return cast(Answer, answers[name](question))

    def open(self, question: Mapping[str, Any]) -> Answer:
        """Begin a game: {"game": settings, "twin": settings or None, "visitor": who asks}.

        The answer has under "ended" the ids of this visitor's games that make room for it.
        """
        text, twin = question.get("game", ""), question.get("twin")
        configs = GameConfig.parse(text or ""), None if twin is None else GameConfig.parse(twin)
        visitor = str(question.get("visitor") or "")
        ended = self._end_oldest(visitor)
        self._make_room()
        game_id = secrets.token_urlsafe(16)
        now = self._clock()
        seat = _Seat(Game(*configs), visitor, seen=now, since=now, measured=now)
        self._seats[game_id] = seat
        return {"id": game_id, "topic": topic_of(game_id), "state": seat.game.state(), "ended": ended}

    def act(self, question: Mapping[str, Any]) -> Answer:
        """Move, play, pause, begin anew or go back: {"id", "do", "speed", "to"}."""
        seat = self._seat(question)
        action, speed, to = question.get("do"), question.get("speed"), question.get("to")
        if speed is not None:
            check_range("Speed", speed, 1, MOST_SPEED, whole=True)
            seat.game.speed = speed
        if to is not None:
            check_range("Step", to, 0, 2**53, whole=True)
        self._act(seat, action, to)
        return {"state": self._shown(seat)}

    def _act(self, seat: _Seat, action: object, to: int | None) -> None:
        match action:
            case "discriminator" | "generator" | "both":
                seat.game.move(action)
            case "play":
                self._play(seat)
            case "pause":
                _pause(seat)
            case "reset":
                _pause(seat)
                seat.game.reset()
            case "back":
                _pause(seat)
                seat.game.back(to)
            case _:
                raise ConfigError(
                    "{name} {value} cannot be used: choose one of {allowed}.",
                    name="Action",
                    value=quoted(action),
                    allowed=", ".join([*get_args(Action), "play", "pause", "reset", "back"]),
                )

    def _play(self, seat: _Seat) -> None:
        if seat.game.exploded:
            raise ConfigError(
                "The weights have grown beyond all numbers, so that no step is possible: go back, or begin anew "
                "with a smaller learning rate or a penalty."
            )
        if not seat.game.playing:
            seat.game.playing = True
            seat.owed, seat.made, seat.since = 0.0, 0, self._clock()

    def moves(self, question: Mapping[str, Any]) -> Answer:
        """Make steps of both players, evenly in turn: {"id", "discriminator": how many, "generator": how many}."""
        seat = self._seat(question)
        counts = [question.get(player) for player in ("discriminator", "generator")]
        for count in counts:
            check_range("Steps", count, 0, MOST_MOVES, whole=True)
        seat.game.move_both(*cast(list[int], counts))
        return {"state": self._shown(seat)}

    def change(self, question: Mapping[str, Any]) -> Answer:
        """Change settings: {"id", "game"}."""
        seat = self._seat(question)
        seat.game.change(GameConfig.parse(question.get("game")))
        return {"state": self._shown(seat)}

    def slow(self, question: Mapping[str, Any]) -> Answer:
        """Make one round in seven steps: {"id"}."""
        seat = self._seat(question)
        _pause(seat)
        return {"frames": seat.game.slow()}

    def watch(self, game_id: str, *, watched: bool) -> None:
        """Take note that somebody watches a game, or nobody any more; a game that is forgotten needs neither."""
        seat = self._seats.get(game_id)
        if seat is not None:
            seat.watched = watched
            seat.seen = self._clock()
            seat.owed, seat.made, seat.since = 0.0, 0, seat.seen

    def turn(self) -> dict[str, GameState]:
        """Make the rounds that are due, and return pictures by the ids of their games."""
        now = self._clock()
        passed = min(now - self._last_turn, LONGEST_TURN_SECONDS)
        self._last_turn = now
        self._forget(now)
        moving = [seat for seat in self._seats.values() if seat.is_moving]
        for seat in moving:
            seat.owed += passed * seat.game.speed
        self._move(moving, now + MOVING_SHARE * TURN_SECONDS)
        self._rate(moving)
        return self._pictures()

    def _move(self, moving: Iterable[_Seat], deadline: float) -> None:
        """Make rounds until all is done that is owed, or the time is up."""
        owing = [seat for seat in moving if seat.owed >= 1]
        while owing:
            rounds = min(min(int(seat.owed), _rounds_to_next(seat)) for seat in owing)
            advance([pair for seat in owing for pair in seat.game.pairs], rounds)
            for seat in owing:
                seat.owed -= rounds
                seat.made += rounds
                seat.changed = True
                seat.game.keep()
            owing = [seat for seat in owing if seat.owed >= 1]
            if owing and self._clock() > deadline:
                for seat in owing:
                    seat.owed %= 1
                return

    def _rate(self, moving: Iterable[_Seat]) -> None:
        now = self._clock()
        for seat in moving:
            passed = now - seat.since
            if passed < RATE_SECONDS:
                continue
            seat.game.rate = seat.made / passed
            share = seat.game.rate / seat.game.speed
            seat.game.waiting = None if share >= GIVEN_ALL else round(share, 2)
            seat.made, seat.since = 0, now

    def _pictures(self) -> dict[str, GameState]:
        """Return the pictures that are due, until the time for them is up."""
        began = self._clock()
        due = {
            game_id: seat
            for game_id, seat in self._seats.items()
            if seat.watched and seat.changed and began - seat.shown >= 0.9 * TURN_SECONDS
        }
        states: dict[str, GameState] = {}
        left = PICTURE_SHARE * TURN_SECONDS
        for game_id, seat in sorted(due.items(), key=lambda item: item[1].shown):
            measure = self._is_to_be_measured(seat, len(due))
            started = self._clock()
            states[game_id] = self._picture(seat, started, measure=measure)
            took = self._clock() - started
            if measure:
                self._measuring.add(took)  # has its own share of the time
            else:
                left -= took
            if left < 0:
                break
        return states

    def _is_to_be_measured(self, seat: _Seat, due: int) -> bool:
        wait = max(MEASURE_SECONDS, due * self._measuring.seconds / MEASURING_SHARE)
        return not seat.is_moving or self._clock() - seat.measured >= wait

    def _picture(self, seat: _Seat, now: float, *, measure: bool) -> GameState:
        if seat.game.exploded:
            _pause(seat)
        state = seat.game.state(measure=measure)
        if measure:
            seat.measured = now
        seat.shown, seat.changed = now, False
        return state

    def _shown(self, seat: _Seat) -> GameState:
        """Return the picture of a game that was asked for; it is sent to all who watch it too."""
        seat.changed, seat.measured = True, self._clock()
        return seat.game.state()

    def _seat(self, question: Mapping[str, Any]) -> _Seat:
        game_id = question.get("id")
        seat = self._seats.get(game_id) if isinstance(game_id, str) else None
        if seat is None:
            raise unknown_game()
        seat.seen = self._clock()
        return seat

    def _forget(self, now: float) -> None:
        """Forget games that nobody has watched for long."""
        for game_id, seat in list(self._seats.items()):
            if not seat.watched and now - seat.seen > FORGOTTEN_SECONDS:
                del self._seats[game_id]

    def _end_oldest(self, visitor: str) -> list[str]:
        """End the oldest games of a visitor who has as many as one may have; return their ids."""
        if not visitor:
            return []
        own = [game_id for game_id, seat in self._seats.items() if seat.visitor == visitor]
        ended = own[: max(0, len(own) - MOST_OF_A_VISITOR + 1)]  # they are in the order in which they began
        for game_id in ended:
            del self._seats[game_id]
        return ended

    def _make_room(self) -> None:
        now = self._clock()
        self._forget(now)
        if len(self._seats) < MOST_GAMES:
            return
        unwatched = [game_id for game_id, seat in self._seats.items() if not seat.watched]
        oldest = min(unwatched, key=lambda game_id: self._seats[game_id].seen, default=None)
        if oldest is None or now - self._seats[oldest].seen < RESERVED_SECONDS:
            raise ConfigError(
                "{count} games are open on this server, and no more are possible now: wait a minute and try again.",
                count=len(self._seats),
            )
        del self._seats[oldest]


def topic_of(game_id: str) -> str:
    """Return the topic of a game."""
    return f"game/{game_id}"


def unknown_game() -> ConfigError:
    """Return the error that a game is not there (any more)."""
    return ConfigError(
        "This game is not on the server any more: begin it anew, with the same settings and the same seed."
    )


def too_many_games() -> ConfigError:
    """Return the error that a game has ended, since its visitor began too many after it."""
    return ConfigError(
        "This game has ended: it was the oldest of yours, and one visitor can have {most} at a time. Begin it anew "
        "in place of another.",
        most=MOST_OF_A_VISITOR,
    )


def _pause(seat: _Seat) -> None:
    seat.game.playing = False
    seat.game.rate, seat.game.waiting = 0.0, None


def _rounds_to_next(seat: _Seat) -> int:
    return seat.game.kept.rounds_to_next(seat.game.step)
