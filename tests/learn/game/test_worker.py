"""The games' process: what the page asks and is told, in a thread; and one real process that is killed."""

import time

import pytest

from genai.errors import ConfigError
from genai.learn.game.config import GameConfig
from genai.learn.game.questions import make_questions, pictures
from genai.learn.game.worker import GameProcess
from genai.learn.game.worker.client import ProcessPipes
from genai.serving.live.hub import Hub
from genai.ui.words.errors import sentence
from tests.learn.game.threads import ThreadPipes

SMALL = str(GameConfig(width=8, batch_size=32))


class Published(list):
    """What was published, as (topic, state)."""

    def __call__(self, topic, state):
        self.append((topic, state))


@pytest.fixture
def published():
    return Published()


@pytest.fixture
def games(published):
    games = GameProcess(published, sentence, start=ThreadPipes)
    yield games
    games.end()


def soon(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_who_watches_a_visitors_oldest_game_is_told_that_it_has_ended(games, published):
    opened = [games.ask("open", {"game": SMALL, "visitor": "me"}) for _ in range(5)]
    assert all("ended" not in answer for answer in opened)
    [(topic, state)] = [(topic, state) for topic, state in published if "sentence" in state]
    assert topic == opened[0]["topic"]
    assert "one visitor can have 4" in state["sentence"]["en"]
    with pytest.raises(ConfigError):
        games.open(topic)


def test_a_game_is_opened_watched_and_played(games, published):
    opened = games.ask("open", {"game": SMALL})
    assert opened["topic"] == f"game/{opened['id']}"
    snapshot = games.open(opened["topic"])
    assert snapshot["curves"]["step"] == [0]
    games.ask("act", {"id": opened["id"], "do": "play", "speed": 100})
    assert soon(lambda: published and published[-1][1]["step"] > 5)
    games.close(opened["topic"])
    paused = games.ask("act", {"id": opened["id"], "do": "pause"})["state"]
    count = len(published)
    time.sleep(0.15)
    assert len(published) <= count + 1
    snapshot = games.open(opened["topic"])
    assert snapshot["step"] == paused["step"]
    assert snapshot["curves"]["step"][-1] == paused["step"]
    assert len(snapshot["curves"]["js"]) == len(snapshot["curves"]["step"])


def test_what_cannot_be_answered(games):
    with pytest.raises(ConfigError, match="Data 'square'"):
        games.ask("open", {"game": "square"})
    with pytest.raises(ConfigError, match="not on the server any more"):
        games.open("game/nobody")
    with pytest.raises(RuntimeError, match="KeyError"):
        games.ask("nothing", {})
    games.close("game/nobody")


def test_a_process_that_ends_is_replaced_and_viewers_are_told(games, published):
    opened = games.ask("open", {"game": SMALL})
    games.open(opened["topic"])
    games.end()
    assert soon(lambda: published)
    topic, state = published[-1]
    assert topic == opened["topic"]
    assert "ended unexpectedly" in state["sentence"]["en"]
    assert state["sentence"]["zh-CN"] != state["sentence"]["en"]
    with pytest.raises(ConfigError):
        games.open(opened["topic"])
    with pytest.raises(ConfigError):
        games.ask("act", {"id": opened["id"], "do": "both"})
    assert games.ask("open", {"game": SMALL})["state"]["step"] == 0


def test_a_real_process_lives_until_it_is_killed_and_after_that_another(published):
    started = []

    def start():
        started.append(ProcessPipes())
        return started[-1]

    games = GameProcess(published, sentence, start)
    opened = games.ask("open", {"game": SMALL})
    games.open(opened["topic"])
    state = games.ask("act", {"id": opened["id"], "do": "both"})["state"]
    started[0].process.kill()
    assert soon(lambda: published)
    opened = games.ask("open", {"game": SMALL})
    assert len(started) == 2
    again = games.ask("act", {"id": opened["id"], "do": "both"})["state"]
    assert again["networks"] == state["networks"]
    started[1].process.terminate()  # as the end of the server does
    assert started[1].process.wait(10) != 0
    games.end()


def test_the_process_ends_when_its_page_has_gone():
    pipes = ProcessPipes()
    pipes.requests.close()
    assert pipes.process.wait(60) == 0
    pipes.close()
    pipes.reports.close()


def test_the_questions_of_the_page(monkeypatch):
    monkeypatch.setattr("genai.learn.game.worker.client.GameProcess.__init__.__defaults__", (ThreadPipes,))
    questions = {question.__name__: question for question in make_questions(Hub())}
    assert set(questions) == {"open", "act", "change", "slow", "dirac"}
    opened = questions["open"]({"game": SMALL})
    assert questions["change"]({"id": opened["id"], "game": "moons"})["state"]["game"].startswith("moons")
    assert len(questions["slow"]({"id": opened["id"]})["frames"]) == 7
    assert "判别器" in questions["open"]({"game": "ring,hinge,2,8,32,0.01,7"})["sentence"]["zh-CN"]
    assert set(questions["dirac"]({"loss": "hinge"})) == {"path", "field"}


def test_pictures_of_the_data():
    assert set(pictures()) == {"ring", "moons", "spiral", "blobs", "person"}
