"""A question with two to six answers: phones choose one, the screen counts, the teacher reveals the right one."""

from dataclasses import dataclass

from genai.classroom.activities.activity import Json, Quick, Services, no_button
from genai.errors import ConfigError, quoted
from genai.language.strings import LANGUAGES, Bilingual
from genai.quality.figures import wilson_interval

FEWEST, MOST = 2, 6
"""Answers of a question."""
LONGEST = 600
"""Characters of a text."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        text: The question.
        answers: What can be chosen.
        right: The index of the right answer; None where there is none.
        replies: What is said about each answer, once it is revealed; may be empty.
    """

    text: Bilingual
    answers: list[Bilingual]
    right: int | None
    replies: list[Bilingual]


class Poll(Quick):
    """A question that a class answers. An answer can be changed until the right one is revealed.

    Args:
        question: What is asked.
    """

    name = "poll"

    def __init__(self, question: Question) -> None:
        self.turn = 0
        self._question = question
        self._choices: dict[int, int] = {}  # by seat
        self._before: list[int] | None = None
        self._is_shown = False

    def answer(self, seat: int, value: object) -> None:
        """Take the index of the chosen answer.

        Raises:
            ConfigError: if there is no such answer, or the right one is shown already.
        """
        if self._is_shown:
            raise ConfigError("The answer is shown already: this vote is over.")
        count = len(self._question.answers)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
            raise ConfigError(
                "There is no answer {value}: choose one of the {count}.", value=quoted(value), count=count
            )
        self._choices[seat] = value

    def act(self, do: str, value: object) -> None:
        """Reveal the right answer, or have everybody vote once more, with these counts beside the new ones.

        Raises:
            ConfigError: if it is another button.
        """
        if do == "reveal":
            self._is_shown = True
        elif do == "again":
            self.turn += 1
            self._before = self._counts()
            self._choices = {}
            self._is_shown = False
        else:
            raise no_button(do)

    def screen(self) -> Json:
        """Return the question, the counts, and the 95 % interval of each share; the right answer once revealed."""
        counts = self._counts()
        answered = sum(counts)
        question = self._question
        return {
            "turn": self.turn,
            "phase": "shown" if self._is_shown else "asked",
            "answered": answered,
            "question": question.text,
            "answers": question.answers,
            "counts": counts,
            "bounds": [wilson_interval(count, answered) for count in counts] if answered else None,
            "before": self._before,
            "right": question.right if self._is_shown else None,
        }

    def phone(self, seat: int) -> Json:
        """Return what this phone has chosen, and the reply to it once it is revealed."""
        choice = self._choices.get(seat)
        reply = None
        if self._is_shown and self._question.replies and choice is not None:
            reply = self._question.replies[choice]
        return {"choice": choice, "reply": reply}

    def _counts(self) -> list[int]:
        counts = [0] * len(self._question.answers)
        for choice in self._choices.values():
            counts[choice] += 1
        return counts


def make(settings: Json, services: Services, rng_seed: int) -> Poll:
    """Make a poll of `{"question", "answers", "right", "reply"}`; the last two may be left out.

    Raises:
        ConfigError: naming a bad setting.
    """
    answers = _texts("answers", settings.get("answers"))
    if not FEWEST <= len(answers) <= MOST:
        raise ConfigError("A question has {fewest} to {most} answers.", fewest=FEWEST, most=MOST)
    right = settings.get("right")
    if right is not None and (isinstance(right, bool) or right not in range(len(answers))):
        raise ConfigError("The right answer is {value}, which is none of the answers.", value=quoted(right))
    replies = _texts("reply", settings.get("reply") or [])
    if len(replies) not in (0, len(answers)):
        raise ConfigError("There must be a reply to each answer, or to none.")
    return Poll(Question(_text("question", settings.get("question")), answers, right, replies))


def _texts(name: str, value: object) -> list[Bilingual]:
    if not isinstance(value, list) or len(value) > MOST:
        raise ConfigError("{name} must be a list of texts.", name=name)
    return [_text(name, one) for one in value]


def _text(name: str, value: object) -> Bilingual:
    """Return a text in all languages.

    Raises:
        ConfigError: if one is missing, empty or too long.
    """
    texts = {language: value.get(language) for language in LANGUAGES} if isinstance(value, dict) else {}
    read = {language: _valid(text).strip() for language, text in texts.items() if isinstance(text, str)}
    if len(read) < len(LANGUAGES) or not all(0 < len(text) <= LONGEST for text in read.values()):
        raise ConfigError(
            "{name} must be a text in each language, of 1 to {most} characters.", name=name, most=LONGEST
        )
    return read


def _valid(text: str) -> str:
    """Return a text without halves of characters (lone surrogates), which JSON may hold and no stream can send."""
    return text.encode("utf-8", "ignore").decode()
