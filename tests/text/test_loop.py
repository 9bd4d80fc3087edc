"""The character loop, plain and as a graph; the graph is recorded by one that needs no GPU."""

import pytest
import torch

from genai.text.batch import Batch
from genai.text.loop import ROWS, Loop
from genai.text.request import TextRequest
from genai.text.sampling import begin
from genai.text.stepper import Stepper
from tests.recorder import record


@pytest.fixture
def recording(model):
    return Loop(Stepper(model.network), record)


def write(loop, model, requests, count=8):
    batch = Batch(loop, model.vocabulary)
    batch.join([begin(model, request) for request in requests])
    drafts = list(batch.drafts)
    while batch.drafts:
        batch.advance(count)
    return [draft.text for draft in drafts]


REQUESTS = [
    TextRequest("ab", length=20 + seed % 7, seed=seed, top_k=seed % 3, top_p=1 - seed % 2 / 5) for seed in range(9)
]


def test_a_graph_writes_what_the_plain_loop_writes(model, recording):
    assert write(recording, model, REQUESTS) == write(model.loop, model, REQUESTS)


def test_a_graph_is_recorded_once_for_each_kind_of_dice(model, recording):
    write(recording, model, REQUESTS)
    write(recording, model, [TextRequest(length=9), TextRequest(length=30)])
    write(recording, model, [TextRequest(length=9, top_k=2)])
    assert sorted(recording._graphs) == [(8, False), (8, True)]


@pytest.mark.parametrize("count", [1, 3, ROWS, ROWS + 1, 2 * ROWS + 5])
def test_alone_and_in_company_by_the_same_kernels(model, recording, count):
    (alone,) = write(recording, model, [TextRequest("abc", length=30, seed=5)])
    company = [TextRequest("b", length=10 + seed % 20, seed=seed) for seed in range(count - 1)]
    assert write(recording, model, [*company, TextRequest("abc", length=30, seed=5)])[-1] == alone


def test_logits_and_state_after(model, recording):
    draft = begin(model, TextRequest("abc", seed=1))
    batch = Batch(recording, model.vocabulary)
    batch.join([draft])
    batch.advance(8)
    tokens = model.vocabulary.encode("\nabc" + draft.text)
    with torch.inference_mode():
        logits, state = model.network(tokens[None])
    torch.testing.assert_close(batch._columns[0], logits[:, -1], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(batch._state, state, rtol=1e-4, atol=1e-5)
