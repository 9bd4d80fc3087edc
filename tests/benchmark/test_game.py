"""The benchmark of the games, for a moment and in a thread."""

from genai.benchmark import game
from genai.learn.game.worker import GameProcess
from tests.learn.game.threads import ThreadPipes


def test_the_rounds_of_one_game_and_of_several(monkeypatch):
    monkeypatch.setattr(game, "SECONDS", 0.5)
    monkeypatch.setattr(game, "WARM_UP_SECONDS", 0.1)
    monkeypatch.setattr(game, "CROWDS", (2,))
    monkeypatch.setattr(game, "GameProcess", lambda *arguments: GameProcess(*arguments, start=ThreadPipes))
    figures = game.measure()
    assert set(figures) == {"game: one, rounds a second", "game: each of 2, rounds a second"}
    for figure in figures.values():
        assert 0 < figure.beside["slowest"] <= figure.value <= figure.beside["wanted"] * 1.5
        assert figure.beside["pictures a second"] > 0
