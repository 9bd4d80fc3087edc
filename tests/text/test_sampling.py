"""Writing: pure, seeded, alike alone and in company, and honest about silly requests."""

from dataclasses import replace

import pytest
import torch

from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.request import MAX_LENGTH, TextRequest
from genai.text.sampling import TextModel, generate, start_draft, stream
from genai.text.vocabulary import Vocabulary


def test_the_same_request_gives_the_same_text_alone_in_company_and_streamed(model):
    requests = [
        TextRequest("abc", length=60, seed=1),
        TextRequest("", length=45, seed=2, temperature=1.5),
        TextRequest("jij,\nab", length=80, seed=3, top_k=3),
        TextRequest("a", length=20, seed=4, temperature=0),
        TextRequest("a", length=70, seed=5, top_p=0.7),
        TextRequest("a", length=70, seed=6, typical_p=0.5),
    ]
    together = [result.text for result in generate(model, requests)]
    assert together == [generate(model, [request])[0].text for request in requests]
    assert together == ["".join(stream(model, request)) for request in requests]
    assert [len(text) for text in together] == [60, 45, 80, 20, 70, 70]


def test_seeds_differ_and_nothing_global_is_used(model):
    before = torch.get_rng_state()
    texts = {generate(model, [TextRequest(seed=seed, length=40)])[0].text for seed in range(5)}
    assert len(texts) == 5
    assert torch.equal(before, torch.get_rng_state())


def test_using_a_model_changes_nothing_in_it(model):
    weights = {n: p.clone() for n, p in model.network.state_dict().items()}
    generate(model, [TextRequest("abc", length=30)])
    assert all(torch.equal(p, weights[n]) for n, p in model.network.state_dict().items())


def test_a_shorter_text_is_the_beginning_of_a_longer_one(model):
    long = generate(model, [TextRequest(length=50)])[0].text
    assert generate(model, [TextRequest(length=20)])[0].text == long[:20]


def test_it_follows_the_networks_odds(model):
    """The first character of many seeds: counts against the softmax of the logits after the prompt."""
    logits = model.network(model.vocabulary.encode("\nabc")[None])[0][0, -1]
    requests = [TextRequest("abc", length=1, temperature=1.0, seed=seed) for seed in range(2000)]
    written = model.vocabulary.encode("".join(result.text for result in generate(model, requests)))
    share = written.bincount(minlength=14) / 2000
    torch.testing.assert_close(share, logits.softmax(0), rtol=0, atol=0.04)


@pytest.mark.parametrize("prompt", ["", "abc", "abc" * 20])
def test_a_lead_in_is_read_before_the_prompt_and_not_shown(led_model, prompt):
    draft = start_draft(led_model, TextRequest(prompt))
    expected, state = led_model.network(led_model.vocabulary.encode(led_model.lead_in + prompt)[None])
    torch.testing.assert_close(draft.logits, expected[0, -1])
    torch.testing.assert_close(draft.state, state)
    assert draft.request == TextRequest(prompt, lead_in=led_model.lead_in)
    assert generate(led_model, [TextRequest(prompt, length=9)])[0].full.startswith(prompt)


def test_a_request_may_name_another_lead_in(model, led_model):
    requests = [TextRequest("a", length=40, seed=seed) for seed in range(3)]
    default = [result.text for result in generate(model, requests)]
    assert [result.text for result in generate(led_model, requests)] != default
    old = [replace(request, lead_in="") for request in requests]  # of a label from before the model had one
    assert [result.text for result in generate(led_model, old)] == default
    together = generate(led_model, [*requests, *old])
    alone = [generate(led_model, [request])[0] for request in (*requests, *old)]
    assert [result.text for result in together] == [result.text for result in alone]


def test_a_lead_in_that_is_too_long_is_refused():
    with pytest.raises(ConfigError, match="from 0 to 100"):
        TextRequest(lead_in="\n" * 101)


@pytest.mark.parametrize("prompt", ["", "abc"])
def test_every_text_begins_after_a_line_break_as_those_of_the_data(model, prompt):
    draft = start_draft(model, TextRequest(prompt))
    expected, after = model.network(model.vocabulary.encode("\n" + prompt)[None])
    torch.testing.assert_close(draft.logits, expected[0, -1])
    torch.testing.assert_close(draft.state, after)


def test_a_prompt_that_is_indented_by_spaces_is_read_as_the_training_text_was_indented():
    network = CharLSTM(CharLSTMConfig(5, embedding_size=4, hidden_size=8, layers=1))
    initialise(network, make_rng(0))
    headers = [Header("text", "char-lstm", {}, {}, "code", "", "", "", tabs=tabs) for tabs in (True, False)]
    knowing, other = (TextModel("tiny", network, Vocabulary("\t\n ab"), header) for header in headers)
    for prompt in ("a\n    b", "a\n\tb"):
        [result] = generate(knowing, [TextRequest(prompt, length=20)])
        assert result.full.startswith("a\n\tb")
        assert result == generate(knowing, [TextRequest("a\n\tb", length=20)])[0]
    assert generate(other, [TextRequest("a\n    b", length=20)])[0].full.startswith("a\n    b")


def test_temperature_zero_takes_the_likeliest_each_time(model):
    text = "ab"
    for _ in range(10):
        logits = model.network(model.vocabulary.encode("\n" + text)[None])[0][0, -1]
        text += model.vocabulary.characters[int(logits.argmax())]
    assert generate(model, [TextRequest("ab", length=10, temperature=0)])[0].full == text


def test_it_stops_after_the_stop_text(model):
    request = TextRequest(length=200, temperature=1.5, seed=1)
    whole = generate(model, [request])[0].text
    end = whole.index("a") + 1
    stopped, other = generate(model, [replace(request, stop="a"), request])
    assert stopped.text == whole[:end]
    assert other.text == whole


def test_a_closed_stream_does_no_more_work(model, monkeypatch):
    pieces = stream(model, TextRequest(length=MAX_LENGTH))
    next(pieces)
    pieces.close()
    assert list(pieces) == []


def test_a_long_prompt_of_many_lines_is_read(model):
    assert len(generate(model, [TextRequest("abc\n" * 2000, length=3)])[0].text) == 3


def test_no_requests_give_no_results(model):
    assert generate(model, []) == []


def test_an_unknown_character_is_named(model):
    with pytest.raises(ConfigError, match="'€'"):
        generate(model, [TextRequest("a€")])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"length": 0}, "Length 0"),
        ({"length": 5001}, "from 1 to 5000"),
        ({"length": 1.5}, "whole number"),
        ({"temperature": -0.1}, "Temperature -0.1"),
        ({"temperature": float("nan")}, "Temperature nan"),
        ({"temperature": "hot"}, "'hot'"),
        ({"top_k": -1}, "Top-k -1"),
        ({"top_p": 0}, "Top-p 0"),
        ({"top_p": 1.1}, "Top-p 1.1"),
        ({"typical_p": 0}, "Typical-p 0"),
        ({"typical_p": 1.1}, "Typical-p 1.1"),
        ({"seed": -1}, "Seed -1"),
        ({"prompt": "a" * 10_001}, "10001 characters"),
    ],
)
def test_settings_out_of_range_are_named(settings, said):
    with pytest.raises(ConfigError, match=said.replace(".", r"\.")):
        TextRequest(**settings)
