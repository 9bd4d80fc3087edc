"""Real or made? and Fool the discriminator: a teacher's page and a phone in one browser."""

import re

import pytest
from playwright.sync_api import expect

from genai.image.sources import peeps
from tests.browser.test_class import find, overflow, violations

pytestmark = pytest.mark.browser

ROUNDS = 4
VOTED = "Counted"
HOLD_FIRST_GAME = """
    const send = window.fetch;
    window.asked = [];
    window.fetch = async (address, options) => {
        if (!String(address).includes("/component_server")) return send(address, options);
        const { fn_name: name } = JSON.parse(options.body);
        const isFirst = name === "room_alone" && !asked.includes(name);
        asked.push(name);
        const answer = await send(address, options);
        if (isFirst) await new Promise((wait) => (window.release = wait));
        return answer;
    };
"""
"""Hold the answer to the first question for a game to play alone."""


@pytest.fixture(scope="module")
def server(toured):
    """Address of the page with tiny networks that have discriminators."""
    return toured


@pytest.fixture
def phone(visit, teacher):
    return visit(f"?room={find(teacher, 'class-code').inner_text()}", width=390, dark=True)


def choose(page, activity):
    page.locator(f"[data-press=choose][data-name={activity}]").click()


def test_a_class_votes_on_four_sounds_with_advice_and_sees_the_board(teacher, phone):
    choose(teacher, "real_or_made")
    expect(find(teacher, "made-models").locator("button")).to_have_count(3)
    settings = {"modality": "audio", "model": "digits", "rounds": ROUNDS, "advice": True}
    assert teacher.evaluate("(settings) => lab.room.start('real_or_made', settings)", settings)
    find(teacher, "class-along").click()  # the teacher plays too: the second seat, so that one of both gets advice
    own = teacher.locator("[data-phone=real_or_made]")
    advice = [find(page, "made-phone-advice") for page in (phone, teacher)]
    is_advised = advised(advice[0])
    expect(advice[1]).to_contain_text("without advice" if is_advised else "iscriminator says")
    for number in range(ROUNDS):
        expect(find(phone, "made-phone-where")).to_contain_text(f"Round {number + 1} of {ROUNDS}")
        phone.locator("[data-vote=real]").click()
        own.locator("[data-vote=made]").click()
        expect(find(phone, "made-phone-said")).to_contain_text(VOTED)
        expect(find(teacher, "made-answered")).to_contain_text("2 of 2")
        expect(find(teacher, "made-truth")).to_be_hidden()
        find(teacher, "made-reveal").click()
        expect(find(phone, "made-phone-said")).to_contain_text("It is")
        expect(find(teacher, "made-machine")).to_contain_text("Its score is")
        find(teacher, "made-next").click()
    counts = teacher.locator("[data-part=made-rows] .lab-share-count")
    expect(counts).to_have_count(3)
    expect(counts.first).to_have_text("4/8 · 50 %")  # one of both is right in each round
    expect(find(teacher, "made-effects").locator(".lab-made-effect")).to_have_count(2)
    expect(find(teacher, "made-items").locator("li")).to_have_count(ROUNDS)
    made = find(teacher, "made-items").locator("a").first
    expect(made).to_have_attribute(
        "href", re.compile(r"^\?tab=audio&model=digits&label=\d&seed=\d+&truncation=1&lang=")
    )
    expect(find(phone, "made-phone-rows").locator("li")).to_have_count(3)
    for page in (teacher, phone):
        assert overflow(page) == 0
    assert violations(teacher, "#learn-class") == []
    assert violations(phone, "#lab-room") == []


def advised(advice):
    """Whether a phone sees what the discriminator says, once it knows whether it does."""
    expect(advice).to_be_visible()
    return "says" in advice.inner_text()


