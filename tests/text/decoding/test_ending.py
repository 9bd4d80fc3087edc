"""A finished text ends with a block or a line, and is the same alone, in a batch, growing, and in Check."""

import pytest

from genai.errors import ConfigError
from genai.text.decoding.batch import Batch
from genai.text.decoding.ending import REACH, find_end
from genai.text.replay import could_write
from genai.text.request import TextRequest
from genai.text.sampling import generate, start_draft, stream

LINE = "x" * 30


def ended(text, length):
    """The text as it ends, found as soon as enough of it is there."""
    for count in range(len(text) + 1):
        end = find_end(text[:count], length)
        if end is not None:
            assert find_end(text, length) == end  # what comes later changes nothing
            return text[:end]
    return None


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        (f"{LINE}\n{LINE}\n{LINE}\n\n{LINE}", 40, f"{LINE}\n{LINE}\n{LINE}"),  # the block, not the line before
        (f"{LINE}\n{LINE}\n{LINE}\n{LINE}\n{LINE}\n\n", 40, f"{LINE}\n{LINE}"),  # its end is out of reach
        (f"{LINE}\n\n{LINE}" + "y" * 90, 30, LINE),  # nothing more where the asked length is an end
        (f"{LINE}\n\n{LINE}" + "y" * 90, 31, f"{LINE}\n"),
        (f"{LINE}\n\n{LINE}" + "y" * 90, 32, f"{LINE}\n\n"),
        (f"{LINE}\n{LINE}" + "y" * 90, 31, f"{LINE}\n"),
        ("y" * 300, 40, "y" * 40),  # no end within reach
        ("y" * 119 + "\n" + "y" * 90, 40, "y" * 119),  # the last one within reach
        ("y" * 120 + "\n" + "y" * 90, 40, "y" * 40),
        ("\n" + "y" * 90, 1, "\n"),
    ],
)
def test_the_rule(text, length, expected):
    assert ended(text, length) == expected


def test_a_text_that_is_too_short_to_tell_has_no_end_yet():
    assert find_end("y" * 39, 40) is None
    assert find_end("y" * 60 + "\n" + "y" * 40, 40) is None  # a block may still end
    assert ended("y" * 5000, 4990) == "y" * 4990  # no text has more than 5,000 characters


@pytest.fixture
def requests():
    """Requests that end before, at and after a line's end."""
    return [TextRequest("ab", length=5 + 9 * n, seed=n, temperature=1.0, finish=True) for n in range(12)]


def test_it_is_the_same_alone_in_a_batch_growing_and_among_others(model, requests):
    alone = [generate(model, [request])[0].text for request in requests]
    assert [result.text for result in generate(model, requests)] == alone
    assert ["".join(stream(model, request)) for request in requests] == alone
    batch = Batch(model.loop, model.vocabulary)
    drafts = [start_draft(model, request) for request in requests]
    for draft in drafts:  # one joins after another
        batch.join([draft])
        before = [other.text for other in drafts]
        batch.advance(7)
        assert all(after.text.startswith(text) for after, text in zip(drafts, before, strict=True))
    while batch.drafts:
        batch.advance(7)
    assert [draft.text for draft in drafts] == alone


def test_it_begins_with_the_text_that_is_not_finished(model, requests):
    lengths = set()
    for request in requests:
        finished = generate(model, [request])[0].text
        plain = generate(model, [TextRequest("ab", request.length, 1.0, seed=request.seed)])[0].text
        longest = generate(model, [TextRequest("ab", request.length + REACH, 1.0, seed=request.seed)])[0].text
        assert longest.startswith(finished)
        assert finished.startswith(plain)
        assert len(finished) == find_end(longest, request.length)
        lengths.add(len(finished) - request.length)
        assert could_write(model, request, finished, 1e-4)
    assert len(lengths) > 3  # some were longer


def test_a_stop_text_ends_it_all_the_same(model):
    draft = start_draft(model, TextRequest(length=5, stop="ab", finish=True))
    draft.append("cccccccab\n\n")
    assert (draft.text, draft.ended) == ("cccccccab", True)


def test_only_yes_or_no_is_an_answer():
    with pytest.raises(ConfigError, match="Finish is 'yes'"):
        TextRequest(finish="yes")
