"""Standard output in an encoding that lacks Chinese characters, or blocks: nothing is lost, and nothing fails."""

import io
import sys

import pytest

from genai.console import can_print, escape_unknown_characters, print_whole
from genai.errors import exit_with_sentence
from genai.serving.lan import lan_message


@pytest.fixture
def western(monkeypatch):
    """Return a function that makes standard output that of a redirect on a Western Windows; returns its bytes."""

    def redirect():  # pytest would undo this between the fixture and the test
        content = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, "cp1252", newline="\n"))
        return content

    return redirect


def test_a_message_is_escaped(western):
    content = western()
    with exit_with_sentence():
        print("é: 是 \udcb0")
    assert content.getvalue() == b"\xe9: " + rb"\u662f \udcb0" + b"\n"


def test_a_text_is_whole_in_utf_8(western, capfd):
    content = western()
    print("before")
    print_whole("秋风 é")
    sys.stdout.flush()
    assert content.getvalue() == "before\n秋风 é\n".encode()
    assert capfd.readouterr().err.startswith("The text is printed in UTF-8, since cp1252 lacks")


def test_a_text_that_the_encoding_has_stays_in_it(western, capfd):
    content = western()
    print_whole("été")
    sys.stdout.flush()
    assert content.getvalue() == "été\n".encode("cp1252")
    assert capfd.readouterr().err == ""


def test_the_address_is_printed_without_a_code_of_blocks(western):
    western()
    assert lan_message(7860).startswith("For everybody in this network: http://")
    print(lan_message(7860))
    sys.stdout.flush()


def test_an_output_that_is_no_file(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    escape_unknown_characters()
    assert can_print("是")
