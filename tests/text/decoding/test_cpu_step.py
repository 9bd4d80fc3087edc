"""The steps on a CPU and on a GPU against nn.LSTM."""

import copy

import pytest
import torch

from genai.seeds import make_rng
from genai.text.decoding.cpu_step import CpuStep
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.product import THREADED_ROWS, FloatProduct, HalfProduct, make_product
from genai.text.decoding.step import MAX_ROWS, pad_to


@pytest.mark.parametrize("halved", [False, True])
def test_reading_by_steps_equals_reading_at_once(network, halved):
    network = copy.deepcopy(network).half().float() if halved else network
    tokens = torch.randint(14, (3, 20), generator=make_rng(1))
    expected, end = network(tokens)
    step = CpuStep(network)
    buffers = step.buffers(network.initial_state(3))
    for place in range(20):
        step.read(tokens[:, place], buffers)
        torch.testing.assert_close(step.logits(buffers), expected[:, place], rtol=0, atol=1e-5)
    torch.testing.assert_close(step.state(buffers), end, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("halved", "tolerance"), [(False, 1e-5), (True, 1e-3)])
def test_a_gpus_steps_equal_reading_at_once(network, halved, tolerance):
    network = copy.deepcopy(network).half().float() if halved else network
    tokens = torch.randint(14, (3, 20), generator=make_rng(1))
    expected, end = network(tokens)
    step = GpuStep(network)
    buffers = step.buffers(network.initial_state(3))
    for place in range(20):
        step.read(tokens[:, place], buffers)
        torch.testing.assert_close(step.logits(buffers), expected[:, place], rtol=0, atol=tolerance)
    assert buffers.hidden[0].dtype == (torch.float16 if halved else torch.float32)
    torch.testing.assert_close(step.state(buffers), end, rtol=0, atol=tolerance)


def test_buffers_are_copies(network):
    step = CpuStep(network)
    hidden, cell = network.initial_state(2)
    step.read(torch.tensor([1, 2]), step.buffers((hidden, cell)))
    assert not hidden.any()
    assert not cell.any()


@pytest.fixture
def threads():
    """Set the number of PyTorch's threads; after the test it is as before."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("halved", [True, False])
@pytest.mark.parametrize("rows", [1, 2, 33])
def test_a_product_is_the_same_however_its_weights_are_kept(rows, halved):
    rng = make_rng(2)
    weight, bias, x = (torch.randn(*shape, generator=rng) for shape in ((40, 24), (40,), (rows, 24)))
    weight = weight.half().float() if halved else weight
    out = torch.empty(rows, 40)
    expected = torch.nn.functional.linear(x, weight, bias)
    assert make_product(weight, bias)(x, out) is not None
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(make_product(weight)(x, torch.empty(rows, 40)), x @ weight.T)


@pytest.mark.skipif(torch.backends.quantized.engine not in ("x86", "fbgemm"), reason="an x86 CPU's kernel")
@pytest.mark.parametrize("biased", [True, False])
def test_a_product_of_half_weights_has_the_same_bits_on_any_number_of_threads(biased, threads):
    rng = make_rng(2)
    weight, bias, x = (torch.randn(*shape, generator=rng) for shape in ((40, 24), (40,), (33, 24)))
    own_bias = bias if biased else None
    threads(1)
    one = HalfProduct(weight.half().float(), own_bias)(x, torch.empty(33, 40))
    threads(2)
    product = HalfProduct(weight.half().float(), own_bias)
    for rows in (1, THREADED_ROWS - 1, THREADED_ROWS, 33):
        out = torch.empty(rows, 40)
        assert product(x[:rows], out) is out
        assert torch.equal(out, one[:rows])


def test_weights_that_float16_cannot_hold_are_kept_in_float32():
    weight = torch.randn(8, 4, generator=make_rng(3))
    assert isinstance(make_product(weight), FloatProduct)
    on_x86 = torch.backends.quantized.engine in ("x86", "fbgemm")
    assert isinstance(make_product(weight.half().float()), HalfProduct) == on_x86


@pytest.mark.parametrize("halved", [True, False])
def test_at_the_row_counts_found_a_row_has_the_bits_of_a_full_batch(network, halved):
    network = copy.deepcopy(network).half().float() if halved else network
    step = CpuStep(network)
    assert step.row_counts[-1] == MAX_ROWS
    assert step.row_counts == sorted(set(step.row_counts))
    hidden = torch.randn(3, MAX_ROWS, 16, generator=make_rng(5))
    tokens = torch.randint(14, (MAX_ROWS,), generator=make_rng(6))

    def logits(rows):
        buffers = step.buffers((hidden[:, :rows], hidden[:, :rows]))
        step.read(tokens[:rows], buffers)
        return step.logits(buffers)

    full = logits(MAX_ROWS)
    for rows in step.row_counts:
        assert torch.equal(logits(rows), full[:rows])


def test_row_counts_are_found_for_each_number_of_threads(network, monkeypatch):
    step = CpuStep(network)
    searches = []
    counts = step._row_counts
    find = counts._find
    monkeypatch.setattr(counts, "_find", lambda: searches.append(None) or find())
    for threads in (1, 77, 77, 1):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        assert step.row_counts[-1] == MAX_ROWS
    assert len(searches) == 2


@pytest.mark.parametrize(("rows", "expected"), [(1, 1), (2, 4), (4, 4), (5, 64), (64, 64)])
def test_rows_are_padded_to_the_next_count(rows, expected):
    assert pad_to(rows, [1, 4, 64]) == expected


def test_without_nvidias_library_nothing_is_rounded(network, monkeypatch):
    halved = copy.deepcopy(network).half().float()
    assert GpuStep(halved).dtype == torch.float16
    monkeypatch.setattr(torch.version, "hip", "7.0")
    assert GpuStep(halved).dtype == torch.float32
