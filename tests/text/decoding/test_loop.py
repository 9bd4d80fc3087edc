"""The character loop, plain and as a graph; the graph is recorded by one that needs no GPU."""

import copy
import threading

import pytest
import torch

from genai.seeds import make_rng
from genai.text.decoding.batch import Batch
from genai.text.decoding.cpu_step import MAX_ROWS, CpuStep, row_multiple
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import Loop, WritingLoop
from genai.text.decoding.odds import SamplingDistribution
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.request import TextRequest
from genai.text.sampling import start_draft
from tests.recorder import record


@pytest.fixture(params=[CpuStep, GpuStep])
def recording(model, request):
    return Loop(request.param(model.network), record)


def write(loop, model, requests, count=8):
    batch = Batch(loop, model.vocabulary)
    batch.join([start_draft(model, request) for request in requests])
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


@pytest.mark.parametrize("count", [1, 3, MAX_ROWS, MAX_ROWS + 1, 2 * MAX_ROWS + 5])
def test_alone_and_in_company_by_the_same_kernels(model, recording, count):
    (alone,) = write(recording, model, [TextRequest("abc", length=30, seed=5)])
    company = [TextRequest("b", length=10 + seed % 20, seed=seed) for seed in range(count - 1)]
    assert write(recording, model, [*company, TextRequest("abc", length=30, seed=5)])[-1] == alone


@pytest.fixture(scope="module")
def saved():
    """A network as from a file, its weights to half precision: wide enough for kernels to differ by their rows."""
    network = CharLSTM(CharLSTMConfig(40, 16, 256))
    initialise(network, make_rng(0))
    return network.half().float()


def beginnings(network, count):
    rng = make_rng(count)
    shape = (network.config.layers, count, network.config.hidden_size)
    requests = [TextRequest(temperature=0.5 + seed % 4, top_k=seed % 2 * 5, seed=seed) for seed in range(count)]
    thrown = torch.rand(count, 8, generator=rng, dtype=torch.float64)
    return (
        SamplingDistribution.of(requests),
        thrown,
        *(torch.randn(s, generator=rng) for s in ((count, 40), shape, shape)),
    )


@pytest.mark.parametrize("count", [*range(2, 21), MAX_ROWS - 1, MAX_ROWS + 3])
def test_each_row_comes_out_to_the_bit_as_alone(saved, count):
    loop, (dice, thrown, logits, *state) = Loop(CpuStep(saved)), beginnings(saved, count)
    together = loop.write(dice, thrown, logits, *state)
    for row in (torch.tensor([n]) for n in range(count)):
        alone = loop.write(dice.rows(row), thrown[row], logits[row], *(part[:, row] for part in state))
        for dim, (one, all_of_them) in enumerate(zip(alone, together, strict=True)):
            assert torch.equal(one, all_of_them.index_select(dim // 2, row))


@pytest.mark.parametrize(("count", "parts"), [(3, [3]), (4, [2, 2]), (21, [10, 11]), (MAX_ROWS + 1, [32, 33]),
                                              (2 * MAX_ROWS + 3, [3, MAX_ROWS, MAX_ROWS])])  # fmt: skip
def test_while_the_other_half_of_the_cores_is_free_half_of_the_texts_are_written_there(
    saved, count, parts, monkeypatch
):
    loop, given, written = Loop(CpuStep(saved)), beginnings(saved, count), []
    loop._block, write = 1, loop._write  # whatever this machine's is
    expected = loop.write(*given)

    def seen(*inputs):
        written.append((len(inputs[2]), threading.get_ident()))
        return write(*inputs)

    monkeypatch.setattr(loop, "_write", seen)
    monkeypatch.setattr("genai.text.decoding.loop.spare", lambda: True)
    for one, other in zip(loop.write(*given), expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    assert sorted(rows for rows, _ in written) == parts
    assert len({thread for _, thread in written}) == min(len(parts), 2)


@pytest.mark.parametrize("count", [4, 11, 20, MAX_ROWS + 3])
def test_what_is_written_on_both_halves_is_the_same_to_the_bit(saved, count, monkeypatch):
    loop, given = Loop(CpuStep(saved)), beginnings(saved, count)
    monkeypatch.setattr("genai.text.decoding.loop.spare", lambda: False)
    alone = loop.write(*given)
    monkeypatch.setattr("genai.text.decoding.loop.spare", lambda: True)
    assert all(torch.equal(one, other) for one, other in zip(loop.write(*given), alone, strict=True))


def test_what_fails_in_the_other_half_fails_for_all(saved, monkeypatch):
    loop, given = Loop(CpuStep(saved)), beginnings(saved, 8)
    write, here = loop._write, threading.get_ident()

    def failing(*inputs):
        if threading.get_ident() != here:
            raise MemoryError
        return write(*inputs)

    loop._block = 1
    monkeypatch.setattr(loop, "_write", failing)
    monkeypatch.setattr("genai.text.decoding.loop.spare", lambda: True)
    with pytest.raises(MemoryError):
        loop.write(*given)
    monkeypatch.setattr(loop, "_write", write)
    assert len(loop.write(*given).characters) == 8


@pytest.mark.parametrize("halved", [True, False])
def test_the_compiled_loop_computes_what_the_one_in_python_does(saved, halved):
    network = copy.deepcopy(saved).requires_grad_(False)
    for weights in () if halved else network.parameters():
        weights.mul_(1.0001)
    stepper, given = CpuStep(network), beginnings(network, 2 * row_multiple(CpuStep(network)))
    with torch.inference_mode():
        in_python = WritingLoop(stepper)(*given)
    loop = Loop(stepper)
    for _ in range(4):  # the first ones might be computed in another way than those after
        for one, other in zip(loop.write(*given), in_python, strict=True):
            assert torch.equal(one, other)


def test_logits_and_state_after(model, recording):
    draft = start_draft(model, TextRequest("abc", seed=1))
    batch = Batch(recording, model.vocabulary)
    batch.join([draft])
    batch.advance(8)
    tokens = model.vocabulary.encode("\nabc" + draft.text)
    with torch.inference_mode():
        logits, state = model.network(tokens[None])
    torch.testing.assert_close(batch._columns[0], logits[:, -1], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(batch._state, state, rtol=1e-4, atol=1e-5)
