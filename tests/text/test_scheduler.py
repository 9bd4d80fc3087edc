"""Continuous batching: each gets their own text, may leave at any time, and nothing stays behind."""

import pytest

from genai.text.decoding.batch import Batch
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate, start_draft
from genai.text.scheduler import Job, Scheduler


def job(model, number, **settings):
    return Job(number, model, start_draft(model, TextRequest(**settings)))


def finish(scheduler):
    """All jobs as they end."""
    ended = []
    while scheduler.jobs:
        ended += scheduler.advance()
    return ended


def test_thirty_jobs_that_join_one_by_one_get_their_own_texts(model):
    scheduler = Scheduler()
    settings = [{"prompt": "abcdefghij"[n % 10] * (n + 1), "length": 50 + n, "seed": n} for n in range(30)]
    jobs = [job(model, n, **values) for n, values in enumerate(settings)]
    ended = []
    for one in jobs:
        scheduler.add([one])
        ended += scheduler.advance()
    ended += finish(scheduler)
    assert sorted(one.number for one in ended) == list(range(30))
    assert [one.draft.text for one in jobs] == [
        generate(model, [TextRequest(**values)])[0].text for values in settings
    ]


def test_who_leaves_frees_the_place_and_others_go_on(model):
    scheduler = Scheduler()
    leaving, staying = job(model, 0, length=5000, seed=1), job(model, 1, prompt="abc", length=60, seed=2)
    scheduler.add([leaving, staying])
    scheduler.advance()
    scheduler.cancel(0)
    scheduler.cancel(99)  # ended long ago
    assert list(scheduler.jobs) == [1]
    assert finish(scheduler) == [staying]
    assert staying.draft.text == generate(model, [staying.draft.request])[0].text
    assert len(leaving.draft.text) == 16


def test_what_fails_fails_for_all_of_the_model_and_is_forgotten(model, monkeypatch):
    scheduler = Scheduler()
    broken = [job(model, n, length=5) for n in range(2)]
    scheduler.add(broken)
    with monkeypatch.context() as patch:
        patch.setattr(model.loop, "write", lambda *_: (_ for _ in ()).throw(RuntimeError("out of memory")))
        assert scheduler.advance() == broken
    assert [str(one.error) for one in broken] == ["out of memory"] * 2
    whole = job(model, 2, length=5)
    scheduler.add([whole])
    assert finish(scheduler) == [whole]
    assert whole.error is None
    assert len(whole.draft.text) == 5


@pytest.mark.parametrize("end", ["finish", "cancel"])
def test_a_model_without_jobs_computes_nothing_while_another_writes(model, network, monkeypatch, end):
    other = TextModel("other", network, model.vocabulary)
    rows = []
    write = model.loop.write

    def count_rows(distribution, uniforms, state):
        rows.append(len(state))
        return write(distribution, uniforms, state)

    monkeypatch.setattr(model.loop, "write", count_rows)
    scheduler = Scheduler()
    scheduler.add([job(model, 0, length=16 if end == "finish" else 5000), job(other, 1, length=60)])
    scheduler.advance()
    if end == "cancel":
        scheduler.cancel(0)
    finish(scheduler)
    assert rows == [1]


def test_a_job_that_cannot_join_fails_alone(model, monkeypatch):
    scheduler = Scheduler()
    whole, refused = job(model, 0, length=40), job(model, 1, length=40)
    scheduler.add([whole])
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "join", lambda *_: (_ for _ in ()).throw(RuntimeError("out of memory")))
        scheduler.add([refused])
    assert scheduler.advance() == [refused]
    assert str(refused.error) == "out of memory"
    assert finish(scheduler) == [whole]
    assert len(whole.draft.text) == 40


def test_a_job_that_cannot_join_an_empty_batch_reports_why(model, monkeypatch):
    scheduler = Scheduler()
    refused = job(model, 0, length=40)
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "join", lambda *_: (_ for _ in ()).throw(RuntimeError("out of memory")))
        scheduler.add([refused])
    assert finish(scheduler) == [refused]
    assert str(refused.error) == "out of memory"
