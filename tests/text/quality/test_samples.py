"""Figures of samples, on texts written by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai.text.quality import samples
from genai.text.quality.samples import (
    POEM,
    compiling_share,
    excerpts,
    measure,
    measure_poems,
    poems,
    valid_so_far,
    words,
)
from genai.text.quality.suffix_array import SuffixArray
from genai.text.sampling import TextResult

FIVE, SEVEN = "白日依山尽，黄河入海流。", "故人西辞黄鹤楼，烟花三月下扬州。"


def _longest_by_trying(training, text):
    pieces = [text[start:end] for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    return max((len(piece) for piece in pieces if piece in training), default=0)


@given(st.text("ab汉", min_size=1, max_size=30), st.text("ab汉c", max_size=12))
def test_the_suffix_array_finds_what_plain_search_finds(training, text):
    passages = SuffixArray(training)
    assert passages.starts == sorted(range(len(training)), key=lambda start: training[start:])
    assert (text in passages) == (text in training)
    assert passages.longest_copy(text) == _longest_by_trying(training, text)


def test_the_longest_copy_by_hand():
    passages = SuffixArray("to be, or not to be")
    assert passages.longest_copy("xx not to bex") == len(" not to be")
    assert passages.longest_copy("to be, or not to be") == 19
    assert passages.longest_copy("xyz") == passages.longest_copy("") == 0


def test_words_keep_inner_apostrophes_and_the_one_cut_off_is_left_out():
    assert words("'Tis o'er, they'll say.\n''' x1 Ünïcode wor") == ["Tis", "o'er", "they'll", "say", "x", "Ünïcode"]


@pytest.mark.parametrize("poem", [FIVE * 2, FIVE * 4, SEVEN * 2, SEVEN * 4])
def test_regular_poems_are_in_form(poem):
    assert POEM.fullmatch(poem)


@pytest.mark.parametrize(
    "poem",
    ["", FIVE, FIVE * 3, FIVE + SEVEN, FIVE * 2 + "白", (FIVE * 2)[:-1], "白日依山尽，黄河入海。" * 2,
     "白日依山尽。黄河入海流，" * 2, "白日依山尽，黄河入海流。\n" * 2, "白日，山尽人，黄河入海流。" * 2],
)  # fmt: skip
def test_other_poems_are_not(poem):
    assert not POEM.fullmatch(poem)


def test_the_unfinished_poem_is_left_out():
    assert poems(f"{FIVE}\n\n{SEVEN}\n白日") == [FIVE, "", SEVEN]
    assert poems("白日") == []


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\ny = (1,\n     2,\n     thr",  # ends in an open bracket
        "def f():\n    if x:\n",  # a block without its body
        'class A:\n    """What\n  it is\n',  # an open string
        "        return 1\n\n    def g(self):\n        pass\n\nx = 2\n",  # starts two blocks deep
        "        x = 1\n    else:\n        x = 2\n",
        "try:\n    x = 1\nexc",
        "\t\treturn 1\n\n\tdef g(self):\n\t\tf(1,\n\t\t  2)\n\nx = 2\n",  # tabs
        "x = '\\d'\n",  # only a warning
        "",
    ],
)
def test_code_that_is_right_so_far(code):
    assert valid_so_far(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = )\ny = 1\n",
        "def f(:\n    pass\n",
        "f(a b\n",
        "x = 'abc\n",
        "x = 1\n  y = 2\n",
        "try:\n    x = 1\ny = 2\n",
        "class A:\n    x = (1\n    y = 2\n    def f(self):\n        pa",  # wrong inside the unfinished statement
        "        return 1\n      y = 2\n   def f(:\n",
        "x = '\0'\n",
        "\t\tx = 1\n\t\t\ty = 2\n",
    ],
)
def test_code_that_is_wrong(code):
    assert not valid_so_far(code)


def test_the_compiling_share_counts_whole_lines():
    assert compiling_share("x = 1\ny = 2\n") == 1
    assert compiling_share("x = 1\ny = )\nz = 3\n") == pytest.approx(6 / 18)
    assert compiling_share("x = 1\ny = 2") == pytest.approx(6 / 11)  # the last line may be cut off
    assert compiling_share("    return 1\nx = )\n") == pytest.approx(13 / 19)
    assert compiling_share("x = )\n") == compiling_share("") == compiling_share("x = 1") == 0


def test_excerpts_start_with_a_line_and_have_one_length():
    text = "".join(f"line {number}\n" for number in range(500))
    drawn = excerpts(text, 200, 50)
    assert all(len(excerpt) == 50 and excerpt.startswith("line ") and excerpt in text for excerpt in drawn)
    assert len(set(drawn)) > 100
    assert drawn == excerpts(text, 200, 50)
    after = excerpts("a\n\nb\nc\n\nd\n\n\ne", 50, 1, "\n\n")
    assert set(after) == {"b", "d"} | {"\n"}
    assert excerpts("no line break", 2, 5) == ["no li", "no li"]


