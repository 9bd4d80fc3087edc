"""A teacher walks through both lessons with an open room, and thirty phones answer each question."""

import re

import pytest
from playwright.sync_api import expect

from genai.lesson.content import lesson
from tests.browser.phones import Phones
from tests.browser.test_class import find, violations

pytestmark = pytest.mark.browser

LESSON = "#lab-lesson aside"
PHONES = 30
ALL_ANSWERED = {"en": "30 of 30 have answered", "zh-CN": "30 人中 30 人已回答"}


@pytest.fixture(scope="module")
def server(toured):
    """Address of the page with tiny networks that have what the activities need."""
    return toured


@pytest.fixture
def in_class(visit, server):
    """Open a lesson for its teacher, with an open room that all phones are in."""
    joined = []

    def open_lesson(name, language):
        page = visit(f"?lesson={name}&step=1&teacher=1&lang={language}")
        page.wait_for_function("window.lab?.room")
        assert page.evaluate("lab.room.open()")
        expect(find(page, "room-name")).to_be_visible()
        code = re.search("#class=([A-Z]{4})", page.url)[1]
        joined.append(Phones(server, code, PHONES))
        expect(find(page, "room-name")).to_contain_text(str(PHONES))
        return page, joined[-1]

    yield open_lesson
    for phones in joined:
        phones.close()


@pytest.mark.parametrize(("name", "language"), [("what", "en"), ("gan", "zh-CN")])
def test_a_class_answers_and_plays_in_each_step(in_class, name, language):
    page, phones = in_class(name, language)
    steps = lesson(name)["steps"]
    for number, step in enumerate(steps, start=1):
        expect(page.locator(f"{LESSON} nav [aria-current=step]")).to_have_attribute("data-number", str(number))
        for question in step.get("questions", [step]):
            all_answer(page, phones, question, language)
        if step.get("activity"):
            play(page, step["activity"]["name"])
        else:
            expect(find(page, "play-class")).to_be_hidden()
        if number in (2, len(steps)):
            assert violations(page, LESSON) == []
        if number < len(steps):
            page.locator(f"{LESSON} [data-action=next]").click()
    assert page.evaluate("lab.room.end()")
    expect(find(page, "room-name")).to_be_hidden()


def all_answer(page, phones, question, language):
    """Ask the class, let all phones vote, and show the answer."""
    before = phones.turn
    find(page, "ask-class").click()
    bars = page.locator(f"{LESSON} [data-part=bars] li")
    answers = question["answers"]
    expect(bars.first.locator(".t:visible")).to_have_text(answers[0]["text"][language])
    expect(find(page, "class-answered")).to_contain_text("0")
    assert phones.turn != before
    phones.vote(phones.turn, len(answers))
    expect(find(page, "class-answered").locator(".t:visible")).to_have_text(ALL_ANSWERED[language])
    assert sum(map(int, bars.locator("b").all_text_contents())) == PHONES
    find(page, "show-class").click()
    right = next(n for n, answer in enumerate(answers) if answer.get("happens") or answer.get("right"))
    expect(bars.nth(right)).to_have_class("is-right")


def play(page, activity):
    """Start the step's activity, and see its screen, or the reason why it cannot begin."""
    find(page, "play-class").click()
    if activity == "real_or_made":  # the judge knows ten kinds of clothes, and the tiny model two
        expect(find(page, "class-trouble")).not_to_be_empty()
    else:
        expect(page.locator(f"#learn-class [data-screen={activity}]")).to_be_visible()
        expect(find(page, "class-trouble")).to_be_hidden()
    expect(find(page, "play-class")).to_be_enabled()
