"""Texts side by side: each as if it were alone, whoever joins or leaves meanwhile."""

from genai.text.decoding.batch import CHUNK, FEW_TEXTS, LONG_CHUNK, SNAPSHOT_AT, Batch
from genai.text.request import TextRequest
from genai.text.sampling import generate, start_draft

REQUESTS = [
    TextRequest("abc", length=60, seed=1),
    TextRequest("", length=45, seed=2, temperature=1.5),
    TextRequest("jij,\nab", length=80, seed=3, top_k=3),
    TextRequest("a", length=20, seed=4, temperature=0),
    TextRequest("a", length=70, seed=5, top_p=0.7),
    TextRequest("a", length=70, seed=6, typical_p=0.5),
]


def alone(model, request):
    return generate(model, [request])[0].text


def test_each_text_is_as_alone_though_others_join_and_leave(model):
    batch = Batch(model.loop, model.vocabulary)
    drafts = [start_draft(model, request) for request in REQUESTS]
    batch.join(drafts[:2])
    batch.advance(7)
    batch.join(drafts[2:4])
    batch.advance(5)
    batch.leave({drafts[0]})
    batch.join(drafts[4:])
    while batch.drafts:
        batch.advance(9)
    assert [d.text for d in drafts[1:]] == [alone(model, r) for r in REQUESTS[1:]]
    assert drafts[0].text == alone(model, REQUESTS[0])[:12]


def test_one_that_left_goes_on_where_it_was(model):
    batch = Batch(model.loop, model.vocabulary)
    draft, other = start_draft(model, REQUESTS[0]), start_draft(model, REQUESTS[1])
    batch.join([draft, other])
    batch.advance(10)
    assert len(draft.text) == len(other.text) == 10
    batch.leave({draft, other})
    assert batch.drafts == []


def test_the_last_dice_of_the_longest_text_are_its_own(model):
    """Chunks reach beyond the end; the end itself must not be touched by that."""
    longest = TextRequest(length=5000, seed=9, temperature=2.0)
    batch, draft = Batch(model.loop, model.vocabulary), start_draft(model, longest)
    batch.join([draft])
    while batch.drafts:
        batch.advance(999)
    assert draft.text == alone(model, longest)
    assert len(draft.text) == 5000


def test_what_comes_after_the_stop_text_is_dropped(model):
    request = TextRequest(length=200, temperature=1.5, seed=1, stop="ab")
    draft = start_draft(model, request)
    draft.append("aab" + "c" * 10)
    assert (draft.text, draft.ended) == ("aab", True)


def test_sixty_four_of_all_kinds_at_once_are_what_each_is_alone(model):
    kinds = [{}, {"temperature": 1.2}, {"top_k": 5}, {"top_p": 0.8}, {"typical_p": 0.6}]
    requests = [TextRequest("abc"[: n % 4], length=20 + n, seed=n, **kinds[n % 5]) for n in range(64)]
    texts = [result.text for result in generate(model, requests)]
    assert texts == [alone(model, request) for request in requests]
    assert [len(text) for text in texts] == [20 + n for n in range(64)]


def test_a_chunk_is_long_only_where_few_are_written_and_all_have_their_snapshots(model):
    batch = Batch(model.loop, model.vocabulary)
    batch.join([start_draft(model, TextRequest("a", length=200, seed=1))])
    assert batch.chunk == SNAPSHOT_AT
    batch.advance(batch.chunk)
    assert batch.drafts[0].snapshot is not None
    assert batch.chunk == LONG_CHUNK
    batch.join([start_draft(model, TextRequest("b", length=200, seed=2))])
    assert batch.chunk == CHUNK
    batch.join([start_draft(model, TextRequest("c", length=200, seed=n)) for n in range(FEW_TEXTS)])
    batch.advance(batch.chunk)
    assert batch.chunk == CHUNK
