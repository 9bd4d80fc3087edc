"""Two teams: the phones of one are the generator, those of the other the discriminator of a game in the plane."""

import base64
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from genai.classroom.activities.activity import Json, Services, no_button
from genai.classroom.activities.match import Match, Moment, Moves, Rules
from genai.errors import ConfigError, GenaiError
from genai.language.strings import Bilingual
from genai.learn.game.config import GameConfig
from genai.learn.game.measures import MAP_SIDE
from genai.learn.game.questions import games_of
from genai.ui.words.errors import sentence

GAME = GameConfig(data="blobs", width=32, generator_rate=0.005, discriminator_rate=0.02, penalty=0.002)
"""Eight heaps of points, which G can miss, and a D that is quick enough for V to move."""
TICK_SECONDS = 0.5
"""Between two pictures."""
KEEP_SECONDS = 300.0
"""Between two signs of life in a break: the process of the games forgets what nobody has asked for in 900 s."""
SHOWN = 100
"""Points of each kind in a picture."""
RULES = ("rounds", "seconds", "presses", "steps")

Ask = Callable[[str, Json], Json]
"""Answers a question about games, as `GameProcess.ask`."""


@dataclass(frozen=True)
class Played:
    """What came of moves: the moment for the match, and the picture for the screen."""

    moment: Moment
    picture: Json


class Table:
    """The game of a match and the even game beside it, in the process of the games.

    Its games are known here alone: who watches the room cannot move them.

    Args:
        ask: Asks that process.
        game: The settings of both.
    """

    def __init__(self, ask: Ask, game: GameConfig) -> None:
        self._ask = ask
        question: Json = {"game": str(game), "twin": None}
        opened, even = ask("open", question), ask("open", question)
        self._match_id, self._even_id = opened["id"], even["id"]
        self.picture = small_picture(opened["state"])

    def play(self, moves: Moves) -> Played:
        """Play moves.

        Raises:
            GenaiError: if the games are lost, or have grown beyond all numbers.
        """
        state = self._move(self._match_id, moves.discriminator, moves.generator)
        even = self._move(self._even_id, moves.even, moves.even)
        numbers, even_numbers = state["networks"][0]["numbers"], even["networks"][0]["numbers"]
        values = [numbers["value"], numbers["best_value"], numbers["progress_to_best"], even_numbers["value"]]
        if None in values:
            raise ConfigError("The weights have grown beyond all numbers: end this activity, and start it again.")
        return Played(Moment(*values), small_picture(state))

    def keep(self) -> None:
        """Ask for both games without a step, so that a long break does not lose them.

        Raises:
            GenaiError: if they are lost.
        """
        self._move(self._match_id, 0, 0)
        self._move(self._even_id, 0, 0)

    def _move(self, game_id: str, discriminator: int, generator: int) -> Json:
        question: Json = {"id": game_id, "discriminator": discriminator, "generator": generator}
        state: Json = self._ask("moves", question)["state"]
        return state


