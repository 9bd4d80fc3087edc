"""The CUDA path on a machine without CUDA: fake tensors know their device and refuse to mix two."""

import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from genai.audio.discriminator import AudioDiscriminator
from genai.audio.model import WaveGANConfig, make_generator
from genai.gan.losses import discriminator_loss
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import DCGANConfig, Generator
from genai.inference.cuda_graph import Recording
from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents
from genai.seeds import make_rng
from genai.text.decoding.gpt_step import GptStep
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import GpuLoop, LoopState
from genai.text.decoding.odds import SamplingDistribution
from genai.text.gpt.model import CharGPT, GPTConfig
from genai.text.model import CharLSTM, CharLSTMConfig
from genai.text.request import TextRequest

LABELS = Labels(({"en": "a"}, {"en": "b"}))


@pytest.fixture
def cuda():
    device = torch.device("cuda")
    with FakeTensorMode(), device:  # modules and tensors are made on the device
        yield device


def _z(device):
    """Draw on the CPU and move, as the samplers do."""
    z = torch.randn(2, 100, device="cpu")
    return z.to(device), torch.tensor([0, 1], device=device)


def test_the_mode_catches_a_tensor_on_another_device(cuda):
    network = Generator(DCGANConfig(generator_filters=4))
    with pytest.raises(RuntimeError, match="device"):
        network(torch.randn(2, 100, device="cpu"))


def test_pictures_are_drawn_and_judged_on_one_device(cuda):
    config = DCGANConfig(classes=2, generator_filters=4, discriminator_filters=4)
    network, judge = Generator(config), ImageDiscriminator(config)
    z, labels = _z(cuda)
    images = network(z, labels)
    assert images.device.type == judge(images, labels).device.type == "cuda"


@pytest.mark.parametrize("head", ["waveform", "spectrum"])
def test_sounds_are_made_and_judged_on_one_device(cuda, head):
    config = WaveGANConfig(classes=2, head=head, generator_filters=2, spectrogram_filters=4, waveform_filters=2)
    network, judge = make_generator(config), AudioDiscriminator(config)
    z, labels = _z(cuda)
    sound = network(z, labels)
    logits = judge(sound, labels)
    assert {one.device.type for one in logits} == {"cuda"}
    assert discriminator_loss("relativistic", logits, logits).device.type == "cuda"


@pytest.mark.filterwarnings("ignore:Accessing the data pointer")  # nn.LSTM lays out its weights for cuDNN
@pytest.mark.parametrize("halved", [True, False])
@pytest.mark.parametrize("config", [CharLSTMConfig(5, 4, 8), GPTConfig(5, 2, 2, 1, 8, 12, context=4)])
def test_characters_are_chosen_on_the_device_without_a_look_at_them(cuda, config, halved, monkeypatch):
    is_gpt = isinstance(config, GPTConfig)
    network = CharGPT(config) if is_gpt else CharLSTM(config)
    distribution = SamplingDistribution.of([TextRequest(), TextRequest(top_k=2)], cuda)
    uniforms = torch.zeros(2, 3, dtype=torch.float64)
    state = LoopState(torch.zeros(2, 5), network.initial_state(2))
    monkeypatch.setattr(torch, "equal", lambda *_: halved)  # fake weights have no values
    loop = GpuLoop(
        GptStep(network) if is_gpt else GpuStep(network), record=lambda work, _: Recording(lambda: None, work())
    )
    characters, after = loop.write(distribution, uniforms, state)
    assert {part.device.type for part in (characters, after.logits, *after.state)} == {"cuda"}
    assert characters.shape == (2, 3)
    with pytest.raises(DataDependentOutputException):
        characters.sum().item()  # the mode would have reported a look


def test_z_is_drawn_on_the_cpu_whatever_the_device():
    z, _ = sample_latents([LatentRequest(seed=7)], 4, LABELS)
    assert z.device.type == "cpu"
    assert torch.equal(z[0], torch.randn(4, generator=make_rng(7)))
