"""The step of a GPT, with its cache, against reading at once."""

import copy

import pytest
import torch

from genai.seeds import make_rng
from genai.text import TextRequest, generate
from genai.text.decoding.batch import Batch
from genai.text.decoding.gpt_step import GptStep
from genai.text.decoding.loop import CpuLoop, GpuLoop, LoopState
from genai.text.decoding.odds import SamplingDistribution
from genai.text.decoding.reader import PromptReader
from genai.text.decoding.step import MAX_ROWS
from genai.text.gpt.model import Attention, CharGPT, GPTConfig, KeysValues, initialise, rotation
from genai.text.sampling import start_draft
from tests.recorder import record
from tests.text.decoding.test_loop import REQUESTS, write


@pytest.fixture
def exact_model(gpt_model):
    """The tiny model with keys and values in float32."""
    step = GptStep(gpt_model.network, torch.float32)
    object.__setattr__(gpt_model, "loop", CpuLoop(step))
    object.__setattr__(gpt_model, "reader", PromptReader(step))
    return gpt_model


@pytest.mark.parametrize("halved", [False, True])
def test_reading_by_steps_equals_reading_at_once(gpt_network, halved):
    network = copy.deepcopy(gpt_network).half().float() if halved else gpt_network
    tokens = torch.randint(14, (3, 20), generator=make_rng(1))
    expected, end = network(tokens)
    step = GptStep(network, torch.float32)
    buffers = step.buffers(network.initial_state(3))
    for place in range(20):
        step.read(tokens[:, place], buffers)
        torch.testing.assert_close(step.logits(buffers), expected[:, place], rtol=0, atol=1e-5)
    torch.testing.assert_close(tuple(step.state(buffers)), tuple(end), rtol=0, atol=1e-5)


def test_on_a_cpu_the_step_is_the_network_with_keys_and_values_in_float16(gpt_network, monkeypatch):
    project = Attention.project

    def project_rounded(self, x, by):
        queries, new = project(self, x, by)
        return queries, KeysValues(*(part.half().float() for part in new))

    tokens = torch.randint(14, (9, 20), generator=make_rng(1))
    exact, _ = gpt_network(tokens)
    monkeypatch.setattr(Attention, "project", project_rounded)
    rounded, _ = gpt_network(tokens)
    step = GptStep(gpt_network)
    buffers = step.buffers(gpt_network.initial_state(9))
    columns = []
    for column in tokens.T:
        step.read(column, buffers)
        columns.append(step.logits(buffers))
    stepped = torch.stack(columns, dim=1)
    assert step.state(buffers).keys.dtype == step.state(buffers).values.dtype == torch.float16
    assert (stepped - exact).abs().max() < 5e-3  # FLOAT16_ROUNDING of Check
    # A last bit in float32 turns the rounding of a few features; all others are the same.
    assert (stepped - rounded).abs().mean() < 0.1 * (stepped - exact).abs().mean()


def test_buffers_are_copies(gpt_network):
    step = GptStep(gpt_network)
    state = gpt_network.initial_state(2)
    step.read(torch.tensor([1, 2]), step.buffers(state))
    assert not any(part.any() for part in state)


def test_the_rotations_of_a_step_are_those_of_the_network(gpt_network):
    step = GptStep(gpt_network)
    length = torch.tensor([0, 1, 7, 100_001])
    expected = rotation(length[:, None], gpt_network.head_size)[:, None]
    assert torch.equal(step._rotations(length), expected * step._lengths)


def test_what_was_written_before_is_left_as_it_is_when_a_text_goes_on(gpt_model):
    """The state that a step returns is its own memory: whoever goes on from it works on a copy."""
    first, start = gpt_model.network(torch.tensor([[1, 2, 3, 4, 5, 6, 7, 8]]))
    state = LoopState(first[:, -1], start)
    uniforms = torch.rand(1, 30, dtype=torch.float64, generator=make_rng(2))
    distribution = SamplingDistribution.of([TextRequest("abc")])
    whole, _ = gpt_model.loop.write(distribution, uniforms, state)
    begun, middle = gpt_model.loop.write(distribution, uniforms[:, :11], state)
    kept = [part.clone() for part in middle.state]
    rest = [gpt_model.loop.write(distribution, uniforms[:, 11:], middle)[0] for _ in range(2)]
    assert all(torch.equal(part, copied) for part, copied in zip(middle.state, kept, strict=True))
    assert torch.equal(rest[0], rest[1])
    assert torch.equal(torch.cat([begun, rest[0]], dim=1), whole)


