"""Real or made? Phones vote on ten items; the machine votes too. With advice, half of the phones see its vote.

The advice repeats on a small scale what Groh, Epstein, Firestone and Picard measured with 15,016 people: "Deepfake
detection by human crowds, machines, and machine-informed crowds", PNAS 119 (1), e2110013119, 2022 (published in
December 2021), doi 10.1073/pnas.2110013119. People who saw the prediction of a model were more often right than
people or model alone, but a wrong prediction often made them less so.
"""

from collections.abc import Callable
from functools import cache, partial

import torch

from genai.classroom.activities.activity import Json, Quick, Services, no_button
from genai.classroom.activities.votes import Vote, advice_table, majority_right, right_share, share_of
from genai.classroom.deck.dealer import Place, deal
from genai.classroom.deck.deck import Deck, Item
from genai.errors import ConfigError, quoted
from genai.seeds import make_rng
from genai.validation import check_range

ANSWERS = ("real", "made")
FEWEST, ROUNDS, MOST = 4, 10, 20
"""Rounds of a game."""
ADVICE_STREAM = 21
"""Of the random numbers that choose who gets advice."""


class RealOrMade(Quick):
    """A game of as many rounds as its deck has items.

    Args:
        deck: The items.
        advises: Returns whether a seat sees what the machine says, before it votes.
    """

    name = "real_or_made"

    def __init__(self, deck: Deck, advises: Callable[[int], bool] | None = None) -> None:
        self.turn = 0
        self._deck = deck
        self._advises = advises
        self._choices: list[dict[int, bool]] = [{} for _ in deck.items]  # by seat, whether it said "real"
        self._is_shown = False

    @property
    def _is_over(self) -> bool:
        return self.turn == len(self._deck.items)

    def answer(self, seat: int, value: object) -> None:
        """Take "real" or "made".

        Raises:
            ConfigError: if it is neither, or the item is shown for what it is already.
        """
        if self._is_over or self._is_shown:
            raise ConfigError("The answer is shown already: this vote is over.")
        if value not in ANSWERS:
            raise ConfigError("{value} is no answer here: say real or made.", value=quoted(value))
        self._choices[self.turn][seat] = value == "real"

    def act(self, do: str, value: object) -> None:
        """Show what the item is ("reveal"), and go on to the next, after the last to the board ("next").

        Raises:
            ConfigError: if there is no such button now.
        """
        if do == "reveal" and not self._is_over and not self._is_shown:
            self._is_shown = True
        elif do == "next" and self._is_shown:
            self.turn += 1
            self._is_shown = False
        else:
            raise no_button(do)

    def screen(self) -> Json:
        """Return the item and how many have voted; once it is shown, the votes; after the last one, the board."""
        deck = self._deck
        common = {
            "turn": self.turn,
            "rounds": len(deck.items),
            "kind": deck.kind,
            "model": deck.model,
            "title": deck.title,
            "advice": self._advises is not None,
        }
        if self._is_over:
            return {**common, "phase": "board", "answered": 0, **self._board()}
        item = deck.items[self.turn]
        choices = self._choices[self.turn]
        state = {**common, "phase": "vote", "answered": len(choices), "item": item.shown}
        if not self._is_shown:
            return state
        said_real = sum(choices.values())
        counts = {"real": said_real, "made": len(choices) - said_real}
        shown = {"phase": "shown", "counts": counts, "votes": right_share(self._votes_of(self.turn))}
        return {**state, **shown, **self._truth(item), "so_far": self._rows(self.turn + 1)}

    def phone(self, seat: int) -> Json:
        """Return this phone's choice, what the machine advises it, and its own score so far."""
        is_advised = self._advises is not None and self._advises(seat)
        votes = [self._vote(number, seat) for number in range(self._finished) if seat in self._choices[number]]
        own: Json = {
            "choice": None,
            "right": None,
            "advised": is_advised,
            "advice": None,
            "score": right_share(votes),
        }
        if self._is_over:
            return own
        item = self._deck.items[self.turn]
        choice = self._choices[self.turn].get(seat)
        own["choice"] = None if choice is None else ANSWERS[not choice]
        own["right"] = choice == item.is_real if self._is_shown and choice is not None else None
        own["advice"] = ANSWERS[not item.says_real] if is_advised else None
        return own

    @property
    def _finished(self) -> int:
        """Rounds whose items are shown for what they are."""
        return self.turn + self._is_shown

    def _truth(self, item: Item) -> Json:
        """Return what an item is, and what the machine says."""
        return {
            "truth": ANSWERS[not item.is_real],
            "link": item.link,
            "machine": {
                "says": ANSWERS[not item.says_real],
                "score": item.score,
                "threshold": self._deck.threshold.value,
            },
        }

    def _vote(self, number: int, seat: int) -> Vote:
        item = self._deck.items[number]
        return Vote(
            round=number,
            seat=seat,
            is_right=self._choices[number][seat] == item.is_real,
            had_advice=self._advises is not None and self._advises(seat),
            advice_is_right=item.says_real == item.is_real,
        )

    def _votes_of(self, number: int) -> list[Vote]:
        return [self._vote(number, seat) for seat in self._choices[number]]

    def _votes(self, rounds: int) -> list[Vote]:
        """Return all votes of the first rounds."""
        return [vote for number in range(rounds) for vote in self._votes_of(number)]

    def _rows(self, rounds: int) -> Json:
        """Return how often the class, its majority and the machine were right in the first rounds."""
        votes = self._votes(rounds)
        machine = sum(item.says_real == item.is_real for item in self._deck.items[:rounds])
        return {
            "class": right_share(votes),
            "majority": majority_right(votes),
            "machine": share_of(machine, rounds),
        }

    def _board(self) -> Json:
        """Return the result: the rows, all items, that which fooled most first, and the effect of advice."""
        items = [
            {
                "round": number,
                "item": item.shown,
                "votes": right_share(self._votes_of(number)),
                **self._truth(item),
            }
            for number, item in enumerate(self._deck.items)
        ]
        rounds = len(items)
        threshold = self._deck.threshold
        return {
            "rows": self._rows(rounds),
            "items": sorted(items, key=_wrongly_judged, reverse=True),
            "threshold": {"accuracy": threshold.accuracy, "real": threshold.real, "made": threshold.made},
            "credit": self._deck.credit,
            "chosen": self._deck.has_chosen_errors,
            "effect": advice_table(self._votes(rounds)) if self._advises else None,
        }


