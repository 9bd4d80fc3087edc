"""What the scripts of the instruments say."""

from genai.audio.page.instruments import PARTS, PHRASES, phrases
from genai.language.strings import LANGUAGES


def test_the_phrases_of_the_scripts_are_there_in_both_languages():
    scripts = "".join(part.with_suffix(".js").read_text(encoding="utf-8") for part in PARTS)
    assert {name for name in PHRASES if f'"{name}"' in scripts} == set(PHRASES)
    assert all(set(text) == set(LANGUAGES) for text in phrases().values())
