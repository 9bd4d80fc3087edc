"""The system clock is set forward or back meanwhile: rate limits, trainings and downloads go on as before."""

import json
import time

import pytest

from genai.datasets.cache import cached
from genai.errors import DataError
from genai.serving.guard.limits import Limits
from genai.text import training
from genai.text.recipes import lstm
from tests.serving.guard.inner import guarded, post, visit

DAYS = 2 * 24 * 3600
now = time.time


@pytest.fixture(params=[-DAYS, DAYS], ids=["back", "forward"])
def jump(request, monkeypatch):
    return lambda: monkeypatch.setattr(time, "time", lambda: now() + request.param)


def test_the_rate_limit_of_a_visitor_does_not_change(jump):
    guard = guarded(Limits(visitor_requests_per_minute=3), time.monotonic)  # on the real clock
    first, second = (visit(guard, ("GET", "/", {}))[0].cookies for _ in range(2))
    ask = post("/gradio_api/call/x", data=[])
    assert [answer.status_code for answer in visit(guard, ask, ask, ask, ask, cookies=first)] == [
        200,
        200,
        200,
        429,
    ]
    jump()
    assert visit(guard, ask, cookies=first)[0].status_code == 429
    assert visit(guard, ask, cookies=second)[0].status_code == 200


def test_the_minutes_of_a_training_are_measured_by_another_clock(jump, tmp_path, monkeypatch):
    book = tmp_path / "rhyme.txt"
    book.write_text("the cat sat on the mat, and the dog ate the hat.\n" * 400, encoding="utf-8")
    config = lstm.TrainingConfig(
        data=str(book),
        folder=tmp_path,
        steps=4,
        hidden_size=16,
        batch_size=4,
        window=16,
        device="cpu",
        precision="no",
    )
    step = lstm.train_step
    monkeypatch.setattr(lstm, "train_step", lambda *args: (jump(), step(*args))[1])
    training.train(config)
    lines = next(tmp_path.rglob("metrics.jsonl")).read_text().splitlines()
    assert all(0 <= json.loads(line)["minutes"] < 5 for line in lines)


def test_a_download_whose_folder_was_cleared_away_fails_with_a_sentence_and_can_be_repeated(tmp_path, monkeypatch):
    """A clock set forward by days during a download makes its folder look like a leftover."""
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))
    monkeypatch.delenv("GENAI_DATA", raising=False)

    def interrupted(path):
        monkeypatch.setattr(time, "time", lambda: now() + DAYS)
        cached("set/other", lambda other: other.write_text("of another process"))
        path.write_text("late")

    with pytest.raises(DataError, match="cannot be written"):
        cached("set/this", interrupted)
    assert (tmp_path / "set/other").read_text() == "of another process"
    assert cached("set/this", lambda path: path.write_text("again")).read_text() == "again"
