"""The tours with tiny networks and slow answers: a step ends alike each time, and each number is its own."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from genai.ui.tour.content import TOURS
from tests.browser.parts import finished, go, run_shows, tour_step

TOUR = "#lab-tour aside"
STEPS = range(1, 6)
# Every answer to a question of a view comes late, the first of three so late that the next two overtake it.
SLOW_ANSWERS = """
const fetchAtOnce = window.fetch;
window.questions = 0;
window.fetch = async (address, options) => {
  const milliseconds = String(address).includes("/component_server") ? [200, 30, 60][window.questions++ % 3] : 0;
  const response = await fetchAtOnce(address, options);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return response;
};
"""
# All that is to be seen: the words, what is unfolded, the shades of the characters, what the tour points at.
SEEN = """tab => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
  const inTab = (selector) => all(`#${tab}-view ${selector}, #${tab}-card ${selector}`);
  return {
    numbers: all("#lab-tour [data-part=why] [data-number]").map((node) => node.textContent),
    link: all(`#${tab}-view [data-link]`)[0]?.dataset.link,  // none where the step is in the museum
    words: inTab("[data-link]").map((view) => view.innerText),
    folds: inTab("details, dialog").map((fold) => fold.open),
    pressed: inTab("[aria-pressed=true]").map((button) => button.dataset.action),
    chosen: inTab("[data-part=layer], [data-part=unit], [data-part=moment]").map((box) => box.value),
    shades: inTab(".c").map((node) => node.style.getPropertyValue("--s")),
    pointed: all(".lab-pointed").map((node) => [node.dataset.part, node.dataset.line, node.id, node.className]),
  };
}"""


@pytest.fixture(scope="module")
def server(toured):
    """Address of the page with tiny networks that have all that the tours read."""
    return toured


def end_of_step(page, tab, number):
    """Answer, show and reveal a step, and return what is to be seen then."""
    tour_step(page, number)
    skip = page.locator(f"{TOUR} [data-action=skip]")
    if skip.is_visible():
        skip.click()
    run_shows(page)
    ask = page.locator(f"{TOUR} [data-part=ask]")
    if ask.is_visible():
        ask.click()
    page.evaluate("document.querySelectorAll('audio').forEach((player) => player.pause())")
    busy = f"#{tab}-view [data-asking], #{tab}-card [data-asking], .is-playing:visible"
    expect(page.locator(busy)).to_have_count(0)
    return page.evaluate(SEEN, tab)


@pytest.mark.parametrize("tour", TOURS)
def test_a_step_ends_alike_however_it_was_reached(visit, server, tour):
    """A step is reached twice, and each time another of its first three answers is the slowest."""
    tab = tour.split("-")[0]
    page = visit(f"?tour={tour}&step=1&lang=en", script=SLOW_ANSWERS)
    first, *others = STEPS
    opened = {first: end_of_step(page, tab, first)}
    for number in others:
        alone = page.context.new_page()
        alone.goto(f"{server}/?tour={tour}&step={number}&lang=en")
        opened[number] = end_of_step(alone, tab, number)
        alone.close()
    for seen in opened.values():
        assert seen["numbers"]
        assert not [text for text in seen["numbers"] if text[-1] in "…,"]
    for number in (*others, first):  # the page is at the first one
        questions = 1 + number % 2  # on a page of its own a step began with 0
        page.evaluate("questions => { window.questions = questions; }", questions)
        page.locator(f"{TOUR} [data-action=step]").nth(number - 1).click()
        assert end_of_step(page, tab, number) == opened[number]


def test_a_step_waits_for_a_training_item_that_is_still_being_read(visit):
    page = visit("?tour=image&step=3&lang=en")
    questions = []

    def read_slowly(route):
        if '"fn_name":"original"' not in route.request.post_data:
            return route.continue_()
        questions.append(route)
        return route.fulfill(json={"loading": True}) if len(questions) == 1 else route.continue_()

    page.route(re.compile("/component_server"), read_slowly)
    view = page.locator("#image-view [data-link]")
    page.locator("#image-view .lab-wall button").first.click()
    page.locator("#image-view [data-part=inside] > summary").click()
    expect(page.locator("#image-view [data-part=original-loading]")).to_be_visible()
    expect(view).to_have_attribute("data-asking", "yes")
    expect(page.locator("#image-view [data-part=twins]")).to_be_visible()
    expect(view).not_to_have_attribute("data-asking", "yes")
    assert len(questions) == 2


def told(page):
    return page.locator(f"{TOUR} [data-part=why] [data-number]:visible").all_text_contents()


@contextmanager
def looks_held(page):
    """Let the X-ray wait for its answer until the end of the block."""
    held = []

    def hold(route):
        if '"fn_name":"look"' in route.request.post_data:
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile("/component_server"), hold)
    yield
    assert held
    for route in held:
        route.continue_()
    page.unroute(re.compile("/component_server"))


@pytest.fixture
def page(visit):
    """The text tour, whose third step reads three texts."""
    page = visit("?tour=text&step=3&lang=en", script=SLOW_ANSWERS)
    page.locator(f"{TOUR} [data-action=skip]").click()
    return page


def test_a_show_that_another_step_cuts_off_reads_no_number(page):
    with looks_held(page):
        page.locator(f"{TOUR} [data-action=show]").last.click()
        expect(page.locator("#text-view .lab-xray")).to_have_attribute("open", "")
        page.locator(f"{TOUR} [data-action=next]").click()
        tour_step(page, 4)
    end_of_step(page, "text", 4)
    page.locator(f"{TOUR} [data-action=previous]").click()
    page.locator(f"{TOUR} [data-part=ask]").click()
    assert set(told(page)) == {"…"}


def test_a_show_ends_where_somebody_takes_over(page):
    with looks_held(page):
        page.locator(f"{TOUR} [data-action=show]").first.click()
        expect(page.locator("#text-view .lab-xray")).to_have_attribute("open", "")
        page.locator("#text-view .lab-xray [data-action=neuron]").click()
        expect(page.locator(f"{TOUR} [data-part=busy]")).to_be_hidden()
    expect(page.locator("#text-view [data-asking]")).to_have_count(0)
    page.locator(f"{TOUR} [data-part=ask]").click()
    assert set(told(page)) == {"…"}


def test_a_show_that_is_run_again_takes_its_old_numbers_back(page):
    run_shows(page)
    page.locator(f"{TOUR} [data-part=ask]").click()
    before = told(page)
    with looks_held(page):
        page.locator(f"{TOUR} [data-action=show]").last.click()
        expect(page.locator("#text-view [data-asking]")).to_have_count(1)
        assert told(page) == [*before[:2], "…"]  # the first two are of the other show
    expect(page.locator(f"{TOUR} [data-number=modern]:visible")).to_have_text(before[2])


def test_what_was_unfolded_in_one_step_is_folded_in_the_next(visit):
    page = visit("?tour=text&step=4&lang=en")
    page.locator(f"{TOUR} [data-action=skip]").click()
    run_shows(page)
    expect(page.locator("#text-view [data-part=neurons]")).to_be_visible()
    page.locator(f"{TOUR} [data-action=next]").click()
    expect(page.locator("#text-view [data-part=written]")).to_be_visible()
    expect(page.locator("#text-view .lab-xray")).not_to_have_attribute("open", "")
    page.locator("#text-view .lab-xray > summary").click()
    expect(page.locator("#text-view .lab-xray [data-action=surprise]")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_two_pictures_to_compare_are_side_by_side_in_sight(visit, width):
    page = visit("?tour=image&step=2&lang=en", width=width)
    page.locator(f"{TOUR} [data-action=skip]").click()
    page.locator(f"{TOUR} [data-action=show]").first.click()
    pictures = page.locator("#image-view .lab-wall img")
    expect(page.locator(".lab-wall.lab-pointed img")).to_have_count(2)
    expect(page.locator(f"{TOUR} [data-part=busy]")).to_be_hidden()
    left, right, tour = (box.bounding_box() for box in (pictures.nth(0), pictures.nth(1), page.locator(TOUR)))
    assert left["y"] == right["y"] >= 0
    assert right["x"] >= left["x"] + left["width"]
    covered_from = tour["y"] if width == 390 else 900
    assert left["y"] + left["height"] <= covered_from


@pytest.mark.parametrize("width", [1280, 390])
def test_the_picture_and_its_score_are_in_sight_together(visit, width):
    page = visit("?tour=image&step=2&lang=en", width=width)
    page.locator(f"{TOUR} [data-action=skip]").click()
    run_shows(page)
    dialog, picture, score = (
        page.locator(f"#image-view {where}").bounding_box()
        for where in ("[data-part=dialog]", "[data-part=large]", "[data-part=formula]")
    )
    assert dialog["y"] <= picture["y"] < picture["y"] + picture["height"] <= score["y"]
    assert score["y"] + score["height"] <= dialog["y"] + dialog["height"]
    heading = page.locator("#image-view [data-part=inside-body] h3:has(+ [data-part=formula])").bounding_box()
    frame = page.locator("#image-view [data-part=dialog] > figure").bounding_box()
    assert heading["y"] >= frame["y"] + frame["height"]
    covering = page.evaluate(
        """({ x, y, width, height }) => {
            const points = [];
            for (let left = x + 4; left < x + width; left += 12)
                for (let top = y + 4; top < y + height; top += 8) points.push(document.elementFromPoint(left, top));
            const figure = document.querySelector("#image-view [data-part=dialog] > figure");
            return points.filter((node) => !figure.contains(node)).map((node) => node.outerHTML.slice(0, 80));
        }""",
        frame,
    )
    assert covering == []  # what is scrolled past the picture is below it


def test_the_last_step_leads_out_of_the_tour_and_to_the_next_one(visit):
    page = visit("?tour=text&step=4&lang=en")
    tour_step(page, 4)
    finish = page.locator(f"{TOUR} [data-part=finish]")
    expect(finish).to_be_hidden()
    page.locator(f"{TOUR} [data-action=next]").click()
    tour_step(page, 5)
    expect(page.locator(f"{TOUR} nav button:disabled")).to_have_count(0)
    expect(page.locator(f"{TOUR} [data-action=next]")).to_be_hidden()
    page.locator(f"{TOUR} [data-part=next-tour]").click()
    tour_step(page, 1)
    expect(page.locator(f"{TOUR} [data-part=tour-name]")).to_contain_text("How a network draws")
    page.locator(f"{TOUR} [data-action=step]").nth(4).click()
    finish.click()
    expect(page.locator(TOUR)).to_be_hidden()


def test_after_the_last_tour_comes_the_first(visit):
    page = visit("?tour=text-gpt&step=5&lang=en")
    expect(page.locator(f"{TOUR} [data-part=next-tour]")).to_contain_text("How a network writes")


def test_a_result_made_by_hand_is_read_when_it_is_whole(visit):
    page = visit("?tab=text&lang=en")
    go(page, "text")
    page.locator("#text-tour [data-action=tour]").click()
    page.locator(f"{TOUR} [data-action=step]").nth(4).click()
    page.locator(f"{TOUR} [data-action=skip]").click()
    page.locator("#text-prompt textarea").fill("JULIET:\nMy horse! Where is my horse? I want my white horse.\n")
    page.locator("#text-generate").click()
    finished(page, "text")
    page.locator(f"{TOUR} [data-part=ask]").click()
    count = page.locator("#text-view [data-part=count]").text_content()
    expect(page.locator(f"{TOUR} [data-number=count]:visible")).to_have_text(count)
