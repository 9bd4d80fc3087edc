"""A device out of memory: smaller batches, then the CPU, then a sentence in both languages."""

import pytest
import torch

from genai.errors import ConfigError
from genai.image import ImageRequest, generate
from genai.image.model import DCGANConfig, Generator
from genai.image.sampling import ImageModel
from genai.inference.out_of_memory import run_with_memory_fallback
from genai.labels import Labels
from genai.latent.requests import consecutive_seeds
from genai.ui.words.errors import sentence


class Small(torch.nn.Module):
    """A network on an imitated accelerator with room for so many rows."""

    def __init__(self, rows):
        super().__init__()
        self.rows, self.sizes = rows, []
        self.weight = torch.nn.Parameter(torch.ones(1))

    def forward(self, z, labels):
        self.sizes.append(len(z))
        if len(z) > self.rows:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return 2 * z


def run(network, rows=64):
    z = torch.arange(rows * 3.0).reshape(rows, 3)
    return z, run_with_memory_fallback(network, z, torch.zeros(rows, dtype=torch.int64))


def test_halves_until_it_fits_and_in_order():
    network = Small(16)
    z, items = run(network)
    assert torch.equal(items, 2 * z)
    assert network.sizes == [64, 32, 16, 16, 32, 16, 16]


def test_a_faster_form_is_given_up_when_memory_runs_out():
    def graph(z, labels):
        raise torch.OutOfMemoryError("CUDA out of memory")

    network, z = Small(64), torch.ones(64, 3)
    assert torch.equal(run_with_memory_fallback(network, z, None, graph), 2 * z)
    assert network.sizes == [64]
    assert torch.equal(run_with_memory_fallback(network, z, None, lambda z, labels: 3 * z), 3 * z)
    assert network.sizes == [64]


def test_other_errors_are_raised_as_they_are():
    class Broken(Small):
        def forward(self, z, labels):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_with_memory_fallback(Broken(8), torch.zeros(8, 1), torch.zeros(8))


def test_an_accelerator_that_holds_nothing_hands_over_to_the_cpu():
    devices = []

    class Placed(Small):
        def forward(self, z, labels):
            devices.append(self.weight.device.type)
            if devices[-1] != "cpu":
                raise torch.OutOfMemoryError("CUDA out of memory")
            return z

    network = Placed(8).to("meta")
    network.cpu = lambda: Placed(8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("genai.inference.out_of_memory.copy.deepcopy", lambda module: module)
        items = run_with_memory_fallback(network, torch.ones(8, 1), torch.zeros(8))
    assert devices == ["meta", "cpu"]
    assert torch.equal(items, torch.ones(8, 1))


def test_no_memory_at_all_is_a_sentence_in_both_languages():
    with pytest.raises(ConfigError, match="no memory left") as raised:
        run(Small(0), 8)
    assert "内存不够" in sentence(raised.value)["zh-CN"]
    assert sentence(torch.OutOfMemoryError("anywhere else"))["en"].startswith("This machine has no memory left")
    assert sentence(RuntimeError("DefaultCPUAllocator: can't allocate memory"))["en"].startswith(
        "This machine has no"
    )


def test_pictures_made_in_halves_are_the_same(monkeypatch):
    network = Generator(DCGANConfig(generator_filters=4)).eval()
    model = ImageModel("x", network, Labels(()))
    requests = consecutive_seeds(ImageRequest(seed=1), 20)
    whole = generate(model, requests)
    forward = Generator.forward

    def tight(self, z, labels=None):
        if len(z) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(self, z, labels)

    monkeypatch.setattr(Generator, "forward", tight)
    for one, other in zip(whole, generate(model, requests), strict=True):
        assert torch.equal(one.image, other.image)
