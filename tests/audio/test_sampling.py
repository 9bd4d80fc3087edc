"""Sounding: pure, seeded, alike alone and in company, never clipped."""

import pytest
import torch

from genai.audio.model import WaveGANConfig, initialise, make_generator
from genai.audio.sampling import PEAK, AudioModel, AudioRequest, generate
from genai.errors import ConfigError
from genai.gan.origin import result_label
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


@pytest.mark.parametrize("head", ["waveform", "spectrum"])
def test_a_variant_changes_the_sound_and_is_told_with_it(head):
    labels = Labels(LABELS.names, ({"en": "Ann", "zh-CN": "安"}, {"en": "Ben", "zh-CN": "本"}))
    network = make_generator(WaveGANConfig(classes=2, performers=2, head=head, generator_filters=2))
    initialise(network, make_rng(0))
    model = AudioModel("tiny", network.eval(), labels, sample_rate=8000)
    requests = [AudioRequest("hat", 5, variant=who) for who in ("any", "ann", "本")]
    free, ann, ben = generate(model, requests)
    assert [result.label for result in (free, ann, ben)] == [1, 1, 1]
    assert [ann.variant, ben.variant] == [0, 1]
    assert model.variant_name(ben.variant) == {"en": "Ben", "zh-CN": "本"}
    assert not torch.allclose(ann.waveform, ben.waveform)
    torch.testing.assert_close(free.waveform, (ann, ben)[free.variant].waveform)
    label = result_label(model, ben)
    assert label.settings["variant"] == "Ben"
    again = generate(model, [AudioRequest(**label.settings)])[0]
    torch.testing.assert_close(again.waveform, ben.waveform)


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
