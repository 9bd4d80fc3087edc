"""What a network computed over a text, against nn.LSTM, softmax and numpy by hand."""

import math

import numpy as np
import pytest
import torch

from genai.errors import ConfigError
from genai.text.decoding.odds import SamplingDistribution
from genai.text.internals import activations, by_chance, choices, find, gates, read
from genai.text.page import properties
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate

TEXT = "abba ce, dig.\nfeed a hid jibe.\n"


@pytest.fixture
def reading(model):
    return read(model, TEXT)


def offered_at(reading, place, model):
    return choices(reading.logits[place], reading.text[place : place + 1], model.vocabulary)


def thrown_for(reading, place, request):
    """The probabilities that a character is drawn with, by its rank."""
    return SamplingDistribution.of([request]).probabilities(reading.logits[place][None])[0][0].tolist()


def test_surprise_is_minus_the_log_of_the_softmax(model, reading):
    tokens = model.vocabulary.encode("\n" + TEXT)
    logits, _ = model.network(tokens[None])
    for place in (0, 7, len(TEXT) - 1):
        row = logits[0, place].double()
        expected = math.log(sum(math.exp(v) for v in row.tolist())) - row[tokens[place + 1]].item()
        assert reading.surprise[place].item() == pytest.approx(expected, abs=1e-5)
    assert reading.bits_per_character == pytest.approx(reading.surprise.mean().item() * math.log2(math.e))


def test_neurons_and_gates_are_what_the_equations_give(model, reading):
    tokens = model.vocabulary.encode("\n" + TEXT)
    for layer, trace in enumerate(model.network.inside(tokens[None])):
        for unit in (0, 5, 15):
            torch.testing.assert_close(reading.neuron(layer, unit), trace.hidden[0, 1:, unit])
            found = gates(reading, model, layer, unit)
            for name, values in found.items():
                torch.testing.assert_close(values, getattr(trace, name)[0, 1:, unit], msg=f"{name} {layer} {unit}")


def test_the_odds_at_a_place_are_those_the_dice_were_thrown_for(model):
    request = TextRequest("ab", length=40, temperature=0.7, top_k=3, top_p=0.95, seed=4)
    text = generate(model, [request])[0].full
    reading = read(model, text)
    for place in range(2, len(text)):
        offered, dice = offered_at(reading, place, model), thrown_for(reading, place, request)
        assert [c.probability for c in offered] == sorted((c.probability for c in offered), reverse=True)
        (chosen,) = [c for c in offered if c.chosen]
        assert chosen.character == text[place]
        assert dice[chosen.rank] > 0
        assert sum(dice[c.rank] > 0 for c in offered) <= 3
        assert sum(dice[c.rank] for c in offered) == pytest.approx(1)
        assert -math.log(chosen.probability) == pytest.approx(reading.surprise[place].item(), abs=1e-4)


def test_odds_after_temperature_by_hand(model, reading):
    dice = thrown_for(reading, 4, TextRequest(temperature=0.5))
    everything = (reading.logits[4].double() * 2).exp().sum() / reading.logits[4].double().exp().sum() ** 2
    for choice in offered_at(reading, 4, model):
        assert dice[choice.rank] == pytest.approx(choice.probability**2 / everything.item(), rel=1e-6)


def test_an_unlikely_character_is_listed_although_it_is_not_among_the_ten(model, reading):
    ranks = (reading.logits[:-1] > reading.logits[:-1].gather(1, model.vocabulary.encode(TEXT)[:, None])).sum(dim=1)
    place = int(ranks.argmax())
    assert ranks[place] >= 10
    offered = offered_at(reading, place, model)
    assert (len(offered), offered[-1].character, offered[-1].chosen) == (11, TEXT[place], True)


def test_after_the_text_nothing_is_chosen(model, reading):
    offered = offered_at(reading, len(TEXT), model)
    assert len(offered) == 10
    assert not any(choice.chosen for choice in offered)


def test_neurons_are_ranked_by_numpys_correlation(model, reading):
    values = properties.position_in_line(TEXT)
    table = {
        (layer, unit): np.corrcoef(reading.neuron(layer, unit).numpy(), values)[0, 1]
        for layer in range(3)
        for unit in range(16)
    }
    hits = find(reading.hidden, values, 48)
    falling = sorted(map(abs, table.values()), reverse=True)
    assert [abs(hit.correlation) for hit in hits] == pytest.approx(falling, abs=1e-6)
    for hit in hits:
        assert hit.correlation == pytest.approx(table[hit.layer, hit.unit], abs=1e-6)


def test_a_neuron_that_tells_a_property_is_found_and_chance_is_not(model):
    planted = by_chance(model, TEXT).clone()
    values = np.random.default_rng(0).normal(size=len(TEXT))
    planted[1, 1:, 7] = torch.from_numpy(-3 * values)
    (hit, second, *_) = find(planted, values)
    assert (hit.layer, hit.unit, hit.correlation) == (1, 7, pytest.approx(-1))
    assert abs(second.correlation) < 0.7


def test_random_units_are_as_many_and_others_than_the_models(model, reading):
    states = by_chance(model, TEXT, seed=1)
    assert states.shape == reading.hidden.shape
    assert not torch.allclose(states, reading.hidden)
    assert torch.equal(states, by_chance(model, TEXT, seed=1))


