"""The character loop, plain and as a graph; the graph is recorded by one that needs no GPU."""

import pytest
import torch

from genai.seeds import make_rng
from genai.text.decoding.batch import Batch
from genai.text.decoding.cpu_step import CpuStep
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import CpuLoop, GpuLoop, LoopState
from genai.text.decoding.odds import SamplingDistribution
from genai.text.decoding.step import MAX_ROWS
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.request import TextRequest
from genai.text.sampling import start_draft
from tests.recorder import record


@pytest.fixture
def recording(model):
    return GpuLoop(GpuStep(model.network), record)


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
TYPICAL = [TextRequest("ab", length=20, seed=seed, typical_p=0.4 + seed / 10) for seed in range(7)]


def test_a_graph_writes_what_the_plain_loop_writes(model, recording):
    assert write(recording, model, REQUESTS) == write(model.loop, model, REQUESTS)
    assert write(recording, model, TYPICAL) == write(model.loop, model, TYPICAL)


def test_a_graph_is_recorded_once_for_each_kind_of_dice(model, recording):
    write(recording, model, REQUESTS)
    write(recording, model, [TextRequest(length=9), TextRequest(length=30)])
    write(recording, model, [TextRequest(length=9, top_k=2)])
    write(recording, model, [TextRequest(length=9, typical_p=0.5)])
    assert sorted(recording._graphs) == [(8, False, False), (8, False, True), (8, True, False)]


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
    """Arguments of `write` for texts in the middle of being written."""
    rng = make_rng(count)
    shape = (network.config.layers, count, network.config.hidden_size)
    requests = [TextRequest(temperature=0.5 + seed % 4, top_k=seed % 2 * 5, seed=seed) for seed in range(count)]
    uniforms = torch.rand(count, 8, generator=rng, dtype=torch.float64)
    logits = torch.randn(count, 40, generator=rng)
    hidden, cell = (torch.randn(shape, generator=rng) for _ in range(2))
    return SamplingDistribution.of(requests), uniforms, LoopState(logits, (hidden, cell))


@pytest.mark.parametrize("count", [*range(2, 21), MAX_ROWS - 1, MAX_ROWS + 3])
def test_each_row_comes_out_to_the_bit_as_alone(saved, count):
    loop = CpuLoop(CpuStep(saved))
    distribution, uniforms, state = beginnings(saved, count)
    characters, after = loop.write(distribution, uniforms, state)
    for row in (torch.tensor([n]) for n in range(count)):
        alone, state_alone = loop.write(distribution.rows(row), uniforms[row], state.rows(row))
        assert torch.equal(alone, characters[row])
        together = after.rows(row)
        assert torch.equal(state_alone.logits, together.logits)
        for one, other in zip(state_alone.state, together.state, strict=True):
            assert torch.equal(one, other)


def test_writing_changes_none_of_its_arguments(saved):
    distribution, uniforms, state = beginnings(saved, 3)
    before = [part.clone() for part in (uniforms, state.logits, *state.state)]
    CpuLoop(CpuStep(saved)).write(distribution, uniforms, state)
    for part, copied in zip((uniforms, state.logits, *state.state), before, strict=True):
        assert torch.equal(part, copied)


def test_the_loops_of_a_cpu_and_of_a_gpu_write_the_same(saved):
    arguments = beginnings(saved, 9)
    here, after_here = CpuLoop(CpuStep(saved)).write(*arguments)
    there, after_there = GpuLoop(GpuStep(saved)).write(*arguments)
    assert torch.equal(here, there)
    torch.testing.assert_close(after_here.state[1], after_there.state[1], rtol=0, atol=5e-3)


def test_logits_and_state_after(model, recording):
    draft = start_draft(model, TextRequest("abc", seed=1))
    batch = Batch(recording, model.vocabulary)
    batch.join([draft])
    batch.advance(8)
    tokens = model.vocabulary.encode("\nabc" + draft.text)
    with torch.inference_mode():
        logits, state = model.network(tokens[None])
    after = batch._state
    torch.testing.assert_close(after.logits, logits[:, -1], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(after.state, state, rtol=1e-4, atol=1e-5)
