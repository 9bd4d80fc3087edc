"""Sounding: pure, seeded, alike alone and in company, never clipped."""

import pytest
import torch

from genai.audio.model import WaveGANConfig, initialise, make_generator
from genai.audio.sampling import PEAK, AudioModel, AudioRequest, generate
from genai.errors import ConfigError
from genai.labels import Labels
from genai.latent.requests import consecutive_seeds
from genai.seeds import make_rng

LABELS = Labels(({"en": "kick", "zh-CN": "底鼓"}, {"en": "hat", "zh-CN": "踩镲"}))


@pytest.fixture(params=["waveform", "spectrum"])
def model(request):
    network = make_generator(WaveGANConfig(classes=2, head=request.param, generator_filters=2))
    initialise(network, make_rng(0))
    return AudioModel("tiny", network.eval(), LABELS, sample_rate=8000)


def test_the_same_request_gives_the_same_sound_alone_and_in_company(model):
    requests = [AudioRequest("hat", 5), *consecutive_seeds(AudioRequest("any", 7, truncation=0.5), 5)]
    for request, result in zip(requests, generate(model, requests), strict=True):
        alone = generate(model, [request])[0]
        torch.testing.assert_close(result.waveform, alone.waveform, rtol=0, atol=1e-5)
        assert (result.label, result.seed, result.sample_rate) == (alone.label, request.seed, 8000)


def test_loud_sounds_are_turned_down_and_quiet_ones_left(model):
    quiet = generate(model, [AudioRequest(seed=1)])[0].waveform
    assert quiet.abs().max() < PEAK

    class Louder(torch.nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network
            self.config = network.config

        def forward(self, z, labels):
            return self.network(z, labels) * 1000

    louder = AudioModel("loud", Louder(model.network), LABELS, sample_rate=8000)
    loud = generate(louder, [AudioRequest(seed=1)])[0].waveform
    torch.testing.assert_close(loud, quiet / quiet.abs().max() * PEAK)


def test_an_unknown_label_is_refused(model):
    with pytest.raises(ConfigError, match="kick, hat"):
        generate(model, [AudioRequest("flute")])


def test_no_requests_give_no_results(model):
    assert generate(model, []) == []
