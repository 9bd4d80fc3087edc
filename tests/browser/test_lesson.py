"""A teacher's walk through a lesson, the class's view beside it, the quiz and the hand-outs on paper."""

import re

import pytest
from playwright.sync_api import expect

from genai.language.strings import LANGUAGES
from genai.lesson.content import LESSONS, lesson, quiz
from tests.browser.parts import open_tab

LESSON = "#lab-lesson aside"
# An arrow key that something on the page uses, such as the keys of a piano.
USED_KEY = """(node) => {
  node.addEventListener("keydown", (event) => event.preventDefault(), {once: true});
  node.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, cancelable: true}));
}"""


def at_step(page, number):
    expect(page.locator(f"{LESSON} nav [aria-current=step]")).to_have_attribute("data-number", str(number))


def test_a_teacher_walks_through_a_lesson_and_the_class_follows(visit, server):
    page = visit("?lesson=gan&step=1&teacher=1&lang=en")
    at_step(page, 1)
    expect(page.locator(f"{LESSON} [data-part=before] li").first).to_be_visible()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Image")
    page.locator(f"{LESSON} [data-action=clock]").click()
    expect(page.locator(f"{LESSON} [data-part=clock-stop]")).to_be_visible()
    of_class = page.context.new_page()
    of_class.goto(f"{server}/?lesson=gan&step=1&lang=zh-CN")
    at_step(of_class, 1)
    expect(of_class.locator(f"{LESSON} [data-part=notes]")).to_be_hidden()
    page.locator(f"{LESSON} [data-part=step-title]").press("ArrowRight")
    at_step(page, 2)
    page.locator(f"{LESSON} [data-part=step-title]").evaluate(USED_KEY)
    at_step(page, 2)
    at_step(of_class, 2)
    expect(of_class.locator(f"{LESSON} [data-part=step-title]")).to_contain_text("两个玩家")
    of_class.close()
    page.locator(f"{LESSON} [data-action=next]").click()
    at_step(page, 3)
    expect(page).to_have_url(re.compile(r"tab=learn&part=game.*lesson=gan&step=3&teacher=1"))
    plane_step_shows_its_numbers(page)
    page.locator(f"{LESSON} [data-action=step]").nth(6).click()
    at_step(page, 7)
    page.locator(f"{LESSON} [data-part=questions] li").first.locator("button").nth(1).click()
    expect(page.locator(f"{LESSON} .lab-question-reason").first).to_contain_text("noise")
    page.reload()
    at_step(page, 7)
    expect(page.locator(f"{LESSON} [data-part=clock-stop]")).to_be_visible()  # it goes on
    page.go_back()
    at_step(page, 3)


def test_the_clock_stands_once_the_lesson_is_closed(visit):
    page = visit("?lesson=gan&step=1&teacher=1&lang=en")
    at_step(page, 1)
    panel = page.locator(LESSON)
    assert panel.evaluate("node => getComputedStyle(node).width") == "456px"  # wider than a tour's
    panel.locator("[data-action=clock]").click()
    panel.locator("[data-action=leave].close").click()
    expect(panel).to_be_hidden()
    kept = "() => sessionStorage['genai-lab-lesson-clock']"
    before = page.evaluate(kept)
    page.wait_for_timeout(1500)  # the clock is drawn each second
    assert page.evaluate(kept) == before


def plane_step_shows_its_numbers(page):
    page.locator(f"{LESSON} [data-action=answer]").nth(1).click()
    page.locator(f"{LESSON} [data-action=show]").click()
    expect(page.locator(f"{LESSON} [data-part=busy]")).to_be_visible()
    expect(page.locator(f"{LESSON} [data-part=busy]")).to_be_hidden(timeout=60_000)
    page.locator(f"{LESSON} [data-part=ask]").click()
    told = page.locator(f"{LESSON} [data-part=why] [data-number]:visible").all_text_contents()
    assert int(told[0]) >= 300
    assert told[0] == page.locator("#learn-game [data-part=back-shown]").text_content()
    assert told[1] == page.locator("#learn-game [data-part=v-now-number]").text_content()


def test_a_locked_step_shows_only_what_it_needs(visit):
    page = visit("?lesson=gan&step=3&lock=1&lang=zh-CN")
    expect(page.locator("#learn-game canvas").first).to_be_visible()
    for hidden in ("#lab-header", "#learn-parts", f"{LESSON} nav", f"{LESSON} [data-part=clock]"):
        expect(page.locator(hidden)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    title = page.locator(f"{LESSON} [data-part=step-title]")
    expect(title).to_have_attribute("aria-level", "1")  # the page's own title is hidden
    expect(title).to_contain_text("平面上的整场博弈")


def test_lessons_are_chosen_and_the_quiz_is_answered_in_the_learn_tab(visit):
    page = visit("?tab=learn&part=lesson&lang=en", width=390)
    expect(page.locator("#learn-lesson article")).to_have_count(len(LESSONS))
    page.locator("#learn-lesson summary").click()
    items = page.locator("#learn-lesson [data-part=questions] > li")
    for n, question in enumerate(quiz()["questions"]):
        right = next(place for place, answer in enumerate(question["answers"]) if answer.get("right"))
        items.nth(n).locator("button").nth(right if n else 0).click()
    expect(page.locator("#learn-lesson [data-part=score]")).to_contain_text("9 of 10")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#learn-lesson [data-for=class]").first.click()
    at_step(page, 1)
    page.locator(f"{LESSON} [data-action=leave].close").click()
    expect(page.locator("#learn-lesson article").first).to_be_visible()
    open_tab(page, "text")
    expect(page.locator(LESSON)).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hand_out_is_two_pages_of_a4_or_letter(visit, language):
    page = visit(f"?lesson={LESSONS[0]}&print=1&lang={language}")
    for name in LESSONS:
        address = f"?lesson={name}&print=1&lang={language}"
        page.evaluate(
            "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }",
            address,
        )
        expect(page.locator("#lab-lesson [data-part=handout]")).to_have_attribute("data-ready", name)
        expect(page.locator("#lab-lesson h1 .t:visible")).to_have_text(lesson(name)["title"][language])
        for paper in ("A4", "Letter"):
            pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))
            assert len(pages) == 2, (name, paper)