def test_measures_of_prose():
    training = "the cat sat on the mat and looked at the dog for a while\n"
    text = f"the dog zat {training[:45]}"
    result = measure([text, "#" * 40], [text], "shakespeare", SuffixArray(training))
    known = len(words(text)) - 1  # all but "zat"
    assert result["words_in_training"][:2] == (pytest.approx(known / (known + 1)), known + 1)
    windows = len(text) - 39
    assert result["windows_in_training"][:2] == (pytest.approx(6 / (windows + 1)), windows + 1)
    longest = len(f" {training[:45]}") - 1
    assert result["longest_copy"][:2] == ((longest + 0) / 2, 2)
    assert result["longest_copy_maximum"][:2] == (longest, 2)
    assert not any(name.startswith(("code", "poem", "verse")) for name in result)


def test_measures_of_poems():
    training = f"{FIVE * 2}\n{SEVEN * 2}\n"
    mixed = f"白日依山尽，一二三四五。六七八九十，黄河入海流。\n{FIVE}\n{FIVE * 2}"
    result = measure([mixed], [mixed], "tang", SuffixArray(training))
    assert result["poems_in_form"][:2] == (1 / 2, 2)
    assert result["verses_in_training"][:2] == (4 / 6, 6)
    assert "words_in_training" not in result
    assert "windows_in_training" not in result


def test_measures_of_rhyme_and_tone_are_of_poems_in_form():
    regulated = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
    old = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"  # rhymes, but its tones are free
    unrhymed = regulated.replace("流", "山")
    result = measure_poems([regulated, old, unrhymed, "白日依山尽。", regulated.replace("流", "囧")], [old])
    assert result["poems_in_form"][:2] == (4 / 5, 5)
    assert result["poems_rhyming"][:2] == (2 / 3, 3)  # that of 囧 is not known
    assert result["poems_regulated"][:2] == (2 / 3, 3)
    assert result["verses_alternating"].n == 16
    value, n, beside = result["favourite_pair"]
    assert n == 17
    assert value == max(beside.values())
    assert {"不可", "不知"} <= beside.keys()


def test_the_figures_of_poems_stand_beside_those_of_shuffled_ones(model, monkeypatch):
    poem = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n"
    monkeypatch.setattr(
        samples, "generate", lambda _, requests: [TextResult(request, poem) for request in requests]
    )
    named = samples.figures(model, "tang", poem * 9, poem * 9, count=2)
    for name in ("poems_rhyming", "poems_regulated", "verses_alternating"):
        figure = named[f"{name}_at_0.8"]
        assert figure.value == figure.beside["held-out"] == 1
        assert figure.beside["held-out, shuffled"] < 1
        assert "seeds 0 to 1, temperature 0.8" in figure.protocol
    assert named["favourite_pair_at_0.5"].value == 1
    typical = named["favourite_pair_at_0.05_typical_p_0.4"]
    assert "seeds 0 to 1, temperature 0.05, typical-p 0.4; held-out" in typical.protocol


def test_poems_are_also_drawn_from_the_typical_characters(model, monkeypatch):
    captured = []
    monkeypatch.setattr(
        samples,
        "generate",
        lambda _, requests: captured.extend(requests) or [TextResult(request, "\n") for request in requests],
    )
    samples.figures(model, "tang", "\n" * 9, "\n" * 9, count=1)
    assert [(r.temperature, r.typical_p) for r in captured if r.typical_p < 1] == [(0.05, 0.4), (0.5, 0.4)]


def test_measures_of_code():
    result = measure(["x = 1\n", "x = )\n"], ["x = 1\n"], "python", SuffixArray("y = 2\n"))
    assert result["code_valid_so_far"][:2] == (1 / 2, 2)
    assert result["code_compiling_prefix"][:2] == (1 / 2, 2)


def test_the_figures_of_a_model_say_how_they_came_about(model, monkeypatch):
    monkeypatch.setattr(samples, "LENGTH", 60)
    captured = []
    generate = samples.generate
    monkeypatch.setattr(samples, "generate", lambda m, requests: captured.extend(requests) or generate(m, requests))
    named = samples.figures(model, "python", "abc def\n" * 50, "abc xyz\n" * 50, count=2)
    assert [(r.prompt, r.length, r.temperature, r.top_p, r.seed) for r in captured] == [
        ("", 60, temperature, top_p, seed)
        for temperature, top_p in ((0.5, 1.0), (0.8, 1.0), (1.0, 1.0), (1.0, 0.8))
        for seed in (0, 1)
    ]
    for name, figure in named.items():
        assert math.isfinite(figure.value)
        assert "seeds 0 to 1, temperature" in figure.protocol
        settings = name.rpartition("_at_")[2].replace("_top_p_", ", top-p ")
        assert f"temperature {settings};" in figure.protocol
    assert named["words_in_training_at_0.8"].beside == {"held-out": 0.5}
    assert named["longest_copy_at_0.8"].n == named["code_valid_so_far_at_1"].n == 2
    assert named["longest_copy_at_0.8"].beside == {"held-out": 5}  # "\nabc "
    written = [result.text for result in generate(model, captured[2:4])]
    copies = [_longest_by_trying("abc def\n" * 50, text) for text in written]
    assert named["longest_copy_at_0.8"].value == sum(copies) / 2
    assert named["longest_copy_maximum_at_0.8"].value == max(copies)
