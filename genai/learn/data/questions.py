"""The questions that the page asks about own data: each takes and returns a JSON object."""

from collections.abc import Callable
from typing import Any

from genai.errors import ConfigError, GenaiError, quoted
from genai.learn.data import content
from genai.learn.data.collection import Collection
from genai.learn.data.content import Content, Sketch, Sound
from genai.learn.data.nearest import nearest
from genai.learn.data.rooms import Room, Rooms
from genai.learn.data.store import Collections
from genai.learn.data.strokes import read_drawing
from genai.serving.guard.visitors import current_visitor
from genai.serving.lan import join_code, page_address
from genai.serving.rooms.word import TeachersWord
from genai.ui.views.files import from_base64
from genai.ui.words.errors import answer_errors, sentence

Question = dict[str, Any]
Answer = dict[str, Any]

MAX_FILES = 40
"""Items of one question."""
MAX_FILE_BYTES = 1_400_000
MAX_FILE_NAME = 80
"""Characters of a file's name that are said back."""
MAX_SAMPLES = 64
"""Generated pictures that are compared with the own ones."""
MAX_SAMPLE_BYTES = 50_000
MODALITY_OF_KIND = {"text": "text", "file": "text", "strokes": "image", "picture": "image", "sound": "audio"}


class DataQuestions:
    """Questions about collections and rooms.

    Args:
        collections: Of the server.
        rooms: Of the server.
        word: Which whoever opens a room must know.
    """

    def __init__(self, collections: Collections, rooms: Rooms, word: TeachersWord) -> None:
        self._collections = collections
        self._rooms = rooms
        self._word = word

    def all(self) -> list[Callable[..., object]]:
        """Return all questions, by whose names the page asks."""
        of_items = (self.add, self.remove, self.restore, self.clear, self.hear, self.nearest)
        asked = (self.collect, self.collection, self.keep, *of_items)
        of_rooms = (self.open_room, self.wall, self.join, self.send, self.remove_from_wall, self.restore_to_wall)
        return [answer_errors(question) for question in (*asked, *of_rooms)]

    def collect(self, question: Question) -> Answer:
        """Make an empty collection of a modality."""
        return self._collections.make(question.get("modality")).to_json()

    def collection(self, question: Question) -> Answer:
        """Return a collection with all its items, as after a reload."""
        found = self._collections.get(question.get("id"))
        return {**found.to_json(), "items": [item.to_json() for item in found.items]}

    def keep(self, question: Question) -> Answer:
        """Count data as used now, so that it is not deleted while its page is open."""
        self._collections.get(question.get("id"))
        return {}

    def add(self, question: Question) -> Answer:
        """Take items; what cannot be taken is named, and the others are taken.

        `items` is a list of `{"kind", "value", "name"}`: a text, a text file or a picture in base64, the strokes of
        a drawing, or 16-bit samples of a recording in base64.
        """
        found = self._collections.get(question.get("id"))
        items = question.get("items")
        if not isinstance(items, list) or not 0 < len(items) <= MAX_FILES:
            raise ConfigError("Between 1 and {most} items can be sent at a time.", most=MAX_FILES)
        taken: list[Answer] = []
        refused: list[Answer] = []
        for item in items:
            name = _file_name(item)
            try:
                taken += _take(found, item, question.get("class", ""))
            except GenaiError as error:
                refused.append({"name": name, "sentence": sentence(error)})
        return {**found.to_json(), "items": taken, "refused": refused}

    def remove(self, question: Question) -> Answer:
        """Remove an item."""
        found = self._collections.get(question.get("id"))
        found.remove(question.get("item"))
        return found.to_json()

    def restore(self, question: Question) -> Answer:
        """Put back the item that was removed last."""
        found = self._collections.get(question.get("id"))
        item = found.restore()
        return {**found.to_json(), "items": [item.to_json()]}

    def clear(self, question: Question) -> Answer:
        """Delete all items for good."""
        found = self._collections.get(question.get("id"))
        found.clear()
        return found.to_json()

    def hear(self, question: Question) -> Answer:
        """Return an item's sound as a WAV file."""
        item = self._collections.get(question.get("id")).find(question.get("item"))
        if not isinstance(item.content, Sound):
            raise ConfigError("Item {value} is no sound.", value=item.number)
        return {"sound": item.content.as_file()}

    def nearest(self, question: Question) -> Answer:
        """Return for each generated picture the own one that is most like it, and how much."""
        found = self._collections.get(question.get("id"))
        sent = question.get("pictures")
        if not isinstance(sent, list) or not 0 < len(sent) <= MAX_SAMPLES:
            raise ConfigError("Between 1 and {most} pictures can be compared at a time.", most=MAX_SAMPLES)
        samples = [content.read_sample(from_base64(picture, MAX_SAMPLE_BYTES)) for picture in sent]
        own = found.pictures()
        matches = nearest(samples, own)
        shown = {match.row: content.as_png(own[match.row]) for match in matches}
        return {"matches": [{"picture": shown[match.row], "likeness": match.likeness} for match in matches]}

    def open_room(self, question: Question) -> Answer:
        """Open a room for a class; the answer has its code, the teacher's token and the QR code.

        `word` is the teacher's word where one is asked for.
        """
        address = page_address(question.get("address"))
        self._word.check(question.get("word"), current_visitor())
        room = self._rooms.open(question.get("tasks", []))
        return {"code": room.code, "token": room.token, **self._taught(room, address)}

    def wall(self, question: Question) -> Answer:
        """Return a teacher's wall again, as after a reload."""
        address = page_address(question.get("address"))
        return self._taught(self._rooms.teach(question.get("code"), question.get("token")), address)

    def _taught(self, room: Room, address: str) -> Answer:
        link = f"{address}?tab=learn&part=train&join={room.code}"
        summary = {"id": room.collection.id, "link": link, "qr": join_code(link)}
        return {**summary, "topic": f"wall/{room.code}", "wall": self._rooms.wall(room)}

    def join(self, question: Question) -> Answer:
        """Give a phone its seat, and return what it has sent."""
        room = self._rooms.join(question.get("code"), question.get("seat"))
        return {"code": room.code, "tasks": room.tasks, "own": self._rooms.own(room, str(question.get("seat")))}

    def send(self, question: Question) -> Answer:
        """Take a drawing of a phone, and return what it has sent."""
        code, seat = question.get("code"), question.get("seat")
        self._rooms.send(code, seat, question.get("strokes"), question.get("class", ""))
        return self.join(question)

    def remove_from_wall(self, question: Question) -> Answer:
        """Remove a drawing of the class."""
        self._rooms.remove(question.get("code"), question.get("token"), question.get("item"))
        return {}

    def restore_to_wall(self, question: Question) -> Answer:
        """Put back the drawing that was removed last."""
        self._rooms.restore(question.get("code"), question.get("token"))
        return {}