class Teams:
    """The activity.

    A phone answers with how often it has pressed in this round so far, so that no press is lost or counted twice,
    though a message may be.

    Args:
        match: The match.
        table: The games.
        services: Of the server.
    """

    name = "teams"

    def __init__(self, match: Match, table: Table, services: Services) -> None:
        self.turn = match.turn
        self._match = match
        self._table = table
        self._update = services.update
        self._picture = table.picture
        self._trouble: Bilingual | None = None
        self._plays = threading.Event()
        self._closed = threading.Event()

    def start(self) -> None:
        """Start the thread that plays what is pressed."""
        threading.Thread(target=self._run, name="class-teams", daemon=True).start()

    def prepare(self, value: object) -> object:
        """Return the value as it came."""
        return value

    def answer(self, seat: int, value: object) -> None:
        """Take how often a phone has pressed in this round so far.

        Raises:
            ConfigError: if no round goes on, or it is more than a phone has.
        """
        self._match.press(seat, value)

    def act(self, do: str, value: object) -> None:
        """Begin a round: "next".

        Raises:
            ConfigError: if there is no such button, or no round can begin now.
        """
        if do != "next":
            raise no_button(do)
        self._match.begin_round()
        self._trouble = None  # a server that was too busy may answer now
        self.turn = self._match.turn
        self._plays.set()

    def screen(self) -> Json:
        """Return the state of the match, and a small picture of its game."""
        return {**self._match.state(), "picture": self._picture, "trouble": self._trouble}

    def phone(self, seat: int) -> Json:
        """Return the team of a phone, and how often it has pressed in this round."""
        is_new = not self._match.has(seat)
        team = self._match.team_of(seat)
        if is_new:
            self._update(_nothing)  # the screen says how many are in each team
        return {"team": team, "pressed": self._match.sides[team].presses[seat]}

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._plays.set()

    def _run(self) -> None:
        """Play every half second while a round goes on, and sleep between rounds."""
        while not self._closed.is_set():
            if not self.tick():
                self._plays.clear()
                if self._match.phase != "play":  # a round may have begun meanwhile
                    self._wait()
            self._closed.wait(TICK_SECONDS)

    def _wait(self) -> None:
        """Wait for the next round, and keep the games alive until then."""
        while not self._plays.wait(KEEP_SECONDS):
            with suppress(GenaiError):  # the next round says so
                self._table.keep()

    def tick(self) -> bool:
        """Play what is due now; false where no round goes on."""
        due: list[Moves | None] = []
        self._update(lambda: due.append(self._match.due()))
        moves = due[0]
        if moves is None or self._trouble:
            return False
        try:
            played = self._table.play(moves)
        except GenaiError as error:
            trouble = sentence(error)
            self._update(lambda: self._note_trouble(trouble))
            return False
        self._update(lambda: self._note(moves, played))
        return True

    def _note(self, moves: Moves, played: Played) -> None:
        self._picture = played.picture
        self._match.note(moves, played.moment)

    def _note_trouble(self, trouble: Bilingual) -> None:
        self._trouble = trouble


def _nothing() -> None:
    """Change nothing: the state is shown anew."""


def small_picture(state: Json) -> Json:
    """Return a picture of a game in about 1 kB.

    Returns:
        "map": 20 x 20 bytes, 255 D, row 0 at y = -1.5, as base64. "real" and "fake": 100 points each, pairs of
        bytes, 0 to 255 for -1.5 to 1.5. "modes": how many heaps of points G has found, of "modes_of".
    """
    network = state["networks"][0]
    numbers = network["numbers"]
    cells = pool_cells(base64.b64decode(network["map"]), MAP_SIDE)
    return {
        "map": base64.b64encode(bytes(cells)).decode(),
        "real": _coarse(state["real"]),
        "fake": _coarse(network["fake"]),
        "modes": numbers["modes"],
        "modes_of": numbers["modes_of"],
    }


def pool_cells(cells: Sequence[int], side: int) -> list[int]:
    """Return the mean of each block of 2 x 2 cells of a square map with `side` cells in a row, row by row."""
    means = []
    for row in range(0, side, 2):
        for column in range(0, side, 2):
            start = row * side + column
            block = (cells[start], cells[start + 1], cells[start + side], cells[start + side + 1])
            means.append(round(sum(block) / 4))
    return means


def _coarse(places: str) -> str:
    """Return the first points of `picture.encode_places` with a byte for each coordinate: the higher of its two."""
    return base64.b64encode(base64.b64decode(places)[1 : 4 * SHOWN : 2]).decode()


def make(settings: Json, services: Services, rng_seed: int) -> Teams:
    """Make the activity of `{"game", "rounds", "seconds", "presses", "steps"}`; all may be left out.

    Raises:
        ConfigError: naming a bad setting.
    """
    game = GameConfig.parse(settings.get("game") or str(GAME))
    rules = Rules(**{name: settings[name] for name in RULES if name in settings})
    activity = Teams(Match(rules), Table(games_of(services.hub).ask, game), services)
    activity.start()
    return activity
