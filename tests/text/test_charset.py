"""The encoding of text files: what is nearly UTF-8, what is guessed, and what is said about it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai.errors import ConfigError, DataError
from genai.text.charset import decode

POEM = "人生若只如初见，何事秋风悲画扇。等闲变却故人心，却道故人心易变。骊山语罢清宵半，泪雨霖铃终不怨。\n"
ENGLISH = "the bird’s song\nRiver the birds moon while the moon “home”.\n"
COMMON = st.sampled_from(
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后abc，。 \n"
)


@settings(deadline=None, max_examples=60)
@given(st.text(COMMON))
def test_encodings_round_trip(text):
    text = POEM * 3 + text
    assert decode(text.encode("gb18030"), "own.txt") == text
    assert decode(text.encode(), "own.txt") == text
    assert decode(b"\xef\xbb\xbf" + text.encode(), "own.txt") == text


def test_line_ends_become_line_feeds():
    assert decode(b"a\r\nb\rc\nd", "own.txt") == "a\nb\nc\nd"


def test_one_odd_byte_in_utf8_is_read_as_windows_wrote_it_and_told(capsys):
    """Curly quotes in UTF-8, and one that an old program pasted: the bytes alone would pass for Mac Icelandic."""
    text = "And sing while of we moon.\n" + ENGLISH * 40
    data = text.encode().replace("’".encode(), b"\x92", 1)
    assert decode(data, "own.txt") == text
    line = "own.txt is read as utf-8. Bytes that are no characters of it: 1 (0x92 in line 2, read as ’).\n"
    assert capsys.readouterr().err == line


@pytest.mark.parametrize(
    ("damage", "expected", "told"),
    [
        (lambda data: data[:-1], POEM * 20 + "完", "0xE4 0xBA in line 21, left out"),
        (lambda data: data[:-2], POEM * 20 + "完", "0xE4 in line 21, left out"),
        (lambda data: data[:9] + b"\0" + data[9:], POEM * 20 + "完了", "0x00 in line 1, left out"),
        (lambda data: data[:1] + data[2:], POEM[1:] + POEM * 19 + "完了", "0xE4 0xBA in line 1, left out"),
        (lambda data: data[1:], POEM[1:] + POEM * 19 + "完了", "0xBA 0xBA in line 1, left out"),
        (lambda data: data.replace(b"\n", b"\n\xff", 5), POEM * 20 + "完了", ": 5 (0xFF in line 2, left out; "),
    ],
    ids=["cut by one byte", "cut by two", "a zero byte", "a byte lost", "begun in a character", "many"],
)
def test_damaged_utf8_stays_utf8(damage, expected, told, capsys):
    assert decode(damage((POEM * 20 + "完了").encode()), "own.txt") == expected
    said = capsys.readouterr().err
    assert "own.txt is read as utf-8." in said
    assert told in said


def test_plain_english_with_a_zero_byte(capsys):
    assert decode(b"to be" + b" or not to be\n" * 30 + b"\0", "own.txt") == "to be" + " or not to be\n" * 30
    assert "0x00 in line 31, left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1252",
            "Parfois, à peine ma bougie éteinte, mes yeux se fermaient si vite que je n'avais pas le temps.",
        ),
        ("cp1252", "En un lugar de la Mancha vivía un hidalgo de adarga antigua y rocín flaco; algún año, mañana."),
        ("cp1252", "Não sei se é amor, se é saudade. As manhãs são frias e os corações são lentos."),
        ("cp1252", "Det var en gång en flicka som hette Åsa, och hon bodde på en ö långt ute i havet."),
        ("cp1250", "Litwo! Ojczyzno moja! ty jesteś jak zdrowie; dziś piękność twą w całej ozdobie widzę."),
        ("cp1251", "Я помню чудное мгновенье: передо мной явилась ты, как мимолётное виденье."),
        ("cp1252", "It’s the bird’s song, he said, “and not the moon’s”. We walked — slowly — home…"),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy. Byl pozdní večer, první máj, byl lásky čas."),
        ("iso8859-2", "Příliš žluťoučký kůň úpěl ďábelské ódy. Byl pozdní večer, první máj, byl lásky čas."),
        ("iso8859-2", "Litwo! Ojczyzno moja! ty jesteś jak zdrowie; dziś piękność twą w całej ozdobie widzę."),
        ("cp1250", "Hazádnak rendületlenűl légy híve, oh magyar; bölcsőd az s majdan sírod is. Őrült tűz."),
        ("cp1254", "Korkma, sönmez bu şafaklarda yüzen al sancak; sönmeden tüten en son ocak. Iğdır."),
        ("koi8-r", "Я помню чудное мгновенье: передо мной явилась ты, как мимолётное виденье."),
        ("cp1253", "Σε γνωρίζω από την κόψη του σπαθιού την τρομερή, σε γνωρίζω από την όψη."),
        ("cp932", "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"),
        ("big5", "話說天下大勢，分久必合，合久必分。周末七國分爭，并入於秦。"),
        ("cp949", "나 보기가 역겨워 가실 때에는 말없이 고이 보내 드리오리다."),
    ],
)
def test_old_encodings_of_many_languages(encoding, text):
    assert decode((text * 3).encode(encoding), "own.txt") == text * 3
    lines = f"{text}\n" * 100
    data = lines.encode(encoding)
    middle = data.index(b"\n", len(data) // 2)
    for odd in (b"\xff", b"\0"):  # it spoils its own line at most
        damaged = decode(data[:middle] + odd + data[middle:], "own.txt").split("\n")
        assert [line for line in damaged if line != text] in ([""], [damaged[50], ""])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(encoding):
    for text in (POEM * 5, ENGLISH * 5):
        assert decode(text.encode(encoding), "own.txt") == text


def test_a_guess_is_told_with_a_line_of_the_text(capsys):
    decode(("so it begins\n" + POEM * 5).encode("gb18030"), "诗.txt")
    line = f"诗.txt is read as gb18030, which is a guess. A line of it is “{POEM[:60].strip()}”. "
    assert capsys.readouterr().err == line + "If that is wrong, name the encoding with --encoding.\n"


@pytest.mark.parametrize("text", [POEM, ENGLISH, "plain"])
def test_nothing_is_said_of_whole_utf8(text, capsys):
    decode(text.encode(), "own.txt")
    assert capsys.readouterr().err == ""


def test_a_named_encoding_is_taken_without_a_guess(capsys):
    polish = "Dziś piękność twą w całej ozdobie widzę. " * 9
    assert decode(polish.encode("iso8859-13"), "own.txt", "iso8859-13") == polish
    assert decode(POEM.encode("utf-16"), "own.txt", "utf-16") == POEM
    assert decode(POEM.encode("utf-8-sig"), "own.txt", "UTF8") == POEM
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["gb-18030-x", "hex", "rot13", "?"])
def test_an_encoding_that_does_not_exist_is_a_sentence(name):
    with pytest.raises(ConfigError, match="there is no encoding of that name"):
        decode(b"abc", "own.txt", name)


def test_a_named_encoding_that_does_not_fit_is_refused():
    with pytest.raises(DataError, match=r"own\.txt is not text in utf-8: \d+ places .* 0xC8 0xCB 0xC9 … in line 1"):
        decode((POEM * 5).encode("gb18030"), "own.txt", "utf-8")


def test_a_long_line_of_another_encoding_takes_no_time():
    """Every byte of it is odd in UTF-8."""
    text = "Größe, weiß, süß; " * 50_000
    assert decode(text.encode("cp1252"), "own.txt") == text
