"""The game in the plane: played, stepped, slowed down, taken back, drawn, twinned, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import open_tab
from tests.browser.test_axe import violations

pytestmark = pytest.mark.browser
VIEW = "#learn-game-view"
SMALL = "blobs,relativistic,2,8,32,0.01,0.01,1,0.1,adam,3"
LAYERS = ("map", "manifold", "real", "fake", "arrows")


def find(page, selector):
    return page.locator(f"{VIEW} {selector}")


def opened(visit, query=f"game={SMALL}", **how):
    """Open the game; a visitor who wants less motion gets it paused."""
    lang = how.pop("lang", "en")
    page = visit(f"?tab=learn&part=game&{query}&lang={lang}", **how)
    expect(find(page, "[data-part=sentence] span").first).to_be_attached()
    return page


def press(page, action):
    find(page, f"[data-action={action}]").click()


def shown(page):
    """The canvas as it is once everything is drawn."""
    draw = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(draw)
    return find(page, "canvas[data-network='0'][data-plane=map]").evaluate("canvas => canvas.toDataURL()")


def show_only(page, *layers):
    for layer in LAYERS:
        button = find(page, f"[data-layer={layer}]")
        if (button.get_attribute("aria-pressed") == "true") != (layer in layers):
            button.click()


def take_step(page, player):
    before = state(page)["step"]
    find(page, f"[data-do={player}]").click()
    at_step(page, before + 1)


def at_step(page, step):
    page.wait_for_function("step => window.labGame.state.step === step", arg=step)


def state(page):
    return page.evaluate("() => window.labGame.state")


def test_a_visitor_finds_a_game_that_plays_until_it_is_left(visit):
    page = opened(visit, "")
    first = shown(page)
    step = state(page)["step"]  # the game may be at any step by now
    page.wait_for_function(f"() => window.labGame.state.step > {step}")
    assert shown(page) != first
    expect(page).to_have_url(re.compile("tab=learn&part=game&game=ring,"))
    open_tab(page, "check")
    page.wait_for_timeout(300)  # what was on its way
    left = state(page)["step"]
    page.wait_for_timeout(500)
    assert state(page)["step"] == left
    open_tab(page, "learn")
    page.wait_for_function(f"() => window.labGame.state.step > {left}")
    press(page, "play")
    expect(find(page, "[data-part=play]")).to_have_text(re.compile("Play"), use_inner_text=True)
    stopped = shown(page)
    page.wait_for_timeout(300)
    assert shown(page) == stopped
    for fold in find(page, "summary").all():
        fold.click()
    press(page, "slow")
    expect(find(page, "[data-part=slow]")).to_be_visible()
    assert violations(page) == []


def test_both_maps_are_shown_of_a_twin_too(visit):
    page = opened(visit, calm=True)

    def choose(value):
        find(page, f"label:has([name=game-map][value={value}])").click()

    main = find(page, "canvas[data-plane=map][data-network='0']")
    for value in ("best", "map", "both"):
        choose(value)
        expect(main).to_be_visible()
    best = find(page, "canvas[data-plane=best]")
    expect(best.first).to_be_visible()
    expect(best.last).to_be_hidden()
    find(page, "[data-part=twin] > summary").click()
    press(page, "twin")
    expect(best.last).to_be_visible()
    press(page, "twin-end")
    expect(best.last).to_be_hidden()


def test_a_finger_that_scrolls_or_ends_at_the_newest_step_freezes_no_reading(visit):
    page = opened(visit, calm=True)
    for step in range(1, 4):
        find(page, "[data-do=both]").click()
        at_step(page, step)
    frame = find(page, "[data-chart=losses] [data-part=frame]")
    box = frame.bounding_box()
    reading = find(page, "[data-chart=losses] [data-part=read-step]")

    def touch(share, kind="pointerdown"):
        place = {"pointerType": "touch", "clientX": box["x"] + share * box["width"], "bubbles": True}
        frame.evaluate("(node, [kind, place]) => node.dispatchEvent(new PointerEvent(kind, place))", [kind, place])

    touch(0.34)
    expect(reading).to_have_text("1")
    touch(0.34, "pointercancel")
    expect(reading).to_have_text("3")
    touch(0.34)
    expect(reading).to_have_text("1")
    touch(1)
    find(page, "[data-do=both]").click()
    expect(reading).to_have_text("4")


def test_each_player_changes_its_own_part_and_the_way_back_is_exact(visit):
    page = opened(visit, calm=True)
    at_step(page, 0)
    show_only(page, "map")
    before = shown(page)
    take_step(page, "generator")
    assert shown(page) == before
    take_step(page, "discriminator")
    assert shown(page) != before
    show_only(page, "fake")
    before = shown(page)
    take_step(page, "discriminator")
    assert shown(page) == before
    take_step(page, "generator")
    moved = shown(page)
    assert moved != before
    numbers = state(page)["networks"][0]["numbers"]
    for _ in range(3):
        take_step(page, "both")
    find(page, "[data-part=back]").fill("4")
    at_step(page, 4)
    assert shown(page) == moved
    assert state(page)["networks"][0]["numbers"] == numbers
    frame = find(page, "[data-chart=losses] [data-part=frame]")
    frame.press("Home")
    expect(frame).to_have_attribute("aria-valuenow", "0")
    frame.press("ArrowRight")
    expect(frame).to_have_attribute("aria-valuetext", re.compile(r"step 1 discriminator [\d.]+ generator [\d.]+"))


def test_an_address_gives_the_same_game_and_twins_differ_in_one_setting(visit):
    page = opened(visit, f"game={SMALL}&twin=generator_rate:0.1", calm=True)
    expect(find(page, "[data-part=plane-name-1]")).to_have_text(
        re.compile("B · Learning rate of G: 0.1"), use_inner_text=True
    )
    for _ in range(2):
        take_step(page, "both")
    first = state(page)
    game, twin = (dict(enumerate(first[name].split(","))) for name in ("game", "twin"))
    assert [place for place in game if game[place] != twin[place]] == [5]
    assert first["networks"][0]["fake"] != first["networks"][1]["fake"]
    page = opened(visit, f"game={SMALL}&twin=generator_rate:0.1", calm=True)
    at_step(page, 0)
    take_step(page, "both")
    mine, twins = state(page)["networks"]
    assert mine["map"] == twins["map"], "the first step of D sees the same points"
    assert mine["fake"] != twins["fake"]
    take_step(page, "both")
    assert state(page)["networks"] == first["networks"]
    find(page, "[data-part=twin] summary").click()
    press(page, "twin-end")
    expect(find(page, "[data-part=plane-1]")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("twin="))


def test_slow_motion_presets_and_their_cure(visit):
    page = opened(visit, "game=nowhere", calm=True)
    expect(find(page, "[data-part=game-error]")).to_contain_text("nowhere", use_inner_text=True)
    press(page, "slow")
    steps = find(page, "[data-part=slow-steps] button")
    expect(steps.first).to_have_attribute("aria-current", "step")
    find(page, "[data-action=phase][data-phase='6']").click()
    expect(find(page, "[data-part=slow-numbers]")).to_have_text(re.compile("L.*= "))
    before_update = state(page)["networks"][0]["fake"]
    press(page, "slow-next")
    expect(steps.last).to_have_attribute("aria-current", "step")
    at_step(page, 1)
    assert state(page)["networks"][0]["fake"] != before_update
    press(page, "slow-end")
    expect(find(page, "[data-part=slow]")).to_be_hidden()
    find(page, "[data-action=preset][data-name=circles]").click()
    expect(find(page, "[data-part=dirac-plot] .path")).to_be_attached()
    expect(page).to_have_url(re.compile("game=[a-z]+,zero-sum,"))
    ill = state(page)["game"]
    press(page, "cure")
    page.wait_for_function("ill => window.labGame.state.game !== ill", arg=ill)
    expect(find(page, "[data-part=cure]")).to_be_hidden()
    expect(find(page, "[data-part=why-text]")).to_be_visible()


def test_drawing_on_a_phone_with_finger_mouse_and_keys(visit):
    page = opened(visit, calm=True, width=390, lang="zh-CN", dark=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(find(page, "[data-part=play]")).to_be_in_viewport()
    assert find(page, "[data-part=plane-0] canvas").bounding_box()["width"] >= 340
    find(page, "[data-data=drawn]").click()
    paper = find(page, "[data-part=paper]")
    box = paper.bounding_box()
    place = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
    page.mouse.move(*place(0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*place(0.8, 0.2))
    page.mouse.up()
    by_mouse = drawn_count(page)
    assert by_mouse > 20
    touch(page, place(0.2, 0.8), place(0.8, 0.8))
    by_finger = drawn_count(page)
    assert by_finger > by_mouse + 20
    paper.press("Shift+ArrowLeft")
    paper.press(" ")
    assert drawn_count(page) == by_finger + 1
    press(page, "draw-undo")
    assert drawn_count(page) == by_finger
    press(page, "draw-use")
    expect(page).to_have_url(re.compile(r"game=drawn,.*,[\w-]{80,}"))
    assert state(page)["game"].startswith("drawn,")
    at_step(page, 0)
    assert violations(page) == []


def drawn_count(page):
    return int(re.search(r"\d+", find(page, "[data-part=draw-count]").inner_text())[0])


def touch(page, *places):
    """Draw with a finger."""
    session = page.context.new_cdp_session(page)
    for kind, point in (("touchStart", places[0]), ("touchMove", places[1])):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": point[0], "y": point[1]}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
