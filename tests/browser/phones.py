"""Phones of a class that join a room and vote over HTTP, without browsers."""

from concurrent.futures import ThreadPoolExecutor

import httpx

AT_ONCE = 6


class Phone:
    """A phone in a room: a visitor of its own.

    Args:
        server: Address of the page.
        view: The number of the room's view.
        code: Of the room.
        number: Of the phone, from 0.
    """

    def __init__(self, server, view, code, number):
        self._client = httpx.Client(base_url=server, timeout=30, trust_env=False)
        self._view = view
        self._key = {"code": code, "seat": f"phone-of-the-lesson-test-{number}"}

    def join(self):
        self._client.get("/").raise_for_status()  # which gives it its cookie
        self._ask("room_join")

    @property
    def turn(self):
        return self._ask("room_look")["turn"]

    def vote(self, turn, value):
        assert self._ask("room_answer", turn=turn, value=value)["phone"]["choice"] == value

    def close(self):
        self._client.close()

    def _ask(self, name, **question):
        body = {"data": {**self._key, **question}, "fn_name": name, "component_id": self._view, "session_hash": "x"}
        answer = self._client.post("/gradio_api/component_server", json=body).raise_for_status().json()
        assert "sentence" not in answer, answer
        return answer


class Phones:
    """All phones of a class.

    Args:
        server: Address of the page.
        code: Of the room.
        count: How many.
    """

    def __init__(self, server, code, count):
        config = httpx.get(f"{server}/config", trust_env=False).raise_for_status().json()
        view = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "lab-room")
        self._phones = [Phone(server, view, code, number) for number in range(count)]
        self._each(Phone.join, self._phones)

    @property
    def turn(self):
        """The turn of the room, as a phone sees it."""
        return self._phones[0].turn

    def vote(self, turn, answers):
        """Let each phone vote for one of so many answers; the n-th for answer n, counted on from 0 again."""
        self._each(lambda n: self._phones[n].vote(turn, n % answers), range(len(self._phones)))

    def close(self):
        for phone in self._phones:
            phone.close()

    @staticmethod
    def _each(work, values):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(work, values))  # raises what a phone raised