def _take(found: Collection, item: object, label: object) -> list[Answer]:
    """Read an item and put it into a collection; of a recording, each sound in it.

    Raises:
        GenaiError: if it cannot be taken.
    """
    if not isinstance(item, dict) or item.get("kind") not in MODALITY_OF_KIND:
        raise ConfigError("An item must be a text, a file, a drawing, a picture or a sound.")
    if MODALITY_OF_KIND[item["kind"]] != found.modality:
        raise ConfigError("This does not belong to data of the kind {value}.", value=quoted(found.modality))
    contents = _read(item)
    return [found.add(one, label if isinstance(label, str) else "").to_json() for one in contents]


def _read(item: Question) -> list[Content]:
    """Read an item.

    Raises:
        GenaiError: if it is broken, blank or silent.
    """
    kind, value = item["kind"], item.get("value")
    if kind == "text":
        return [content.read_pasted(value)]
    if kind == "strokes":
        return [Sketch(read_drawing(value))]
    data = from_base64(value, MAX_FILE_BYTES)
    if kind == "file":
        return [content.read_text_file(data, _file_name(item) or "text")]
    return [content.read_picture(data)] if kind == "picture" else [*content.read_recording(data)]


def _file_name(item: object) -> str:
    """Return the name of the file that an item came from; "" where it has none."""
    name = item.get("name") if isinstance(item, dict) else None
    return name[:MAX_FILE_NAME].encode("utf-8", "ignore").decode() if isinstance(name, str) else ""
