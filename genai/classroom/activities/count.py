"""What does it make too often? A class counts an attribute by hand, five pictures each, beside the judge's census.

The pictures are those of the judge's census, in the order of their seeds: the n-th phone gets the n-th five. So the
pooled count of the class is a sample of what the judge counts in whole, and both can be compared for each picture.
"""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from PIL import Image
from torch import Tensor

from genai import checkpoint, image, provenance
from genai.classroom.activities.activity import Json, Services, not_now
from genai.errors import ConfigError, quoted
from genai.image.sampling import ImageModel, ImageRequest
from genai.language.strings import LANGUAGES, Bilingual
from genai.quality import shipped_networks
from genai.quality.attributes import predict
from genai.quality.data_identity import identity_of
from genai.quality.figures import wilson_interval
from genai.ui.views.files import data_url
from genai.validation import check_list_length, check_range

UNSURE = "unsure"
"""What a phone answers for a picture of which it cannot tell the value."""
MODEL = "characters"
MOST_VALUES = 8
"""Of an attribute that people can count: one button for each."""
TOTAL = 500
"""Pictures of the census."""
BATCH = 50
FIRST = 150
"""Pictures that are drawn before the activity begins; the others are drawn while the class counts."""
EACH, MOST_EACH = 5, 10
"""Pictures of a phone."""
QUALITY = 90
"""Of the pictures that phones get, as WebP: about 2 kB each."""
DECIMALS = 4


@dataclass(frozen=True)
class Property:
    """What is counted.

    Args:
        name: Of the attribute.
        values: The names of its V values.
        shares: The share of each value in the training data (V,).
    """

    name: Bilingual
    values: Sequence[Bilingual]
    shares: Sequence[float]


@dataclass(frozen=True)
class Judged:
    """What the judge saw in the pictures of the census: the number of the value of each."""

    values: Sequence[int]


class Count:
    """The activity.

    Phones count (phase "count"), then all is revealed (phase "reveal"): the pooled count of the class with its 95 %
    interval (Wilson 1927), that of the judge, and the share in the data.

    Args:
        wanted: What is counted.
        pictures: Addresses of the pictures that phones get, in the order of their seeds; at least `each`.
        each: Pictures of a phone.
    """

    name = "count"
    turn = 0

    def __init__(self, wanted: Property, pictures: Sequence[str], each: int) -> None:
        self._property = wanted
        self._pictures = list(pictures)
        self._each = each
        self._answers: dict[int, list[int | str | None]] = {}
        self._numbers: dict[int, list[int]] = {}
        self._judged: Judged | None = None
        self._revealed = False
        self.closed = threading.Event()

    def prepare(self, value: object) -> object:
        """Return the value as it came."""
        return value

    def close(self) -> None:
        """Let the thread that draws the other pictures end."""
        self.closed.set()

    def add_pictures(self, pictures: Sequence[str]) -> None:
        """Take more pictures for phones that come from now on."""
        self._pictures += pictures

    def set_judged(self, judged: Judged) -> None:
        """Take the judge's census, which is finished after the class has begun."""
        self._judged = judged

    @property
    def phase(self) -> str:
        """Return count or reveal."""
        return "reveal" if self._revealed else "count"

    def answer(self, seat: int, value: object) -> None:
        """Take the values that a seat sees in its pictures: a list with a number, "unsure" or None for each.

        Raises:
            ConfigError: if the counts are revealed already, or it is no such list.
        """
        if self._revealed:
            raise ConfigError("The counts are on the screen already, and can no longer be changed.")
        check_list_length("Pictures", value, self._each, self._each)
        assert isinstance(value, list | tuple)
        self._answers[seat] = [self._read(one) for one in value]

    def _read(self, value: object) -> int | str | None:
        if value is None or value == UNSURE:
            return UNSURE if value == UNSURE else None
        count = len(self._property.values)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count:
            return value
        raise ConfigError(
            "{value} is no value of a picture: it is a number from 0 to {high}, or {unsure}.",
            value=quoted(value),
            high=count - 1,
            unsure=UNSURE,
        )

    def act(self, do: str, value: object) -> None:
        """Reveal the counts, or go back to counting: {"reveal", "back"}.

        Raises:
            ConfigError: if there is no such button, or it cannot be pressed now.
        """
        match do, self.phase:
            case (("reveal" | "next"), "count"):
                self._revealed = True
            case "back", "reveal":
                self._revealed = False
            case _:
                raise not_now(do, "back" if self._revealed else "reveal")

    def screen(self) -> Json:
        """Return what everybody sees; no count is seen before it is revealed."""
        given = [value for values in self._answers.values() for value in values if value is not None]
        finished = sum(None not in values for values in self._answers.values())
        state: Json = {
            "turn": self.turn,
            "phase": self.phase,
            "answered": finished,
            "given": len(given),
            "each": self._each,
            "name": self._property.name,
            "values": list(self._property.values),
            "judge": self._judged is not None,
        }
        return state | {"result": self._result()} if self._revealed else state

    def phone(self, seat: int) -> Json:
        """Return what a seat sees of its own: its pictures, and what it has answered."""
        numbers = self.numbers(seat)
        own: Json = {
            "pictures": [self._pictures[number] for number in numbers],
            "first": numbers[0],
            "answer": self._answers.get(seat) or [None] * self._each,
        }
        if self._revealed and self._judged is not None:
            own["judge"] = [self._judged.values[number] for number in numbers]
        return own

    def numbers(self, seat: int) -> list[int]:
        """Return the numbers of a seat's pictures, which it keeps; after the last picture comes the first again."""
        if seat not in self._numbers:
            first = len(self._numbers) * self._each
            self._numbers[seat] = [(first + number) % len(self._pictures) for number in range(self._each)]
        return self._numbers[seat]

    def _sure(self) -> list[tuple[int, int]]:
        """Return number and value of each picture whose value a phone could tell."""
        return [
            (number, value)
            for seat, values in self._answers.items()
            for number, value in zip(self.numbers(seat), values, strict=True)
            if isinstance(value, int)
        ]

    def _result(self) -> Json:
        """Return the counts of the class and of the judge, and how often both agree about the same picture."""
        sure = self._sure()
        unsure = sum(values.count(UNSURE) for values in self._answers.values())
        result: Json = {
            "data": [round(share, DECIMALS) for share in self._property.shares],
            "class": pooled([value for _, value in sure], len(self._property.values)),
            "unsure": unsure,
        }
        if self._judged is not None:
            judged = self._judged.values
            result["judge"] = pooled(judged, len(self._property.values))
            result["agreed"] = sum(judged[number] == value for number, value in sure)
        return result


