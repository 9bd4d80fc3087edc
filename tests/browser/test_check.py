"""The tab that checks files, with files the page itself gave out."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, go, open_tab

VIEW = "#check-view"


@pytest.fixture
def page(visit):
    return visit("?tab=image&seed=5&count=2&lang=en")


def check(page, name, content):
    open_tab(page, "check")
    page.locator("#check-file input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    expect(page.locator(f"{VIEW} [data-part=body]")).to_be_visible()


def test_a_picture_of_the_page_is_recognised_and_can_be_made_again(page):
    finished(page, "image")
    source = page.locator("#image-view .lab-wall img").nth(1).get_attribute("src")
    content = page.evaluate(
        "async source => [...new Uint8Array(await (await fetch(source)).arrayBuffer())]", source
    )
    check(page, "picture.png", bytes(content))
    expect(page.locator(f"{VIEW} .lab-verdict")).to_have_attribute("data-kind", "identical")
    expect(page.locator(f"{VIEW} [data-part=sentence]")).to_contain_text("Ours and unaltered")
    expect(page.locator(f"{VIEW} dl")).to_contain_text("fashion")
    sides = page.locator(f"{VIEW} .lab-compared img")
    expect(sides).to_have_count(3)
    assert sides.nth(0).evaluate("image => image.naturalWidth") == 32
    page.locator(f"{VIEW} [data-part=link]").click()
    finished(page, "image")
    assert page.locator("#image-view .lab-wall img").first.get_attribute("src") == source


def test_a_foreign_file_is_told_in_the_pages_language_and_clearing_empties(page):
    page.locator("[data-language='zh-CN']").click()
    check(page, "a.txt", b"<b>Hello</b>")
    expect(page.locator(f"{VIEW} [data-part=sentence] [lang='zh-CN']")).to_be_visible()
    expect(page.locator(f"{VIEW} [data-part=sentence]")).to_contain_text("没有我们的标识")
    expect(page.locator(f"{VIEW} .lab-verdict")).to_have_attribute("data-kind", "unlabelled")


def downloaded(page):
    finished(page, "image")  # until then the page turns to the tab that the address names
    go(page, "text")
    with page.expect_download() as download:
        page.locator("#text-view [data-action=download]").click()
    return download.value.path().read_bytes()


def test_a_downloaded_text_is_recognised(page):
    check(page, "text.txt", downloaded(page))
    expect(page.locator(f"{VIEW} .lab-verdict")).to_have_attribute("data-kind", "identical")
    expect(page.locator(f"{VIEW} dl")).to_contain_text("shakespeare")


def test_a_text_with_one_character_more_is_altered(page):
    content = downloaded(page)
    check(page, "text.txt", content[:5] + b"x" + content[5:])
    expect(page.locator(f"{VIEW} .lab-verdict")).to_have_attribute("data-kind", "altered")


def test_the_zip_of_the_page_is_opened_and_each_picture_checked(page):
    finished(page, "image")
    with page.expect_download() as download:
        page.locator("#image-view [data-action=download]").click()
    check(page, "pictures.zip", download.value.path().read_bytes())
    expect(page.locator(f"{VIEW} [data-part=sentence]").first).to_contain_text(
        "A ZIP with 2 files, of which 2 are ours"
    )
    second = page.locator(f"{VIEW} .lab-archived").nth(1)
    second.locator("summary").click()
    expect(second.locator(".lab-verdict")).to_have_attribute("data-kind", "identical")


def test_a_changed_character_is_marked_on_both_sides(page):
    content = downloaded(page)
    check(page, "text.txt", content[:5] + b"x" + content[5:])
    expect(page.locator(f"{VIEW} [data-part=file] mark").first).to_be_visible()
    expect(page.locator(f"{VIEW} [data-part=amount]")).to_contain_text("The first difference is at character 6")