def test_too_much_and_nothing_are_refused(model):
    for text in ("", "a" * 10_001):
        with pytest.raises(ConfigError, match="1 to 10000"):
            read(model, text)
    with pytest.raises(ConfigError, match="never seen 'Z'"):
        read(model, "abZ")


def test_looking_changes_nothing(model: TextModel, monkeypatch):
    before = {name: weight.clone() for name, weight in model.network.state_dict().items()}
    first = read(model, TEXT)
    gates(first, model, 1, 3)
    assert torch.equal(read(model, TEXT).hidden, first.hidden)
    assert all(torch.equal(weight, before[name]) for name, weight in model.network.state_dict().items())


PYTHON = 'def f(a, b=[1, 2]):\n    """Say\n    it."""\n    return "x" + g(a)\n'
PLAY = "\nROMEO:\nO, 'tis he, Don't.\n\nFirst Citizen:\nSpeak, speak.\n"
POEM = "白日依山尽，黄河入海流。\n"


def told(name, text):
    return properties.PROPERTIES[name](text).tolist()


def test_properties_by_hand():
    assert told("brackets", "f(a[1]b)c") == [0, 1, 1, 2, 2, 1, 1, 0, 0]
    assert told("brackets", "a))b") == [0, 0, 0, 0]
    assert told("position_in_line", "ab\n\nc") == [0, 1, 2, 0, 0]
    assert told("line_start", "ab\n\nc") == [1, 0, 0, 1, 1]
    assert told("upper_case", "aB1") == [0, 1, 0]
    assert told("digit", "aB1") == [0, 0, 1]
    assert told("indentation", "a\n  b c\n") == [0, 0, 1, 2, 2, 2, 2, 0]
    assert told("indentation", "\t b\tc\n") == [4, 5, 5, 5, 5, 0]
    assert told("position_in_verse", POEM) == [1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 0]
    assert told("rhyme", POEM) == [0] * 10 + [1, 0, 0]


def marked(name, text):
    return "".join(c if on else "·" for c, on in zip(text, told(name, text), strict=True))


def test_quotes_and_speakers_are_marked():
    quoted = marked("quotes", PYTHON)
    assert '"""Say\n    it."""' in quoted
    assert '"x"' in quoted
    assert "def" not in quoted
    assert "return" not in quoted
    assert marked("quotes", "O, don't they'll") == "·" * 16
    assert marked("quotes", "say 'go' now") == "····'go'····"
    speakers = marked("speaker", PLAY)
    assert "ROMEO:" in speakers
    assert "First Citizen:" in speakers
    assert "Speak" not in speakers


def test_only_what_varies_is_offered_and_verse_for_chinese_only():
    assert {"position_in_verse", "rhyme"} <= properties.of(POEM).keys()
    assert not {"position_in_verse", "rhyme", "digit"} & properties.of(PLAY).keys()
    assert {"quotes", "brackets", "indentation", "digit"} <= properties.of(PYTHON).keys()
    assert properties.of("") == {}


def test_a_lead_in_is_read_before_a_text_and_not_shown(led_model):
    reading = read(led_model, TEXT)
    tokens = led_model.vocabulary.encode(led_model.lead_in + TEXT)
    logits = led_model.network(tokens[None])[0][0]
    torch.testing.assert_close(reading.logits, logits[len(led_model.lead_in) - 1 :])
    expected = -logits.log_softmax(dim=1)[torch.arange(len(tokens) - 1), tokens[1:]]
    torch.testing.assert_close(reading.surprise, expected[len(led_model.lead_in) - 1 :])
    assert by_chance(led_model, TEXT).shape == reading.hidden.shape
    for layer, trace in enumerate(led_model.network.inside(tokens[None])):
        torch.testing.assert_close(reading.neuron(layer, 3), trace.hidden[0, len(led_model.lead_in) :, 3])
        for name, values in gates(reading, led_model, layer, 3).items():
            torch.testing.assert_close(values, getattr(trace, name)[0, len(led_model.lead_in) :, 3], msg=name)


def test_a_gpt_is_looked_into_by_the_same_functions(gpt_model):
    reading = read(gpt_model, TEXT)
    tokens = gpt_model.vocabulary.encode("\n" + TEXT)
    logits, state = gpt_model.network(tokens[None])
    torch.testing.assert_close(reading.logits, logits[0])
    features = gpt_model.network.features(tokens[None])[:, 0]
    scaled = features / features.square().mean(dim=2, keepdim=True).sqrt() / 4
    torch.testing.assert_close(reading.hidden, scaled.clamp(-1, 1))
    torch.testing.assert_close(activations(gpt_model.network, state.outputs[:, 0]), reading.hidden[:, -1])
    assert gates(reading, gpt_model, 0, 0) == {}
    random = by_chance(gpt_model, TEXT)
    assert random.shape == reading.hidden.shape
    assert not torch.allclose(random, reading.hidden)
    hits = find(reading.hidden, np.arange(len(TEXT), dtype=float))
    assert abs(hits[0].correlation) <= 1
