"""Which model is the twin of which."""

import pytest

from genai import text
from genai.errors import ConfigError
from genai.serving.models import Registry
from genai.text.page.twins import needed_twin, twin_of
from genai.text.pair.listing import available
from tests.text.conftest import VOCABULARY


def test_the_other_kind_of_network_on_the_same_data_is_the_twin_whatever_the_names_are(registry):
    assert twin_of(registry, "old") == "new"
    assert twin_of(registry, "new") == "old"


@pytest.mark.parametrize(
    "other",
    [
        {"data_set": "another"},
        {"vocabulary": VOCABULARY.characters[::-1]},
        {"tabs": True},
        {"lead_in": "ab\n\n"},
    ],
)
def test_a_network_that_reads_another_text_or_reads_it_differently_is_none(
    save, network, gpt_network, tmp_path, other
):
    save("shakespeare", network)
    save("shakespeare-gpt", gpt_network, **other)
    registry = Registry("text", text.load, device="cpu", folder=tmp_path)
    assert twin_of(registry, "shakespeare") is None
    with pytest.raises(ConfigError, match=r"GPT or an LSTM trained on the same text"):
        needed_twin(registry, "shakespeare")


def test_a_pair_is_nobody_s_twin_and_has_none(twins):
    registry = Registry("text", text.load, device="cpu", folder=twins, available=available)
    assert "old+new" in registry.names
    assert twin_of(registry, "old+new") is None
    assert twin_of(registry, "old") == "new"


def test_two_networks_of_one_kind_are_none(save, network, tmp_path):
    save("a", network)
    save("b", network)
    assert twin_of(Registry("text", text.load, device="cpu", folder=tmp_path), "a") is None
