"""Questions that the server refuses or that do not reach it: said, and asked again at the next press."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, open_tab

pytestmark = pytest.mark.browser

LOST = re.compile("No answer came")
REFUSE = """
    const send = window.fetch;
    window.refused = new Set();
    window.fetch = (address, options) => {
        const isQuestion = String(address).includes("/component_server");
        const name = isQuestion && JSON.parse(options.body).fn_name;
        return refused.delete(name) ? Promise.resolve(new Response("", {status: 429})) : send(address, options);
    };
"""
"""Refuse the next question of each name in the set `refused`, as the guard does after too many in a minute."""


def refuse_once(page, *names):
    page.evaluate("names => names.forEach(name => refused.add(name))", names)


def is_refused(page):
    page.wait_for_function("() => !refused.size")


def test_classes_are_counted_at_the_second_press(visit):
    page = visit("?tab=audio&seed=5&lang=en", script=REFUSE)
    finished(page, "audio")
    census = page.locator("#audio-view .lab-census")
    refuse_once(page, "classes")
    census.locator("summary").click()
    expect(census.locator("[data-part=census-none]")).to_have_text(LOST, use_inner_text=True)
    census.locator("summary").click()
    census.locator("summary").click()
    refuse_once(page, "census")
    census.locator("[data-action=census]").click()
    expect(census.locator("[data-part=census-error]")).to_have_text(LOST, use_inner_text=True)
    census.locator("[data-action=census]").click()
    expect(census.locator("[data-part=census-run]")).to_contain_text("from 5", timeout=60_000)
    expect(census.locator("[data-part=census-error]")).to_be_hidden()


def test_a_text_s_twin_is_written_when_the_fold_is_opened_again(visit):
    page = visit("?tab=text&model=shakespeare&length=80&prompt=AB&seed=3&lang=en", script=REFUSE)
    finished(page, "text")
    beside = page.locator("#text-view .lab-beside")
    refuse_once(page, "beside")
    beside.locator("> summary").click()
    expect(beside.locator("[data-part=beside-error]")).to_have_text(LOST, use_inner_text=True)
    expect(beside.locator("[data-part=beside-working]")).to_be_hidden()
    for _ in range(2):
        beside.locator("> summary").click()
    expect(beside.locator("[data-column='1'] [data-part=beside-text]")).not_to_be_empty()


def test_a_picture_is_looked_into_when_the_fold_is_opened_again(visit):
    page = visit("?tab=image&seed=5&lang=en", script=REFUSE)
    finished(page, "image")
    refuse_once(page, "inside")
    page.locator("#image-view .lab-wall button").first.click()
    fold = page.locator("#image-view [data-part=inside]")
    fold.locator("> summary").click()
    expect(fold.locator("[data-part=inside-error]")).to_have_text(LOST, use_inner_text=True)
    for _ in range(2):
        fold.locator("> summary").click()
    expect(fold.locator("[data-part=inside-body]")).to_be_visible()


def test_a_game_is_neither_left_nor_stuck(visit):
    page = visit("?tab=learn&part=game&game=blobs,relativistic,2,8,32,0.01,0.01,1,0.1,adam,3&lang=en",
                 script=REFUSE, calm=True)  # fmt: skip
    view = page.locator("#learn-game-view")
    trouble = view.locator("[data-part=game-error]")
    page.wait_for_function("window.labGame?.state")
    view.locator("[data-do=both]").click()
    page.wait_for_function("labGame.state.step === 1")
    refuse_once(page, "act")
    view.locator("[data-part=back]").fill("0")
    expect(trouble).to_have_text(LOST, use_inner_text=True)
    assert page.evaluate("labGame.state.step") == 1
    view.locator("[data-do=both]").click()
    expect(view.locator("[data-part=back-shown]")).to_have_text("2")
    expect(trouble).to_be_hidden()
    game = page.evaluate("labGame.id")
    open_tab(page, "text")
    refuse_once(page, "act")
    open_tab(page, "learn")
    is_refused(page)
    expect(trouble).to_have_text(LOST, use_inner_text=True)
    view.locator("[data-do=both]").click()
    page.wait_for_function("labGame.state.step === 3")
    assert page.evaluate("labGame.id") == game


def test_own_data_is_kept_when_more_does_not_arrive(visit):
    page = visit("?tab=learn&part=train&lang=en", script=REFUSE)
    view = page.locator("#learn-train-view")
    items = view.locator("[data-part=items] li")

    def paste(text):
        view.locator("[data-part=pasted]").fill(text)
        view.locator("[data-action=paste]").click()

    paste("One.")
    expect(items).to_have_count(1)
    refuse_once(page, "add", "collection")
    paste("Two.")
    expect(view.locator("[data-part=trouble]")).to_have_text(LOST, use_inner_text=True)
    is_refused(page)
    expect(view.locator("[data-part=pasted]")).to_have_value("Two.")
    view.locator("[data-action=paste]").click()
    expect(items).to_have_text([re.compile("One"), re.compile("Two")])


def test_a_teacher_returns_to_the_room_once_the_server_answers(visit):
    page = visit("?tab=learn&part=class&lang=en", script=REFUSE + "refused.add('room_again');")
    page.locator("[data-press=open]").click()
    code = page.locator("[data-part=class-code]")
    expect(code).to_have_text(re.compile("^[A-HJ-NP-Z]{4}$"))
    word = code.text_content()
    page.reload()
    is_refused(page)
    expect(code).to_have_text(word)
