"""What must never lie on top of what, and what must never be cut off."""

from itertools import pairwise, product

import pytest
from playwright.sync_api import expect

from tests.browser.parts import TABS, finished, generate, go, set_seed

pytestmark = pytest.mark.browser


COVERED = """tab => {
    const button = document.querySelector(`#${tab}-generate`);
    const box = button.getBoundingClientRect();
    const points = [];
    for (let x = box.left + 4; x < box.right; x += 12)
        for (let y = box.top + 4; y < box.bottom; y += 6) points.push([x, y]);
    return points.filter(([x, y]) => y < innerHeight)
        .map(([x, y]) => document.elementFromPoint(x, y))
        .filter((top) => top && !button.contains(top)).map((top) => top.outerHTML.slice(0, 80));
}"""


def test_nothing_is_painted_over_generate(look):
    """Whatever the column is scrolled to, a press on any point of the button reaches it."""
    page = look()
    for tab in TABS:
        go(page, tab)
        for height, scrolled in product((720, 900), (0, 60, 120, 200)):
            page.set_viewport_size({"width": 1280, "height": height})
            page.evaluate("y => window.scrollTo(0, y)", scrolled)
            assert page.evaluate(COVERED, tab) == [], (tab, height, scrolled)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_projector_shows_all_that_a_request_needs_with_the_button(look, locale):
    page = look(locale=locale)
    page.set_viewport_size({"width": 1280, "height": 800})
    for tab in TABS:
        go(page, tab)
        order = [
            f"#{tab}-model",
            f"#{tab}-prompt" if tab == "text" else f"#{tab}-label",
            f"#{tab}-seed",
            f"#{tab}-generate",
        ]
        boxes = [page.locator(selector).bounding_box() for selector in order]
        for above, below in pairwise(boxes):
            assert above["y"] + above["height"] <= below["y"] + 4  # room for a focus ring
        assert boxes[-1]["y"] + boxes[-1]["height"] <= 800


def test_the_finer_controls_come_after_the_button(look):
    page = look()
    for tab, control in (("text", "temperature"), ("image", "count"), ("audio", "truncation")):
        go(page, tab)
        button = page.locator(f"#{tab}-generate").bounding_box()
        assert page.locator(f"#{tab}-{control}").bounding_box()["y"] >= button["y"] + button["height"]


@pytest.mark.parametrize(("width", "counts"), [(1280, (64, 16, 7)), (390, (64, 16))])
def test_a_wall_leaves_little_room_beside_it_and_in_its_last_row(visit, width, counts):
    page = visit(f"?tab=image&seed=1&count={counts[0]}", width=width)
    finished(page, "image")
    for count in counts:
        page.locator("#image-count input[type=number]").fill(str(count))
        generate(page, "image")
        expect(page.locator("#image-view .lab-wall img")).to_have_count(count)
        wall = page.locator("#image-view .lab-wall").evaluate(
            """(wall) => {
                const boxes = [...wall.querySelectorAll("img")].map((image) => image.getBoundingClientRect());
                const first = boxes.filter((box) => box.top === boxes[0].top);
                const last = boxes.filter((box) => box.top === boxes.at(-1).top);
                return {
                    columns: first.length,
                    inLastRow: last.length,
                    unused: wall.getBoundingClientRect().right - first.at(-1).right,
                    widths: [...new Set(boxes.map((box) => box.width))],
                };
            }"""
        )
        assert wall["inLastRow"] >= wall["columns"] / 2
        [side] = wall["widths"]
        assert side % 32 == 0  # the pixels of a picture stay square and equal
        assert wall["unused"] < max(side, 40)  # no further column would fit


def test_what_is_said_of_a_model_is_folded_away(look):
    page = look()
    go(page, "text")
    card = page.locator("#text-card")
    expect(card.locator("[data-part=licence]")).to_be_hidden()
    card.locator("[data-part=more] > summary").click()
    expect(card.locator("[data-part=licence]")).to_be_visible()


def test_targets_are_high_enough_for_a_finger(look):
    page = look(width=390)
    for tab in (*TABS, "check"):
        if tab in TABS:
            go(page, tab)
        else:
            page.get_by_role("tab").last.click()
            expect(page.locator("#tab-check")).to_be_visible()
        small = page.evaluate(
            """(tab) => [...document.querySelectorAll(
                `.lab-languages button,
                #tab-${tab} :is(button, summary, label:has(input), input[type=range], input[type=number])`
            )]
                .filter((target) => target.checkVisibility({ visibilityProperty: true }))
                .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect().height])
                .filter(([, height]) => height < 39.5)""",
            tab,
        )
        assert small == []


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_no_empty_line_is_between_the_pace_and_the_text_of_a_phone(look, locale):
    page = look(width=390, locale=locale)
    go(page, "text")
    bottoms = page.locator("#text-view .lab-pace label").evaluate_all(
        "labels => labels.map((label) => label.getBoundingClientRect().bottom)"
    )
    assert page.locator("#text-view .lab-page").bounding_box()["y"] - max(bottoms) < 20


def test_the_focus_ring_of_a_chip_is_not_cut_off(look):
    page = look()
    for tab in TABS:
        go(page, tab)
        chip = page.locator(f"#{tab}-model label").first
        room = chip.evaluate(
            """(chip) => {
                const rooms = [];
                for (let node = chip.parentElement; node && node.id !== "lab-tabs"; node = node.parentElement)
                    if (getComputedStyle(node).overflowX !== "visible")
                        rooms.push(chip.getBoundingClientRect().left - node.getBoundingClientRect().left);
                return rooms;
            }"""
        )
        assert all(pixels >= 4 for pixels in room)


