"""A class on its phones: a teacher's page and phones in one browser."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import violations_now as violations
from tests.browser.test_train import again

pytestmark = pytest.mark.browser


def find(page, name):
    return page.locator(f"[data-part={name}]")


def choice(page, index):
    return find(page, "poll-choices").locator("button").nth(index)


def bar(page, index):
    return find(page, "poll-bars").locator(".lab-poll-count").nth(index)


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.fixture
def code(teacher):
    return find(teacher, "class-code").inner_text()


def ask(teacher):
    """Ask the first question about pictures; its second answer is the right one."""
    teacher.locator(".lab-poll-list summary").nth(1).click()
    teacher.locator(".lab-poll-list button:visible").first.click()


def test_a_class_votes_and_everybody_comes_back_to_where_they_were(visit, teacher, code):
    expect(find(teacher, "class-qr")).to_have_js_property("complete", True)
    phone = visit(f"?room={code.lower()}", locale="zh-CN", width=390, dark=True)
    expect(find(phone, "pupil-wait")).to_be_visible()
    expect(phone.locator("#lab-tabs")).to_be_hidden()
    expect(find(teacher, "class-seats")).to_contain_text("1 phone")
    ask(teacher)
    choice(phone, 0).click()
    expect(bar(teacher, 0)).to_have_text("1 · 100 %")
    choice(phone, 1).click()
    expect(bar(teacher, 1)).to_have_text("1 · 100 %")
    expect(bar(teacher, 0)).to_have_text("0 · 0 %")

    late = visit(f"?room={code}", width=390)
    choice(late, 0).click()
    expect(bar(teacher, 0)).to_have_text("1 · 50 %")
    expect(find(teacher, "poll-answered")).to_contain_text("2 of 2")
    expect(teacher.locator(".lab-poll-bar.is-right")).to_have_count(0)

    phone = again(phone)
    expect(choice(phone, 1)).to_have_attribute("aria-pressed", "true")
    late.evaluate("localStorage.clear()")
    late = again(late)
    expect(choice(late, 0)).to_have_attribute("aria-pressed", "true")
    teacher = again(teacher)
    expect(find(teacher, "class-code")).to_have_text(code)
    expect(find(teacher, "poll-answered")).to_contain_text("2 of 2")

    find(teacher, "poll-reveal").click()
    expect(find(phone, "poll-said")).to_contain_text("对：从噪声开始")
    expect(choice(phone, 0)).to_be_disabled()
    expect(teacher.locator(".lab-poll-bar.is-right")).to_have_count(1)
    assert overflow(phone) == 0
    assert violations(phone, "#lab-room") == []
    assert violations(teacher, "#learn-class") == []

    teacher.locator("[data-press=end]").click()
    expect(find(phone, "pupil-ended")).to_be_visible()
    expect(find(teacher, "class-closed")).to_be_visible()
    assert "class=" not in teacher.url
    assert code not in json.dumps(phone.evaluate("({...localStorage})"))


def test_a_vote_without_a_connection_is_sent_once_it_is_back(visit, teacher, code):
    phone = visit(f"?room={code}", width=390)
    ask(teacher)
    choice(phone, 0).click()
    expect(bar(teacher, 0)).to_have_text("1 · 100 %")
    votes = re.compile("/component_server")
    phone.route(votes, lambda route: route.fulfill(json=None))  # as for a page that reaches the server no more
    choice(phone, 1).click()
    expect(find(phone, "pupil-trouble")).to_contain_text("sent by itself")
    choice(phone, 2).click()  # of two that wait the later one counts
    expect(choice(phone, 0)).to_have_attribute("aria-pressed", "true")
    phone.unroute(votes)
    expect(bar(teacher, 2)).to_have_text("1 · 100 %")
    expect(choice(phone, 2)).to_have_attribute("aria-pressed", "true")
    expect(find(phone, "pupil-trouble")).to_be_hidden()

    phone.route(votes, lambda route: route.fulfill(json=None))
    choice(phone, 1).click()
    expect(find(phone, "pupil-trouble")).to_contain_text("sent by itself")
    teacher.locator("[data-act=again]").click()
    expect(find(teacher, "poll-answered")).to_contain_text("0 of")
    phone.unroute(votes)
    expect(find(phone, "pupil-trouble")).to_contain_text("too late")
    expect(find(teacher, "poll-answered")).to_contain_text("0 of")


def test_the_room_stays_when_the_teacher_changes_language_and_tab(teacher, code):
    ask(teacher)
    expect(find(teacher, "poll-question")).to_contain_text("What does it start from")
    teacher.get_by_role("button", name="中文").click()
    expect(find(teacher, "poll-question")).to_contain_text("它从什么开始画")
    teacher.locator("#tab-image-button").click()
    teacher.locator("#tab-learn-button").click()
    expect(find(teacher, "class-code")).to_have_text(code)
    teacher.locator("[data-act=again]").click()
    expect(find(teacher, "poll-answered")).to_contain_text("0")


def test_other_views_start_an_activity_and_hear_of_the_votes(visit):
    page = visit("?tab=text")
    page.wait_for_function("window.lab?.room")
    assert page.evaluate("lab.room.isOpen()") is False
    page.evaluate("() => { window.seen = []; lab.room.watch((room) => seen.push(room)); }")
    text = {"en": "Which?", "zh-CN": "哪个？"}
    settings = {"question": text, "answers": [text, text]}
    assert page.evaluate("(settings) => lab.room.start('poll', settings)", settings)
    page.wait_for_function("seen.at(-1)?.activity === 'poll'")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('div'), {id: 'place'})); lab.room.place(place)"
    )
    expect(page.locator("#place [data-part=poll-question]")).to_contain_text("Which?")
    assert page.evaluate("lab.room.end()")
    page.wait_for_function("seen.at(-1) === null")


def test_a_wrong_code_is_a_sentence_and_the_right_one_can_be_typed(visit, teacher, code):
    phone = visit("?room=QQQQ", width=390)
    expect(find(phone, "pupil-trouble")).to_contain_text("four letters")
    box = find(phone, "pupil-again-code")
    box.fill(code.lower())
    box.press("Enter")
    expect(find(phone, "pupil-wait")).to_be_visible()
    assert f"room={code}" in phone.url
    phone.go_back()
    expect(find(phone, "pupil-trouble")).to_contain_text("four letters")
    phone.go_forward()
    expect(find(phone, "pupil-wait")).to_be_visible()
    teacher.locator("[data-press=lock]").click()
    expect(find(teacher, "class-lock")).to_have_attribute("aria-pressed", "true")
    other = visit(f"?room={code}", width=390)
    expect(find(other, "pupil-trouble")).to_contain_text("no more phones")
