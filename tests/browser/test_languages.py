"""Two languages of equal rank, on wide and narrow screens, light and dark."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import TABS, TITLES, go
from tests.browser.test_axe import use_theme

pytestmark = pytest.mark.browser
LOCALES = {"en": "en-US", "zh-CN": "zh-CN"}
HAN = re.compile(r"[\u4e00-\u9fff]")
VISIBLE_TEXT = """() => {
  const walker = document.createTreeWalker(document.querySelector('gradio-app'), NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.parentElement.checkVisibility() && node.textContent.trim()) texts.push(node.textContent.trim());
  return texts.concat([...document.querySelectorAll('[placeholder]')].map((e) => e.placeholder)).join('\\n');
}"""
# Names, units, keys and the example of a code are the same in both languages; so is what a model has written.
SHARED = re.compile(
    r"English|中文|Ctrl|MB|Hz|CC0-1\.0|nobody: random weights|Top-k|top-p|AI|ZIP|PNG|TXT|WAV|API|JULIET|LSTM|GPT"
    r"|shakespeare-gpt|shakespeare|ABCD"
)


def titles(page):
    return page.locator("#lab-tabs button[role=tab]")


@pytest.mark.parametrize(
    ("locale", "language"), [("en-US", "en"), ("zh-CN", "zh-CN"), ("zh-TW", "zh-CN"), ("fr-FR", "en")]
)
def test_the_browser_chooses(look, locale, language):
    page = look(locale=locale)
    expect(titles(page)).to_have_text(TITLES[language])
    expect(page.locator("html")).to_have_attribute("lang", language)  # a moment after the words, at times


def test_the_address_chooses_and_the_switch_is_remembered(visit):
    page = visit("?lang=zh-CN")
    assert page.evaluate("navigator.language") == "zh-CN"  # in which Gradio begins, before it has any component
    expect(titles(page)).to_have_text(TITLES["zh-CN"])
    go(page, "text")  # the opening fills the prompt when it comes
    page.locator("#text-prompt textarea").fill("typed before")
    page.locator("[data-language=en]").click()
    expect(titles(page)).to_have_text(TITLES["en"])
    expect(page.locator("[data-language=en]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#text-generate")).to_contain_text("Generate")
    expect(page.locator("#text-prompt textarea")).to_have_value("typed before")
    later = page.context.new_page()  # going on from the first would cut off what it still asks for
    later.goto(page.url.split("?")[0])
    expect(titles(later)).to_have_text(TITLES["en"])


@pytest.mark.parametrize("language", list(TITLES))
def test_one_language_at_a_time(look, language):
    page = look(locale=LOCALES[language])
    expect(titles(page)).to_have_text(TITLES[language])
    for tab in TABS:
        go(page, tab)
        expect(page.locator("body")).not_to_contain_text("Loading")  # Gradio's own, while it fetches a component
        words = page.evaluate(VISIBLE_TEXT)
        texts = f"#{tab}-view [data-part=written], .lab-strip .piece, #{tab}-card dd, .lab-problems"
        lines = "\n".join(page.locator(texts).all_inner_texts()).splitlines()
        for line in sorted(lines, key=len, reverse=True):  # a short one may be a piece of a long one
            words = words.replace(line, "")
        words = SHARED.sub("", words)
        if language == "en":
            assert HAN.findall(words) == []
        else:
            assert re.findall(r"[A-Za-z]{3,}", words) == []
        assert "[object" not in words
        assert "__i18n__" not in words


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", list(TITLES))
def test_a_phone_shows_all_without_scrolling_sideways(look, language, dark):
    page = look(locale=LOCALES[language], width=390)
    use_theme(page, "dark" if dark else "light")
    expect(titles(page)).to_have_text(TITLES[language])
    for tab in TABS:
        go(page, tab)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390
        for selector in (f"#{tab}-view", f"#{tab}-generate", ".lab-languages"):
            box = page.locator(selector).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390


def test_everything_is_reached_by_keyboard(visit):
    page = visit("?tab=text&lang=en")
    expect(page.locator("#text-view [data-part=body]")).to_be_visible()
    place = """() => { const e = document.activeElement;
      return e.closest('[id^=text-], .lab-languages')?.id || e.role || e.dataset.language || ''; }"""
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(place))
    controls = ("prompt", "model", "length", "temperature", "seed", "roll", "generate", "stop", "view")
    assert {"en", "zh-CN", "tab", *(f"text-{name}" for name in controls)} - reached == set()
