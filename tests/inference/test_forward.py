"""The fast forms of a forward pass compute what the network computes; the graphs are recorded without a GPU."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from genai import audio, image
from genai.audio.model import WaveGANConfig, make_generator
from genai.image.model import DCGANConfig, Generator
from genai.inference import forward
from genai.inference.batch_norm import fuse_batch_norm
from genai.inference.forward import BatchInvariant, Bfloat16Forward, CudaGraphForward, make_forward
from genai.latent.requests import MAX_COUNT, consecutive_seeds
from genai.seeds import make_rng
from tests.recorder import record

NETWORKS = {
    "pictures": lambda: Generator(DCGANConfig(channels=3, classes=2, generator_filters=4)),
    "spectra": lambda: make_generator(WaveGANConfig(classes=2, head="spectrum", generator_filters=4)),
    "waveforms": lambda: make_generator(WaveGANConfig(classes=2, head="waveform", generator_filters=4)),
}


@pytest.fixture(params=NETWORKS)
def network(request):
    network = NETWORKS[request.param]()
    rng = make_rng(3)
    for parameter in network.parameters():  # by a seed: some random networks make the same of all noise
        if parameter.ndim > 1:
            parameter.data.normal_(0, (2 / parameter[0].numel()) ** 0.5, generator=rng)
    return fuse_batch_norm(network.eval().requires_grad_(False))


def noise(count, seed=1):
    rng = make_rng(seed)
    return torch.randn(count, 100, generator=rng), torch.randint(2, (count,), generator=rng)


@pytest.mark.parametrize("count", [1, 8, MAX_COUNT, MAX_COUNT + 8])
def test_a_graph_computes_what_the_network_computes(network, count):
    z, labels = noise(count)
    graph = CudaGraphForward(network, record)
    graph(*noise(MAX_COUNT, seed=2))  # its results stay in the graph's memory
    torch.testing.assert_close(graph(z, labels), network(z, labels), rtol=0, atol=1e-5)


def test_a_graph_needs_no_labels_where_there_are_none():
    network = fuse_batch_norm(Generator(DCGANConfig(generator_filters=4)).eval().requires_grad_(False))
    z, _ = noise(3)
    torch.testing.assert_close(CudaGraphForward(network, record)(z), network(z), rtol=0, atol=1e-5)


def test_a_graph_is_recorded_once_and_serves_many_threads(network):
    recordings = []

    def counting(work, device):
        recordings.append(device)
        return record(work, device)

    graph = CudaGraphForward(network, counting)
    inputs = [noise(8, seed) for seed in range(12)]
    with ThreadPoolExecutor(6) as pool:
        outputs = list(pool.map(lambda pair: graph(*pair), inputs))
    assert len(recordings) == 1
    for pair, items in zip(inputs, outputs, strict=True):
        torch.testing.assert_close(items, network(*pair), rtol=0, atol=1e-5)


def test_in_bfloat16_items_are_the_same_to_its_rounding(network):
    z, labels = noise(16)
    exact, lowered = network(z, labels), Bfloat16Forward(network)(z, labels)
    assert lowered.dtype == torch.float32
    assert 0 < (lowered - exact).square().mean().sqrt() < 0.03 * exact.square().mean().sqrt()


def test_in_bfloat16_z_chooses_the_same_attribute():
    network = Generator(DCGANConfig(channels=3, classes=2, attribute_values=2, generator_filters=4))
    for parameter in network.parameters():
        parameter.data.normal_(0, 0.3, generator=make_rng(3))
    bound = torch.special.ndtr(torch.tensor(1.001))
    network.set_attribute_shares(torch.stack([bound, 1 - bound]).expand(2, 2))
    network = fuse_batch_norm(network.eval().requires_grad_(False))
    z, labels = noise(8)
    z[:, 0] = 1.002  # above the bound; rounded, it is 1
    assert network.choose_attribute(z, labels).tolist() == [1] * 8
    exact, lowered = network(z, labels), Bfloat16Forward(network)(z, labels)
    assert (lowered - exact).square().mean().sqrt() < 0.03 * exact.square().mean().sqrt()


def test_a_pass_in_bfloat16_leaves_the_network_as_it_was(network):
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    Bfloat16Forward(network)(*noise(8))
    after = network.state_dict()
    assert all(
        torch.equal(after[name], weight) and after[name].dtype == weight.dtype for name, weight in before.items()
    )


@pytest.mark.parametrize(("has", "faster"), [(True, True), (True, False), (False, True)])
def test_a_cpu_takes_bfloat16_only_where_it_has_it_and_is_faster_in_it(network, has, faster, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": has})
    monkeypatch.setattr(forward, "prefers_bfloat16", lambda device: faster)
    forward.uses_bfloat16.cache_clear()
    z, labels = noise(8)
    items = make_forward(network, repr(network.config))(z, labels)
    forward.uses_bfloat16.cache_clear()
    assert torch.equal(items, Bfloat16Forward(network)(z, labels) if has and faster else network(z, labels))


def test_bfloat16_is_timed_once_in_a_process(network, monkeypatch):
    devices = []
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setattr(forward, "prefers_bfloat16", devices.append)
    forward.uses_bfloat16.cache_clear()
    for _ in range(3):
        make_forward(network, "x")
    forward.uses_bfloat16.cache_clear()
    assert devices == [torch.device("cpu")]


def sensitive(z, labels=None):
    """A library that adds up in another order for batches of 8 and of 24."""
    return z + (1e-6 if len(z) in (8, 24) else 0)


@pytest.mark.parametrize("count", [1, 8, 9, 20, 32, MAX_COUNT, MAX_COUNT + 8])
def test_an_item_is_the_same_to_the_bit_in_a_batch_of_any_size(count):
    z, _ = noise(count)
    invariant = BatchInvariant(sensitive, "sensitive")
    assert invariant.sizes(z, None) == [16, 32, 40, 48, 56, 64]
    assert torch.equal(invariant(z), z)


def test_sizes_are_tried_once_for_a_shape_and_a_number_of_threads(network, monkeypatch):
    sizes = []

    def counting(z, labels):
        sizes.append(len(z))
        return network(z, labels)

    shape = object()
    BatchInvariant(counting, shape)(*noise(3))
    BatchInvariant(counting, shape)(*noise(16))
    assert sizes == [64, *range(8, 64, 8), 8, 16]
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    BatchInvariant(counting, shape)(*noise(16))
    assert sizes[10:] == [64, *range(8, 64, 8), 16]


@pytest.mark.parametrize("threads", [2, 3])
def test_shipped_pictures_are_the_same_to_the_bit_with_any_number_of_threads(threads):
    model = image.load("fashion", "cpu")
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        requests = consecutive_seeds(image.ImageRequest(seed=3), 64)
        together = image.generate(model, requests)
        for count in (1, 5, 16, 33):
            some = image.generate(model, requests[-count:])
            assert all(torch.equal(a.image, b.image) for a, b in zip(some, together[-count:], strict=True))
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("facade", "name", "request_of"), [
    (image, "fashion", image.ImageRequest), (audio, "drums", audio.AudioRequest),
])  # fmt: skip
def test_a_model_uses_its_fast_form(facade, name, request_of):
    model = replace(facade.load(name, "cpu"), forward=None)
    fast = replace(model, forward=CudaGraphForward(model.sampler, record))
    requests = consecutive_seeds(request_of(seed=3), 5)
    for one, other in zip(facade.generate(model, requests), facade.generate(fast, requests), strict=True):
        item, same = (r.image if facade is image else r.waveform for r in (one, other))
        torch.testing.assert_close(item, same, rtol=0, atol=1e-5)
    fast = replace(model, forward=lambda z, labels: pytest.fail("used"))
    with pytest.raises(pytest.fail.Exception, match="used"):
        facade.generate(fast, requests)
