"""Guess the next letter: the votes of a class are a distribution, whose loss stands beside those of two models.

The share of a key is (votes + 1/2) / (n + K/2) for n votes among K keys: half a vote more for every key, so that a
letter nobody thought of costs much, but not infinitely much. It is the Bayesian estimate of a distribution under
Jeffreys' prior (Krichevsky and Trofimov 1981). The loss is minus the logarithm of the share of the true letter, in
nats: the cross-entropy that a network is trained on. All three are asked for the same letters with the same keys.
"""

import math
import operator
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import torch

from genai import text
from genai.classroom.activities.activity import Json, Quick, Services, not_now
from genai.classroom.activities.votes import share_of
from genai.classroom.passages import Letter, Passage, key_of, load
from genai.errors import ConfigError, quoted
from genai.seeds import make_rng
from genai.text.internals import read
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary
from genai.validation import check_range

PLAYERS = ("class", "trigram", "lstm")
ADDED = 0.5
"""Votes added to every key."""
MOST_LETTERS = 14
"""Asked for in an activity."""
LETTERS = 10
"""Asked for where the settings do not say how many."""
SHOWN = 8
"""Keys in the bars of a letter."""
DECIMALS = 4
STUDENT_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160)
"""Standard errors in half of a 95 % confidence interval of a mean of 2, 3, ... 14 numbers: the quantile 0.975 of
Student's t. scipy, which is the reference in the tests, is not installed with the page."""


def smoothed(votes: Sequence[int]) -> list[float]:
    """Return the share of each of K keys by their votes (K,): (votes + 1/2) / (n + K/2)."""
    total = sum(votes) + ADDED * len(votes)
    return [(count + ADDED) / total for count in votes]


def least_loss(n: int, keys: int) -> float:
    """Return the loss, in nats, where all n votes are for the true letter: -log((n + 1/2) / (n + K/2))."""
    return -math.log((n + ADDED) / (n + ADDED * keys))


def fold(odds: Sequence[float], vocabulary: Vocabulary, keys: str, *, chosen: bool) -> list[float]:
    """Return the probability of each of K keys by those of all V characters; they sum to 1.

    Args:
        odds: (V,), of the vocabulary's characters.
        vocabulary: Of the model.
        keys: The keys.
        chosen: Whether characters without a key are left out and the others divided by their sum; otherwise each
            character counts for its key.
    """
    sums = dict.fromkeys(keys, 0.0)
    for character, probability in zip(vocabulary.characters, odds, strict=True):
        if chosen and character not in sums:
            continue
        sums[key_of(character, keys)] += probability
    total = sum(sums.values())
    return [value / total for value in sums.values()]


@dataclass(frozen=True)
class Comparison:
    """How much less the class lost than a model: positive where the class is better.

    Args:
        mean: Nats per letter.
        half_width: Of the 95 % confidence interval of the mean, from the letters' differences; None for fewer than
            two letters.
    """

    mean: float
    half_width: float | None

    @classmethod
    def of(cls, own: Sequence[float], other: Sequence[float]) -> "Comparison":
        """Compare the losses of the same letters, 1 to 14 of them."""
        differences = [theirs - ours for ours, theirs in zip(own, other, strict=True)]
        if len(differences) < 2:
            return cls(fmean(differences), None)
        n = len(differences)
        return cls(fmean(differences), STUDENT_95[n - 2] * stdev(differences) / math.sqrt(n))


