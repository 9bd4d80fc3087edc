"""When the chooser of models shows those of one text in a row."""

from genai.text.pair.listing import are_in_rows, available
from tests.text.pair.conftest import save


def listed(folder):
    return {entry.name: entry.header for entry in available("text", folder)}


def test_an_lstm_its_gpt_and_their_pair_are_a_row(folder, network):
    assert list(listed(folder)) == ["plays", "plays-gpt", "plays+plays-gpt"]
    assert are_in_rows(listed(folder))
    save(folder, "verses", "char-lstm", network, data_set="verses")
    assert are_in_rows(listed(folder))


def test_a_gpt_without_its_lstm_is_in_no_row(folder, gpt_network):
    save(folder, "alone-gpt", "char-gpt", gpt_network, data_set="alone")
    assert not are_in_rows(listed(folder))


def test_a_gpt_of_another_name_is_in_no_row(folder, gpt_network):
    save(folder, "plays-gpt-2", "char-gpt", gpt_network)
    assert not are_in_rows(listed(folder))


def test_one_that_stands_apart_from_its_lstm_is_in_no_row(folder):
    names = ["plays-gpt", "plays"]
    assert not are_in_rows({name: listed(folder)[name] for name in names})