def test_a_vector_of_zeros_stays_one(gpt_network):
    network = copy.deepcopy(gpt_network)
    torch.nn.init.zeros_(network.embedding.weight)
    step = GptStep(network)
    buffers = step.buffers(network.initial_state(1))
    step.read(torch.tensor([3]), buffers)
    torch.testing.assert_close(step.logits(buffers), network.head.bias[None])


@pytest.fixture(scope="module")
def wide():
    """A network as from a file, its weights to half precision: wide enough for kernels to differ by their rows."""
    network = CharGPT(GPTConfig(40, 2, 4, 1, 128, 160, 16))
    initialise(network, make_rng(0))
    for number, parameter in enumerate(network.parameters()):
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1, generator=make_rng(number))
    return network.half().float()


def test_at_the_row_counts_found_a_row_has_the_bits_of_a_full_batch(wide):
    step = GptStep(wide)
    assert step.row_counts[-1] == MAX_ROWS
    tokens, state = step._random_rows()

    def logits(rows):
        buffers = step.buffers(tuple(part[:, :rows] for part in state))
        step.read(tokens[:rows], buffers)
        return step.logits(buffers)

    full = logits(MAX_ROWS)
    for rows in step.row_counts:
        assert torch.equal(logits(rows), full[:rows])


@pytest.mark.parametrize("count", [2, 3, 7, 33, MAX_ROWS + 3])
def test_a_text_comes_out_alone_as_in_company(gpt_model, count):
    request = TextRequest("abc", length=30, seed=5)
    (alone,) = generate(gpt_model, [request])
    company = [TextRequest("b", length=10 + seed % 20, seed=seed) for seed in range(count - 1)]
    assert generate(gpt_model, [*company, request])[-1] == alone


def test_a_text_that_is_longer_than_the_context_goes_on_from_a_prompt_that_is(gpt_model):
    prompt = "ab c\nb" * 9
    (result,) = generate(gpt_model, [TextRequest(prompt, length=40, seed=1)])
    (rest,) = generate(gpt_model, [TextRequest(prompt, length=40, seed=1)])
    assert result.text == rest.text
    assert len(result.text) == 40


def test_a_graph_writes_what_the_plain_loop_writes(gpt_model):
    recording = GpuLoop(GptStep(gpt_model.network), record)
    assert isinstance(gpt_model.loop, CpuLoop)
    assert write(recording, gpt_model, REQUESTS) == write(gpt_model.loop, gpt_model, REQUESTS)


def test_long_and_short_prompts_leave_the_same_state(exact_model):
    """Short prompts are read by steps, long ones by the network."""
    tokens = exact_model.vocabulary.encode("\n" + "abc" * 8)
    draft = start_draft(exact_model, TextRequest("abc" * 8))
    logits, state = exact_model.network(tokens[None])
    torch.testing.assert_close(draft.logits, logits[0, -1], rtol=0, atol=1e-5)
    torch.testing.assert_close(tuple(draft.state), tuple(state), rtol=0, atol=1e-5)


def test_a_draft_keeps_of_its_snapshot_what_the_layers_put_out(exact_model):
    draft = start_draft(exact_model, TextRequest("abc", length=20))
    batch = Batch(exact_model.loop, exact_model.vocabulary)
    batch.join([draft])
    while batch.drafts:
        batch.advance(batch.chunk)
    (outputs,) = draft.snapshot.state
    tokens = exact_model.vocabulary.encode("\nabc" + draft.text[:16])
    torch.testing.assert_close(outputs, exact_model.network(tokens[None])[1].outputs, rtol=0, atol=1e-5)
