"""Where things are on the page."""

import re

from playwright.sync_api import expect

TABS = ("text", "image", "audio")
TITLES = {
    "en": ["Home", "Text", "Image", "Audio", "Learn", "Check"],
    "zh-CN": ["首页", "文本", "图像", "声音", "训练", "检验"],
}


def open_tab(page, name):
    page.locator(f"#tab-{name}-button:visible").click()


def go(page, tab):
    open_tab(page, tab)
    expect(page.locator(f"#{tab}-view [data-part=body]")).to_be_visible()


def shown(page, tab):
    """What the result consists of: text, or the pictures' and the sound's very bytes."""
    expect(page.locator(f"#{tab}-view [data-part=body]")).to_be_visible()
    script = {
        "text": "v => v.querySelector('[data-part=written]').textContent",
        "image": "v => [...v.querySelectorAll('.lab-wall img')].map(i => i.src).join()",
        "audio": "v => v.querySelector('audio').src",
    }[tab]
    return page.locator(f"#{tab}-view").evaluate(script)


def generate(page, tab):
    """Press Generate and wait until the address names the result."""
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.locator(f"#{tab}-generate").click()
    finished(page, tab)
    return shown(page, tab)


def finished(page, tab):
    expect(page).to_have_url(re.compile(rf"tab={tab}&"))
    expect(page.locator(f"#{tab}-view [data-running]")).to_have_attribute("data-running", "no")


def set_seed(page, tab, seed):
    box = page.locator(f"#{tab}-seed input")
    box.fill(str(seed))
    box.press("Tab")


def tour_step(page, number):
    """Wait until a tour is at a step."""
    expect(page.locator("#lab-tour nav [aria-current=step]")).to_have_attribute("data-number", str(number))


def run_shows(page, patience=60_000):
    """Press the buttons of a tour's step one after the other; each show must succeed in so many milliseconds."""
    buttons = page.locator("#lab-tour [data-action=show]")
    for n in range(buttons.count()):
        buttons.nth(n).click()
        expect(page.locator("#lab-tour [data-part=busy]")).to_be_hidden(timeout=patience)
        expect(page.locator("#lab-tour [data-part=failed]")).to_be_hidden()


def notice(page, tab):
    return page.locator(f"#{tab}-notice .lab-notice")