class NextLetter(Quick):
    """The activity.

    A letter is asked for (phase "ask"), then revealed (phase "reveal"), then comes the next one; after the last one
    the phase is "end". A letter for which nobody voted is not counted, for nobody.

    Args:
        passage: The text.
        lstm: For each letter the probabilities (K,) of its keys by the LSTM.
        model: The name of the LSTM.
        chosen: As `Passages.chosen`.
        count: How many letters are asked for, at most all of the passage.
    """

    name = "next_letter"

    def __init__(
        self, passage: Passage, lstm: Sequence[Sequence[float]], model: str, *, chosen: bool, count: int
    ) -> None:
        self._passage = passage
        self._letters = passage.letters[:count]
        self._lstm = lstm
        self._model = model
        self._chosen = chosen
        self._votes: list[dict[int, str]] = [{} for _ in self._letters]
        self.turn = 0
        self._revealed = False

    @property
    def phase(self) -> str:
        """Return ask, reveal or end."""
        if self.turn == len(self._letters):
            return "end"
        return "reveal" if self._revealed else "ask"

    def answer(self, seat: int, value: object) -> None:
        """Take the vote of a seat, a key; it replaces an earlier one.

        Raises:
            ConfigError: if the letter is revealed already, or there is no such key.
        """
        if self.phase != "ask":
            raise ConfigError("This letter is known already: wait for the next one.")
        keys = self._letters[self.turn].keys
        if not isinstance(value, str) or len(value) != 1 or value not in keys:
            raise ConfigError("{value} is none of the keys: tap one of them.", value=quoted(value))
        self._votes[self.turn][seat] = value

    def act(self, do: str, value: object) -> None:
        """Reveal the letter, or go on: {"reveal", "next"}.

        Raises:
            ConfigError: if there is no such button, or it cannot be pressed now.
        """
        match do, self.phase:
            case (("reveal" | "next"), "ask"):
                self._revealed = True
            case "next", "reveal":
                self._revealed = False
                self.turn += 1
            case _:
                raise not_now(do, {"ask": "reveal, next", "reveal": "next", "end": "stop"}[self.phase])

    def screen(self) -> Json:
        """Return what everybody sees; no vote is seen before its letter is revealed."""
        state: Json = {
            "turn": self.turn,
            "phase": self.phase,
            "total": len(self._letters),
            "model": self._model,
            "chosen": self._chosen,
            "before": self._shown_text(),
            "past": self._past(),
            **self._summary(),
        }
        if self.phase == "end":
            return state
        letter = self._letters[self.turn]
        votes = self._votes[self.turn]
        state |= {"answered": len(votes), "keys": letter.keys, "even": _rounded(math.log(len(letter.keys)))}
        if self._revealed:
            state["letter"] = self._revealed_letter()
        return state

    def phone(self, seat: int) -> Json:
        """Return what a seat sees of its own: its vote, and how many of its votes were right.

        Beside them stands how often the likeliest key of each model was right, for the same letters.
        """
        answer = self._votes[self.turn].get(seat) if self.phase != "end" else None
        voted = [number for number in range(self._known) if seat in self._votes[number]]
        if not voted:
            return {"answer": answer, "voted": 0, "right": 0}
        truths = [self._passage.key_of(self._letters[number]) for number in voted]
        keys = {player: [self._guess(player, number) for number in voted] for player in PLAYERS[1:]}
        keys["own"] = [self._votes[number][seat] for number in voted]
        right = {player: sum(map(operator.eq, of_player, truths)) for player, of_player in keys.items()}
        return {
            "answer": answer,
            "voted": len(voted),
            "right": right["own"],
            "rows": {player: share_of(count, len(voted)) for player, count in right.items()},
            "chance": fmean(1 / len(self._letters[number].keys) for number in voted),
        }

    def _guess(self, player: str, number: int) -> str:
        """Return the likeliest key of a model for a letter."""
        odds = self._odds(number)[player]
        return self._letters[number].keys[max(range(len(odds)), key=odds.__getitem__)]

    @property
    def _known(self) -> int:
        """How many letters are revealed."""
        return self.turn + self._revealed

    def _shown_text(self) -> str:
        if self.phase == "end":
            return self._passage.text
        place = self._letters[self.turn].place
        return self._passage.text[: place + self._revealed]

    def _losses(self, number: int) -> dict[str, float] | None:
        """Return the loss of each player on a letter, in nats; None where nobody voted."""
        if not self._votes[number]:
            return None
        letter = self._letters[number]
        true = letter.keys.index(self._passage.key_of(letter))
        return {player: -math.log(odds[true]) for player, odds in self._odds(number).items()}

    def _odds(self, number: int) -> dict[str, Sequence[float]]:
        letter = self._letters[number]
        return {
            "class": smoothed(_counts(letter, self._votes[number])),
            "trigram": letter.trigram,
            "lstm": self._lstm[number],
        }

    def _past(self) -> list[Json]:
        past: list[Json] = []
        for number, letter in enumerate(self._letters[: self._known]):
            losses = self._losses(number)
            entry: Json = {"character": self._passage.text[letter.place]}
            if losses is not None:
                entry["nats"] = {player: _rounded(loss) for player, loss in losses.items()}
            past.append(entry)
        return past

    def _revealed_letter(self) -> Json:
        """Return the true key of the letter, and its likeliest keys with their votes and shares."""
        letter, votes = self._letters[self.turn], self._votes[self.turn]
        odds = self._odds(self.turn)
        true = self._passage.key_of(letter)
        counts = _counts(letter, votes)
        order = sorted(range(len(letter.keys)), key=lambda place: -max(odds[player][place] for player in PLAYERS))
        shown = order[:SHOWN]
        true_place = letter.keys.index(true)
        if true_place not in shown:
            shown[-1] = true_place
        bars = [
            {
                "key": letter.keys[place],
                "votes": counts[place],
                **{player: _rounded(odds[player][place]) for player in PLAYERS},
            }
            for place in shown
        ]
        least = _rounded(least_loss(len(votes), len(letter.keys)))
        return {"key": true, "character": self._passage.text[letter.place], "bars": bars, "least": least}

    def _summary(self) -> Json:
        """Return the mean loss of each player over the letters that count, and whom the class beats."""
        counted = [losses for number in range(self._known) if (losses := self._losses(number)) is not None]
        if not counted:
            return {"counted": 0}
        series = {player: [losses[player] for losses in counted] for player in PLAYERS}
        compared = {player: Comparison.of(series["class"], series[player]) for player in PLAYERS[1:]}
        return {
            "counted": len(counted),
            "means": {player: _rounded(fmean(losses)) for player, losses in series.items()},
            "ahead": {
                player: {
                    "mean": _rounded(one.mean),
                    "half": None if one.half_width is None else _rounded(one.half_width),
                }
                for player, one in compared.items()
            },
        }


