"""The page in a browser: every tab generates, repeats, explains its errors, and can be linked to."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import TABS, finished, generate, go, notice, set_seed, shown

pytestmark = pytest.mark.browser


def test_opening_generate_and_seed(visit):
    page = visit()
    for tab in TABS:
        go(page, tab)
        assert shown(page, tab)  # a result that nobody asked for
        set_seed(page, tab, 11)
        first = generate(page, tab)
        assert generate(page, tab) == first
        page.evaluate("history.replaceState(null, '', location.pathname)")
        page.locator(f"#{tab}-roll").click()  # another seed, and generates
        finished(page, tab)
        assert page.locator(f"#{tab}-seed input").input_value() != "11"
        assert shown(page, tab) != first


def test_error_is_a_sentence_in_the_page_s_language(visit):
    page = visit()
    for tab in TABS:
        go(page, tab)
        before = shown(page, tab)
        set_seed(page, tab, -1)
        page.locator(f"#{tab}-generate").click()
        expect(notice(page, tab)).to_contain_text("Seed -1 cannot be used")
        assert shown(page, tab) == before  # the last result stays
        page.locator("[data-language=zh-CN]").click()
        expect(notice(page, tab)).to_contain_text("种子不能是 -1")
        expect(notice(page, tab).get_by_text("cannot be used")).to_be_hidden()
        set_seed(page, tab, 1)
        generate(page, tab)
        expect(notice(page, tab)).to_be_hidden()
        page.locator("[data-language=en]").click()


@pytest.mark.parametrize("tab", TABS)
def test_link_shows_the_very_result(visit, tab):
    page = visit()
    go(page, tab)
    set_seed(page, tab, 77)
    result = generate(page, tab)
    page.locator(f"#{tab}-view [data-action=link]").click()
    expect(page.locator(f"#{tab}-view .lab-link .done")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert f"tab={tab}&" in link
    assert "seed=77" in link
    assert link.endswith("lang=en")
    other = visit(link.split("/", 3)[3], locale="zh-CN")
    finished(other, tab)
    assert shown(other, tab) == result
    expect(other.locator(f"#{tab}-seed input")).to_have_value("77")
    expect(other.get_by_role("tab", selected=True)).to_have_text(tab.capitalize())


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?tab=image&count=999", "Count 999 cannot be used"),
        ("?tab=image&seed=99999999999999999999", "Seed 99999999999999999999 cannot be used"),
        ("?tab=audio&seed=-1", "Seed -1 cannot be used"),
        ("?tab=text&top_k=99999999999999999999", "Top-k 99999999999999999999 cannot be used"),
        ("?tab=image&label=unicorn", "Label 'unicorn' is unknown"),
        ("?tab=text&length=many", "Length is 'many': a whole number is needed"),
        ("?tab=audio&model=../../secret", "There are no audio models called"),
    ],
)
def test_link_that_asks_too_much(visit, query, says):
    page = visit(query)
    tab = re.search(r"tab=(\w+)", query)[1]
    expect(notice(page, tab)).to_contain_text(says)
    assert shown(page, tab)  # the opening is there all the same


def test_prompt_is_text_and_never_code(visit):
    page = visit("?tab=text&prompt=" + "%24%7Balert(1)%7D%3Cimg%20src%3Dx%20onerror%3Dalert(2)%3E")
    page.on("dialog", lambda dialog: pytest.fail("the prompt was executed"))
    expect(notice(page, "text")).to_contain_text("never seen")
    generated = visit("?tab=text&model=shakespeare&prompt=ROMEO:&length=20")
    finished(generated, "text")
    assert generated.locator("#text-view .lab-page .human").inner_text() == "ROMEO:"
    assert len(shown(generated, "text")) == 20


def test_stop_keeps_what_was_written(visit):
    page = visit("?tab=text&model=large&length=20")
    finished(page, "text")
    page.locator("#text-length input[type=number]").fill("5000")
    page.locator("#text-generate").click()
    view = page.locator("#text-view [data-running]")
    expect(view).to_have_attribute("data-running", "yes")
    page.locator("#text-stop").click()
    expect(page.locator("#text-view [data-part=stopped]")).to_be_visible()
    expect(view).to_have_attribute("data-running", "no")
    partial = shown(page, "text")
    assert 0 < len(partial) < 5000
    assert f"length={len(partial)}&" in page.url  # the link brings back what is there
    go(page, "image")
    go(page, "text")  # which builds the view anew
    page.locator("#text-view [data-action=link]").click()
    expect(page.locator("#text-view .lab-link .done")).to_be_visible()
    assert f"length={len(partial)}&" in page.evaluate("navigator.clipboard.readText()")
    page.wait_for_timeout(300)
    assert shown(page, "text") == partial
    page.locator("#text-length input[type=number]").fill("20")
    assert len(generate(page, "text")) == 20  # the queue is free again


def test_text_grows_while_it_is_written(visit):
    page = visit("?tab=text&model=large&length=20")
    finished(page, "text")
    page.evaluate(
        """() => { window.lengths = new Set(); const w = document.querySelector('#text-view [data-part=written]');
        new MutationObserver(() => window.lengths.add(w.textContent.length)).observe(w, {childList: true}); }"""
    )
    page.locator("#text-length input[type=number]").fill("3000")
    generate(page, "text")
    assert len(page.evaluate("[...window.lengths]")) >= 8


def test_a_reload_while_a_text_is_written_keeps_the_prompt(visit):
    page = visit("?tab=text&model=large&length=20")
    finished(page, "text")
    page.locator("#text-prompt textarea").fill("ROMEO:")
    page.locator("#text-length input[type=number]").fill("5000")
    page.locator("#text-generate").click()
    expect(page.locator("#text-view [data-running]")).to_have_attribute("data-running", "yes")
    expect(page).to_have_url(re.compile("prompt=ROMEO"))
    # A new page at the same address: at a reload, Gradio complains of its aborted stream in the console.
    again = visit(page.url.split("/", 3)[3])
    expect(again.locator("#text-prompt textarea")).to_have_value("ROMEO:")
    expect(again.locator("#text-view [data-part=prompt]")).to_have_text("ROMEO:")


def test_ctrl_enter_generates(visit):
    page = visit("?tab=text")
    expect(page.locator("#text-view [data-part=body]")).to_be_visible()
    page.locator("#text-prompt textarea").fill("JULIET:")
    page.locator("#text-prompt textarea").press("Control+Enter")
    expect(page.locator("#text-view .lab-page .human")).to_have_text("JULIET:")


@pytest.mark.parametrize("model", ["fashion", "characters"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pictures_at_whole_scale(visit, model, width):
    page = visit(f"?tab=image&model={model}&count=2", width=width)
    finished(page, "image")
    for count in (1, 5, 16, 64):
        page.locator("#image-count input[type=number]").fill(str(count))
        generate(page, "image")
        expect(page.locator("#image-view .lab-wall img")).to_have_count(count)
        scales = page.locator("#image-view .lab-wall img").evaluate_all(
            """all => all.map(i => [i.getBoundingClientRect().width / i.naturalWidth,
            i.getBoundingClientRect().height / i.naturalHeight, getComputedStyle(i).imageRendering].join())"""
        )
        assert len(set(scales)) == 1
        across, down, rendering = scales[0].split(",")
        assert across == down
        assert float(across).is_integer()
        assert rendering == "pixelated"


def test_letters_of_every_weight_are_of_the_pages_own_fonts(visit):
    page = visit("?tab=text&lang=en")
    page.evaluate("""() => {
      const box = document.createElement("div");
      for (const family of ["font", "font-mono"])
        for (const weight of [400, 500, 600, 700]) {
          const line = document.createElement("p");
          line.style = `font: ${weight} 16px var(--${family})`;
          line.className = "letters";
          line.textContent = "“Quartz” glyph job vex, 123";
          box.append(line);
        }
      document.querySelector("gradio-app").append(box);
    }""")
    page.wait_for_function("() => document.fonts.ready.then(() => document.fonts.status === 'loaded')")
    devtools = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        devtools.send(f"{domain}.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    lines = devtools.send("DOM.querySelectorAll", {"nodeId": root, "selector": "p.letters"})["nodeIds"]
    assert len(lines) == 8
    for line in lines:
        fonts = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": line})["fonts"]
        assert all(font["familyName"].startswith("IBM Plex") for font in fonts), fonts