def test_the_card_breaks_no_word_into_letters(visit):
    page = visit("?tab=text&model=tang")
    go(page, "text")
    page.locator("#text-card [data-part=more] > summary").click()
    heights = page.evaluate(
        """() => {
            const card = document.querySelector("#text-card");
            card.querySelector("[data-part=licence]").textContent = "the poems are free, ".repeat(4);
            return [...card.querySelectorAll("dt")].map((e) => e.getBoundingClientRect().height);
        }"""
    )
    assert max(heights) < 24  # one line


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_phone_cuts_no_word_of_the_strip(look, locale):
    page = look(width=390, locale=locale)
    for tab in TABS:
        go(page, tab)
        set_seed(page, tab, 1)
        generate(page, tab)
        strip = page.locator(f"#{tab}-view section.lab-strip")
        expect(strip).to_be_visible()
        boxes = strip.locator("li button:visible").evaluate_all(
            """(buttons) => buttons.map((button) => [button.getBoundingClientRect().height,
                [...button.querySelectorAll(":scope > b, :scope > span")].filter((word) => word.checkVisibility())
                    .filter((word) => word.scrollWidth > Math.max(word.clientWidth, 1)
                        || word.getBoundingClientRect().width > button.clientWidth)
                    .map((word) => word.textContent)])"""
        )
        assert len(boxes) >= 3
        assert [cut for _, cuts in boxes for cut in cuts] == []
        assert len({round(height) for height, _ in boxes}) == 1  # side by side


def test_a_phone_shows_the_last_characters_that_were_read_whole(visit):
    page = visit("?tab=text&seed=1&length=60", locale="zh-CN", width=390)
    finished(page, "text")
    [low, high, last, ends] = page.locator("#text-view [data-part=strip-text]").evaluate(
        """(piece) => {
            piece.textContent = "相思日月新。青门应寂寞，";
            const range = document.createRange();
            const tops = [...piece.textContent].map((_, n) => {
                range.setStart(piece.firstChild, n);
                range.setEnd(piece.firstChild, n + 1);
                return range.getBoundingClientRect();
            });
            const { top, bottom } = piece.getBoundingClientRect();
            const lines = [...new Set(tops.map((box) => Math.round(box.top)))];
            return [top, bottom, lines, tops.at(-1).bottom];
        }"""
    )
    assert len(last) > 3  # more lines than there is room for
    assert ends <= high + 2  # a box of a character is a little higher than its line
    assert last[-3] >= low - 2


def test_type_and_columns_grow_with_a_wide_window(look):
    sizes = {}
    for width in (390, 1280, 1920):
        page = look(width=width)
        go(page, "text")
        sizes[width] = page.evaluate(
            """() => ["#text-view .lab-page", "#text-prompt textarea", "#text-generate", ".lab-titles p"]
                .map((selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize))"""
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert sizes[390] == pytest.approx(sizes[1280], abs=3)  # a heading may be smaller on a phone
    assert [wide / usual for wide, usual in zip(sizes[1920], sizes[1280], strict=True)] == pytest.approx([1.25] * 4)
    page.locator("#text-view .lab-xray > summary").click()
    page.locator("#text-view .lab-page .c").nth(3).click()
    expect(page.locator("#text-view .lab-odds .bar").first).to_be_visible()
    cut = page.locator("#text-view .lab-odds .bar").evaluate_all(
        """bars => bars.filter((bar) => {
            const words = document.createRange();
            words.selectNodeContents(bar.querySelector(".label"));
            const [inner, outer] = [words.getBoundingClientRect(), bar.getBoundingClientRect()];
            return Math.abs(inner.top + inner.bottom - outer.top - outer.bottom) > 4;
        }).length"""
    )
    assert cut == 0  # the words are in the middle of their bars


@pytest.mark.parametrize("width", [1280, 390])
def test_what_a_slider_is_for_does_not_touch_its_number(look, width):
    page = look(width=width, locale="zh-CN")
    go(page, "text")
    heads = page.locator("#tab-text .head").evaluate_all(
        """(heads) => heads.filter((head) => head.checkVisibility()).map((head) => {
            const words = document.createRange();
            words.selectNodeContents(head.querySelector("label"));
            return head.querySelector("input").getBoundingClientRect().left - words.getBoundingClientRect().right;
        })"""
    )
    assert heads
    assert min(heads) > 7


@pytest.mark.parametrize("width", [1280, 390])
def test_the_buttons_below_a_pasted_text_stand_clear_of_each_other(visit, width):
    page = visit("?tab=text&length=60&seed=3&lang=en", width=width)
    finished(page, "text")
    page.locator("#text-view .lab-xray > summary").click()
    page.locator("#text-view .lab-xray-paste > summary").click()
    page.locator("#text-view .lab-xray textarea").fill("CAB ABBA")
    page.locator("#text-view [data-action=read]").click()
    expect(page.locator("#text-view [data-action=own]")).to_be_visible()
    words, read, own = (
        page.locator(f"#text-view {selector}").bounding_box()
        for selector in ("#xray-paste-info", "[data-action=read]", "[data-action=own]")
    )
    assert read["y"] >= words["y"] + words["height"] + 8
    assert own["x"] >= read["x"] + read["width"] + 8 or own["y"] >= read["y"] + read["height"] + 8
