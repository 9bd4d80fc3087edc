"""A match of two teams: who may press, which steps are to be played, and who is ahead; without the game itself.

Each round every phone has a few presses. A team's presses together are worth the same number of steps in both
teams, however many phones are in each, so that no team wins by its size. What is pressed goes into the team's pool,
and the pools are played at a steady pace.

The score is the value V(D, G) = E log D(x) + E log(1 - D(G(z))), which D's team wants high and G's team low. What
is a good V depends on the game, so the same game with the same seed is played evenly beside it, both players making
all their steps. D's team wins if the mean of V over the match is above that of the even game, G's team if it is
below; what is nearer than `CHANCE` is a draw.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from time import monotonic
from typing import Literal

from genai.classroom.activities.activity import Json
from genai.errors import ConfigError
from genai.learn.game.measures import CHANCE, EQUILIBRIUM
from genai.validation import check_range

Team = Literal["generator", "discriminator"]
TEAMS: tuple[Team, Team] = ("generator", "discriminator")
MOST_AT_ONCE = 20
"""Steps of a team that are played between two pictures, so that the class sees what its presses do."""
MOST_SHOWN = 120
"""Moments in the curve of V."""
DECIMALS = 4
NEARLY = 1e-6
"""Added before steps are rounded down: shares of steps do not sum to whole numbers exactly."""


@dataclass(frozen=True)
class Rules:
    """The rules of a match.

    Args:
        rounds: How many there are.
        seconds: Of a round.
        presses: Of each phone in a round.
        steps: Of each team in a round, if all its phones press as often as they may.
    """

    rounds: int = 4
    seconds: int = 30
    presses: int = 12
    steps: int = 240

    def __post_init__(self) -> None:
        check_range("Rounds", self.rounds, 1, 10, whole=True)
        check_range("Seconds", self.seconds, 5, 120, whole=True)
        check_range("Presses", self.presses, 1, 100, whole=True)
        check_range("Steps", self.steps, 10, 1000, whole=True)


@dataclass
class Side:
    """A team in a match.

    Args:
        presses: Of each seat in this round.
        pool: Steps that are pressed and not played yet, with fractions.
        pressed: Steps that were pressed in this round, with fractions.
        played: Steps that were played in the match.
    """

    presses: dict[int, int] = field(default_factory=dict)
    pool: float = 0.0
    pressed: float = 0.0
    played: int = 0

    def begin(self) -> None:
        """Begin a round."""
        self.presses = dict.fromkeys(self.presses, 0)
        self.pool = self.pressed = 0.0

    def press(self, seat: int, count: int, rules: Rules) -> None:
        """Note that a seat has pressed so often in this round; a smaller number is an old message without effect.

        The presses of a team are worth no more than its steps, though a phone comes late.
        """
        new = max(0, count - self.presses[seat])
        self.presses[seat] += new
        worth = new * rules.steps / (rules.presses * len(self.presses))
        worth = min(worth, rules.steps - self.pressed)
        self.pool += worth
        self.pressed += worth

    @property
    def due(self) -> int:
        """Whole steps to be played next."""
        return min(MOST_AT_ONCE, int(self.pool + NEARLY))

    def play(self, steps: int) -> None:
        """Note that steps were taken from the pool."""
        self.pool = max(0.0, self.pool - steps)
        self.played += steps


@dataclass(frozen=True)
class Moves:
    """What is to be played next.

    Args:
        generator: Steps of G in the match.
        discriminator: Steps of D.
        even: Steps of each in the even game beside it.
    """

    generator: int
    discriminator: int
    even: int


@dataclass(frozen=True)
class Moment:
    """The game and the even game at one moment.

    Args:
        value: V of the discriminator, in nats.
        best: V of the best reply D*, which is the most that a discriminator can reach against this generator.
        progress: D's share of the way from knowing nothing to the best reply, 0 to 1.
        even: V in the even game.
    """

    value: float
    best: float
    progress: float
    even: float


class Match:
    """A match, without the game itself: who may press, what is to be played, and who is ahead.

    The phases: "ready" (the teams are made), "play" (a round), "pause" (between rounds), "end".

    Args:
        rules: The rules.
        clock: Returns seconds of a monotonic clock.
    """

    def __init__(self, rules: Rules, clock: Callable[[], float] = monotonic) -> None:
        self.rules = rules
        self.turn = 0
        self.phase = "ready"
        self.sides: Mapping[Team, Side] = {team: Side() for team in TEAMS}
        self._clock = clock
        self._began = 0.0
        self._even_played = 0
        self._moments: list[Moment] = []

    def has(self, seat: int) -> bool:
        """Return whether a seat is in a team."""
        return any(seat in side.presses for side in self.sides.values())

    def team_of(self, seat: int) -> Team:
        """Return the team of a seat; a new one joins the smaller team."""
        for team, side in self.sides.items():
            if seat in side.presses:
                return team
        team = min(TEAMS, key=lambda one: len(self.sides[one].presses))
        self.sides[team].presses[seat] = 0
        return team

    def press(self, seat: int, value: object) -> None:
        """Take how often a seat has pressed in this round so far.

        Raises:
            ConfigError: if no round goes on, or it is more than a phone has.
        """
        if self.phase != "play" or self.left <= 0:
            raise ConfigError("No round goes on now: wait for the next one.")
        check_range("Presses", value, 0, self.rules.presses, whole=True)
        assert isinstance(value, int)
        self.sides[self.team_of(seat)].press(seat, value, self.rules)

    def begin_round(self) -> None:
        """Begin a round.

        Raises:
            ConfigError: if one goes on, or all are over.
        """
        if self.phase not in ("ready", "pause"):
            raise ConfigError("A new round cannot begin now: wait until this one is over.")
        if self.phase == "pause":
            self.turn += 1
        for side in self.sides.values():
            side.begin()
        self._even_played = 0
        self._began = self._clock()
        self.phase = "play"

    @property
    def left(self) -> float:
        """Seconds left of this round; 0 where none goes on."""
        if self.phase != "play":
            return 0.0
        return max(0.0, self._began + self.rules.seconds - self._clock())

    def due(self) -> Moves | None:
        """Return what is to be played now; None where nothing is, because no round goes on."""
        if self.phase != "play":
            return None
        passed = 1 - self.left / self.rules.seconds
        even = min(MOST_AT_ONCE, int(passed * self.rules.steps + NEARLY) - self._even_played)
        return Moves(self.sides["generator"].due, self.sides["discriminator"].due, even)

    def note(self, moves: Moves, moment: Moment) -> None:
        """Note that moves were played, and what came of it; a round ends once its time is up and all is played."""
        self.sides["generator"].play(moves.generator)
        self.sides["discriminator"].play(moves.discriminator)
        self._even_played += moves.even
        self._moments.append(moment)
        is_played = all(side.due == 0 for side in self.sides.values()) and self._even_played >= self.rules.steps
        if self.left <= 0 and is_played:
            self.phase = "pause" if self.turn < self.rules.rounds - 1 else "end"

    def state(self) -> Json:
        """Return what everybody sees of the match."""
        rules = self.rules
        return {
            "turn": self.turn,
            "phase": self.phase,
            "rounds": rules.rounds,
            "seconds": rules.seconds,
            "presses": rules.presses,
            "left": round(self.left, 1),
            "answered": sum(count > 0 for side in self.sides.values() for count in side.presses.values()),
            "teams": {team: self._side_state(side) for team, side in self.sides.items()},
            "equilibrium": round(EQUILIBRIUM, DECIMALS),
            "curve": [[_rounded(one.value), _rounded(one.best), _rounded(one.even)] for one in self._shown()],
            **({"result": self.result()} if self.phase == "end" else {}),
        }

    def _side_state(self, side: Side) -> Json:
        return {
            "phones": len(side.presses),
            "waiting": round(side.pool),
            "pressed": round(side.pressed),
            "of": self.rules.steps,
            "played": side.played,
        }

    def _shown(self) -> list[Moment]:
        """Return at most `MOST_SHOWN` moments, evenly spaced, the last among them."""
        every = -(-len(self._moments) // MOST_SHOWN) or 1
        return self._moments[::-1][::every][::-1]

    def result(self) -> Json:
        """Return who wins, and the means by which it is decided."""
        mean = fmean(one.value for one in self._moments)
        even = fmean(one.even for one in self._moments)
        last = self._moments[-1]
        return {
            "winner": winner(mean, even),
            "mean": _rounded(mean),
            "even": _rounded(even),
            "progress": _rounded(fmean(one.progress for one in self._moments)),
            "best": _rounded(last.best),
        }


def winner(mean: float, even: float) -> Literal["generator", "discriminator", "draw"]:
    """Return who wins a match with a mean V, where the even game has another, both in nats."""
    if abs(mean - even) <= CHANCE:
        return "draw"
    return "discriminator" if mean > even else "generator"


def _rounded(value: float) -> float:
    return round(value, DECIMALS)
