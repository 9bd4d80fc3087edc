"""A text appears at the pace that was chosen, with the strip in motion; all of it is there from the start."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, generate, go, set_seed, shown

pytestmark = pytest.mark.browser
LINK = "?tab=text&length=300&prompt=AB&seed=3&temperature=0.8&lang=en"
LONG = LINK.replace("length=300", "length=1500")
"""So long that a busy machine sees it being written, at the readable pace for a minute."""
VIEW = "#text-view"
WRITING = re.compile("is-writing")


def view(page):
    return page.locator(f"{VIEW} > .is-writing, {VIEW} .is-writing, {VIEW}.is-writing").first


def unpainted(page):
    """How many characters are not painted yet."""
    return page.evaluate("[...(CSS.highlights.get('lab-ahead') ?? [])].map((r) => r.toString().length)[0] ?? 0")


def test_the_whole_text_is_there_and_is_painted_bit_by_bit(visit):
    page = visit(LONG, pace=None)
    finished(page, "text")
    expect(view(page)).to_be_visible()
    assert len(shown(page, "text")) == 1500  # for screen readers, and for whoever copies it
    expect(page.locator(f"{VIEW} [name=lab-pace]:checked")).to_have_value("readable")
    first = unpainted(page)
    page.wait_for_timeout(500)
    assert 0 < unpainted(page) < first < 1500
    text = "AB" + shown(page, "text")
    seen = set()
    for _ in range(50):  # the strip moves with the text, and is of the letter that it names
        state = page.locator(f"{VIEW} .lab-strip").evaluate(
            """strip => ['strip-place', 'strip-letter'].map((name) =>
                strip.querySelector(`[data-part=${name}]`).textContent)"""
        )
        number = int(state[0].split("/")[0])
        assert state[1] == {" ": "␣", "\n": "↵", "\t": "⇥"}.get(text[number - 1], text[number - 1])
        seen.add(number)
        if len(seen) == 3:
            break
        page.wait_for_timeout(200)
    assert len(seen) == 3


def test_a_click_skips_to_the_end(visit):
    page = visit(LINK, pace="letter")
    finished(page, "text")
    expect(view(page)).to_be_visible()
    skip = page.locator(f"{VIEW} .lab-pace-skip")
    expect(skip).to_be_visible()
    page.locator(f"{VIEW} .lab-page").click()
    expect(view(page)).to_have_count(0)
    expect(skip).to_be_hidden()
    assert unpainted(page) == 0
    page.locator(f"{VIEW} [data-action=after]").click()  # the strip goes on from where it was
    expect(page.locator(f"{VIEW} [data-part=strip-odds] rect.chosen")).to_have_count(1)
    set_seed(page, "text", 4)
    generate(page, "text")
    expect(view(page)).to_be_visible()
    page.locator(f"{VIEW} .lab-page").press("Escape")
    expect(view(page)).to_have_count(0)


def test_letter_by_letter_the_strip_shows_each_letter(visit):
    page = visit(LINK, pace="letter")
    finished(page, "text")
    expect(page.locator(f"{VIEW} [data-part=strip-place]")).to_have_text(re.compile(r"^([5-9]|\d\d) /"))
    numbers = set()
    while len(numbers) < 6:
        number, ahead = page.evaluate(
            """[document.querySelector('#text-view [data-part=strip-place]').textContent,
                [...CSS.highlights.get('lab-ahead')][0].toString().length]"""
        )
        numbers.add(int(number.split("/")[0]))
        assert int(number.split("/")[0]) + ahead == 302  # it is of the last letter that is painted
        page.wait_for_timeout(50)
    set_seed(page, "text", 4)
    generate(page, "text")  # in the middle of the text before
    expect(page.locator(f"{VIEW} [data-part=strip-place]")).to_have_text(re.compile(r"^([3-9]|\d\d) /"))


def test_the_choice_is_kept_and_acts_at_once(visit):
    page = visit(LINK, pace=None)
    finished(page, "text")
    expect(view(page)).to_be_visible()
    page.locator(f"{VIEW} [name=lab-pace][value=fast]").check()
    expect(view(page)).to_have_count(0)
    page.reload()
    finished(page, "text")
    expect(page.locator(f"{VIEW} [name=lab-pace]:checked")).to_have_value("fast")
    expect(view(page)).to_have_count(0)
    assert unpainted(page) == 0


def test_people_who_asked_for_less_motion_see_a_text_at_once(visit):
    page = visit(LINK, pace=None, calm=True)
    finished(page, "text")
    expect(page.locator(f"{VIEW} [name=lab-pace]:checked")).to_have_value("fast")
    assert unpainted(page) == 0


def test_an_opening_and_an_x_rayed_text_are_there_at_once(visit):
    page = visit("?tab=text", pace="letter")
    assert shown(page, "text")
    assert unpainted(page) == 0
    set_seed(page, "text", 8)
    generate(page, "text")
    expect(view(page)).to_be_visible()
    page.locator(f"{VIEW} .lab-xray > summary").click()
    expect(view(page)).to_have_count(0)
    set_seed(page, "text", 9)
    generate(page, "text")
    expect(view(page)).to_have_count(0)


def test_stop_keeps_what_was_seen(visit):
    page = visit(LONG, pace="readable")
    finished(page, "text")
    whole = shown(page, "text")
    page.wait_for_function("() => [...CSS.highlights.get('lab-ahead')][0].toString().length < 1480")
    page.locator("#text-stop").click()
    expect(page.locator(f"{VIEW} [data-part=stopped]")).to_be_visible()
    expect(view(page)).to_have_count(0)
    kept = shown(page, "text")
    assert 10 < len(kept) < 1490
    assert whole.startswith(kept)
    assert f"length={len(kept)}&" in page.url
    go(page, "image")
    go(page, "text")  # which builds the view anew
    assert shown(page, "text") == kept


def test_the_page_s_own_texts_end_with_a_line_and_a_link_brings_them_back(visit):
    page = visit("?tab=text&length=50&seed=3&temperature=0.8&lang=en")
    finished(page, "text")
    assert len(shown(page, "text")) == 50  # a link from before
    page.locator("#text-finer").click()
    page.locator("#text-finish input").check()
    lengths = set()
    for seed in (3, 4, 5):
        set_seed(page, "text", seed)
        text = generate(page, "text")
        assert "finish=1" in page.url
        lengths.add(len(text))
        other = visit(page.url.split("/", 3)[3])
        finished(other, "text")
        assert shown(other, "text") == text
    assert max(lengths) > 50
    assert all(50 <= length <= 130 for length in lengths)