def test_phones_search_the_plane_by_keys_and_the_screen_shows_the_best(teacher, phone):
    choose(teacher, "fool")
    find(teacher, "fool-start").click()
    pad = find(phone, "fool-pad")
    expect(pad).to_be_visible()
    pad.press("ArrowRight")
    expect(find(phone, "fool-last-said")).to_contain_text("of 100 real ones")
    box = pad.bounding_box()
    phone.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.7)
    expect(find(teacher, "fool-count")).to_contain_text("tried 2 points")
    expect(find(teacher, "fool-best").locator("li")).to_have_count(1)
    expect(find(phone, "fool-rank")).to_contain_text("Place 1 of 1")
    find(teacher, "fool-finish").click()
    expect(find(phone, "fool-rank")).to_contain_text("search is over")
    for page in (teacher, phone):
        assert overflow(page) == 0
    assert violations(teacher, "#learn-class") == []
    assert violations(phone, "#lab-room") == []


def test_one_person_plays_alone_by_keyboard(visit):
    page = visit("?tab=learn&part=class&alone=sounds", width=390, dark=True)
    following = find(page, "alone-next")
    for number in (1, 2):
        expect(find(page, "made-phone-where")).to_contain_text(f"Round {number} of 10")
        page.locator("[data-vote=real]").press("Enter")
        expect(find(page, "made-phone-machine")).to_contain_text("Its score is")
        expect(page.locator("[data-vote=real]")).to_be_disabled()
        expect(following).to_be_focused()
        page.keyboard.press("Enter")
    expect(find(page, "made-phone-score")).to_contain_text("/2 right")
    assert violations(page, "#learn-class") == []
    page.locator("[data-press=aloneStop]").click()
    page.locator("[data-press=alone][data-name=fool]").press("Enter")
    expect(find(page, "fool-pad")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(find(page, "fool-last-said")).to_contain_text("of 100 real ones")
    expect(find(page, "fool-chance")).to_contain_text("of the 64 pictures")
    expect(find(page, "fool-rank")).to_be_hidden()
    assert overflow(page) == 0
    assert violations(page, "#learn-class") == []


def test_of_two_games_pressed_one_after_another_the_second_is_played(visit):
    page = visit("?tab=learn&part=class&lang=en", script=HOLD_FIRST_GAME)
    sounds, fool = (page.locator(f"[data-press=alone][data-name={name}]") for name in ("sounds", "fool"))
    sounds.click()
    fool.click()
    title = find(page, "alone-title")
    expect(title).to_contain_text("Fool the discriminator")
    page.wait_for_function("() => Boolean(window.release)")
    page.evaluate("release()")
    page.wait_for_timeout(500)
    expect(title).to_contain_text("Fool the discriminator")


def test_who_played_alone_sees_at_the_end_what_fooled_one_and_opens_it(visit):
    page = visit("?tab=learn&part=class&alone=sounds", width=390, dark=True)
    fooled = find(page, "made-phone-fooled")
    wrong = 0
    for number in range(1, 11):
        expect(find(page, "made-phone-where")).to_contain_text(f"Round {number} of 10")
        expect(fooled).to_be_hidden()
        page.locator("[data-vote=real]").click()
        expect(find(page, "made-phone-machine")).to_be_visible()
        wrong += page.locator("[data-vote=made].is-right").count()
        find(page, "alone-next").click()
    assert 4 <= wrong <= 6
    items = find(page, "made-phone-items").locator("li")
    expect(items).to_have_count(wrong)
    expect(items.locator("b")).to_have_text([re.compile("It is made")] * wrong)
    expect(items.first.locator("a")).to_have_attribute(
        "href", re.compile(r"^\?tab=audio&model=digits&label=\d&seed=\d+")
    )
    expect(find(page, "made-phone-none")).to_be_hidden()
    assert overflow(page) == 0
    assert violations(page, "#learn-class") == []


def test_a_second_count_has_the_values_of_its_own_attribute(teacher, phone):
    for attribute in ("Mask", "Eyewear"):
        assert teacher.evaluate("(attribute) => lab.room.start('count', {attribute})", attribute)
        expect(find(phone, "count-asked")).to_contain_text(attribute)
        values = next(one.values.names for one in peeps.ATTRIBUTES if one.name["en"] == attribute)
        words = find(phone, "count-pictures").locator("li").first.locator("button .t:visible")
        expect(words).to_have_text([*(value["en"] for value in values), "cannot tell"])