def pooled(values: Sequence[int], size: int) -> Json:
    """Return n, and of each of `size` values its count, its share and the 95 % interval of the share.

    Without any picture the shares are None, and their intervals everything from 0 to 1.
    """
    n = len(values)
    counts = [values.count(number) for number in range(size)]
    bounds = [wilson_interval(count, n) if n else (0.0, 1.0) for count in counts]
    return {
        "n": n,
        "counts": counts,
        "shares": [round(count / n, DECIMALS) if n else None for count in counts],
        "bounds": [[round(low, DECIMALS), round(high, DECIMALS)] for low, high in bounds],
    }


class Census:
    """Draws pictures, and has a judge look at all of them.

    Args:
        services: Of the server.
        attribute: The name, in any language, of an attribute that the judge knows.

    Raises:
        ConfigError: if there is no such attribute, or it has too many values to count by hand.
        CheckpointError: if model or judge are not here.
    """

    def __init__(self, services: Services, attribute: object) -> None:
        self._model: ImageModel = image.load(MODEL, services.device, services.folder)
        assert self._model.header is not None  # a loaded model has one
        data = identity_of(self._model.header)
        folder = checkpoint.folder_beside("judges", services.folder)
        kind = shipped_networks.KINDS[0]
        self._judge = shipped_networks.load(data.modality, data.name, kind, folder, data)
        header = shipped_networks.read_header(data.modality, data.name, kind, folder, data)
        names = [one["name"] for one in header.attributes]
        self._attribute = _number_of(attribute, names)
        self.wanted = _property(header.attributes[self._attribute])
        self._drawn: list[Tensor] = []

    def draw(self, count: int) -> list[str]:
        """Draw the next pictures, in the order of their seeds from 0, and return their addresses."""
        first = sum(map(len, self._drawn))
        addresses: list[str] = []
        for start in range(first, first + count, BATCH):
            seeds = range(start, min(start + BATCH, first + count))
            results = image.generate(self._model, [ImageRequest(seed=seed) for seed in seeds])
            pictures = torch.stack([result.item for result in results])
            self._drawn.append(pictures)
            addresses += [webp_url(picture) for picture in pictures]
        return addresses

    def judge(self) -> Judged:
        """Return what the judge sees in all pictures that were drawn."""
        values = [predict(self._judge, pictures)[:, self._attribute] for pictures in self._drawn]
        return Judged(torch.cat(values).tolist())


def webp_url(picture: Tensor) -> str:
    """Return a picture (C, S, S) in [-1, 1] as the data URL of a WebP file."""
    file = io.BytesIO()
    Image.fromarray(provenance.to_uint8(picture)).save(file, "WEBP", quality=QUALITY)
    return data_url("image/webp", file.getvalue())


def _number_of(attribute: object, names: Sequence[Bilingual]) -> int:
    """Return the number of the attribute with a name.

    Raises:
        ConfigError: if there is none.
    """
    for number, name in enumerate(names):
        if attribute in name.values():
            return number
    raise ConfigError(
        "{name} {value} cannot be used: choose one of {allowed}.",
        name="Attribute",
        value=quoted(attribute),
        allowed={language: ", ".join(name[language] for name in names) for language in LANGUAGES},
    )


def _property(attribute: Json) -> Property:
    values = attribute["values"]
    if len(values) > MOST_VALUES:
        raise ConfigError(
            "{name} has {count} values, which is too many to count by hand: choose an attribute with up to {most}.",
            name=attribute["name"],
            count=len(values),
            most=MOST_VALUES,
        )
    counts = torch.tensor(attribute["items"], dtype=torch.float64).sum(dim=0)
    return Property(attribute["name"], values, (counts / counts.sum()).tolist())


def make(settings: Json, services: Services, rng_seed: int) -> Count:
    """Make the activity of `{"attribute", "pictures"}`: the name of an attribute, pictures of a phone.

    The seeds of the pictures are those of the census from 0, so that every class counts the same ones.

    Raises:
        ConfigError: naming a bad setting.
        CheckpointError: if the model or its judge is not here.
    """
    each = settings.get("pictures", EACH)
    check_range("Pictures", each, 1, MOST_EACH, whole=True)
    census = Census(services, settings.get("attribute", "Hair"))
    activity = Count(census.wanted, census.draw(FIRST), each)

    def go_on() -> None:
        for _ in range(FIRST, TOTAL, BATCH):
            if activity.closed.is_set():
                return
            services.update(partial(activity.add_pictures, census.draw(BATCH)))
        services.update(partial(activity.set_judged, census.judge()))

    threading.Thread(target=go_on, name="class-census", daemon=True).start()
    return activity
