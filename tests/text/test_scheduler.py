"""Continuous batching: each gets their own text, may leave at any time, and nothing stays behind."""

from genai.text.request import TextRequest
from genai.text.sampling import generate, start_draft
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
