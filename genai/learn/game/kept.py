"""The states of a game that are kept, so that one can go back."""

from dataclasses import dataclass
from itertools import count

from genai.learn.game.pair import State

MOST = 300
"""States that are kept."""
MOST_BYTES = 8 * 2**20
"""Memory that they may take; for networks 64 wide this is less than 300 states."""


@dataclass(frozen=True)
class Moment:
    """A state of each network pair of a game, at one step."""

    states: tuple[State, ...]

    @property
    def step(self) -> int:
        """The step, which is the same for twins."""
        return self.states[0].step

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(state.size for state in self.states)


class Kept:
    """States from the first one to now, at equal distances: where there is no more room, every second one goes."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []
        self.interval = 1

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def steps(self) -> list[int]:
        """The steps that are kept."""
        return [moment.step for moment in self._moments]

    def rounds_to_next(self, step: int) -> int:
        """Return after how many rounds the next state is to be kept."""
        return self.interval - step % self.interval

    def add(self, states: tuple[State, ...]) -> None:
        """Keep the states of a step, if it is one of those; states of later steps are forgotten."""
        step = states[0].step
        self.forget_from(step)
        if step % self.interval:
            return
        moment = Moment(tuple(state.detached() for state in states))
        self._moments.append(moment)
        if len(self._moments) > min(MOST, max(2, MOST_BYTES // moment.size)):
            self._thin()

    def forget_from(self, step: int) -> None:
        """Forget the states of a step and all later ones."""
        while self._moments and self._moments[-1].step >= step:
            self._moments.pop()

    def nearest(self, step: int) -> Moment:
        """Return the last moment at a step or before it; the first one, where none is so early."""
        earlier = [moment for moment in self._moments if moment.step <= step]
        return earlier[-1] if earlier else self._moments[0]

    def _thin(self) -> None:
        for _ in count():
            self.interval *= 2
            kept = [moment for moment in self._moments if moment.step % self.interval == 0]
            if len(kept) < len(self._moments):
                self._moments = kept
                return