def _wrongly_judged(item: Json) -> tuple[float, int]:
    """Return by which an item is sorted: the share of wrong votes, then their number."""
    votes = item["votes"]
    return (0.0, 0) if votes["share"] is None else (1 - votes["share"], votes["n"] - votes["count"])


def draw_advised(seed: int, seat: int) -> bool:
    """Return whether a seat gets advice: one of each two that join one after the other, by a coin.

    So half of the phones get it, however many join, and a seat keeps it.
    """
    coin = int(torch.randint(2, (), generator=make_rng(seed, ADVICE_STREAM, seat // 2)))
    return (seat + coin) % 2 == 0


def advice_of(seed: int) -> Callable[[int], bool]:
    """Return the function that says which seats get advice; each is drawn once."""
    return cache(partial(draw_advised, seed))


def make(settings: Json, services: Services, rng_seed: int) -> RealOrMade:
    """Make a game of `{"modality", "model", "rounds", "advice"}`.

    Without a model it is the first of the modality (image, audio or text), the rounds are ten, and nobody gets
    advice.

    Raises:
        GenaiError: naming a bad setting, or what the model lacks.
    """
    rounds = settings.get("rounds", ROUNDS)
    check_range("Rounds", rounds, FEWEST, MOST, whole=True)
    advice = settings.get("advice", False)
    if not isinstance(advice, bool):
        raise ConfigError("{name} is {value}: 1 (yes) or 0 (no) is needed.", name="Advice", value=quoted(advice))
    place = Place(services.folder, services.device)
    modality, model = settings.get("modality", "image"), settings.get("model")
    deck = deal(modality, model, rounds, rng_seed, advice, place)
    return RealOrMade(deck, advice_of(rng_seed) if advice else None)