def make(settings: Json, services: Services, rng_seed: int) -> NextLetter:
    """Make the activity of `{"text", "passage", "letters"}`.

    Without "passage", its number from 0, the seed chooses one; without "letters" ten letters are asked for.

    Raises:
        ConfigError: naming a bad setting.
        CheckpointError: if the model of the text is not here.
    """
    name = settings.get("text", "shakespeare")
    passages = load(name)
    count = settings.get("letters", LETTERS)
    check_range("Letters", count, 1, MOST_LETTERS, whole=True)
    most = len(passages.passages) - 1
    number = settings.get("passage")
    if number is None:
        number = int(torch.randint(most + 1, (), generator=make_rng(rng_seed)))
    check_range("Passage", number, 0, most, whole=True)
    passage = passages.passages[number]
    model = text.load(passages.model, services.device, services.folder)
    odds = odds_of_keys(model, passage, chosen=passages.chosen)
    return NextLetter(passage, odds, passages.model, chosen=passages.chosen, count=count)


def odds_of_keys(model: TextModel, passage: Passage, *, chosen: bool) -> list[list[float]]:
    """Return for each letter of a passage the probabilities (K,) of its keys by an LSTM that reads the passage."""
    odds = read(model, passage.text).logits.softmax(dim=1)
    return [
        fold(odds[letter.place].tolist(), model.vocabulary, letter.keys, chosen=chosen)
        for letter in passage.letters
    ]


def _counts(letter: Letter, votes: dict[int, str]) -> list[int]:
    tally = Counter(votes.values())
    return [tally[key] for key in letter.keys]


def _rounded(value: float) -> float:
    return round(value, DECIMALS)
