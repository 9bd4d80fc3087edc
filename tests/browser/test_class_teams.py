"""The games of a class: the next letter, two teams, counting by hand; a teacher's page and two phones."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_class import find, overflow, violations

pytestmark = pytest.mark.browser


@pytest.fixture
def room(visit, teacher):
    """A teacher's page with an open room, and two phones in it, one in Chinese and dark."""
    code = find(teacher, "class-code").inner_text()
    phones = [visit(f"?room={code}", width=390), visit(f"?room={code}", locale="zh-CN", width=390, dark=True)]
    for phone in phones:
        expect(find(phone, "pupil-wait")).to_be_visible()
    return teacher, phones


def start(teacher, activity, settings):
    assert teacher.evaluate("([name, settings]) => lab.room.start(name, settings)", [activity, settings])


def is_fit(teacher, phones):
    """Check that nothing overflows, and that a screen reader gets along."""
    assert [overflow(page) for page in (teacher, *phones)] == [0, 0, 0]
    assert violations(teacher, "#learn-class") == []
    for phone in phones:
        assert violations(phone, "#lab-room") == []


def test_three_games_in_one_room(room):
    teacher, phones = room
    guess_letters(teacher, phones)
    play_in_teams(teacher, phones)
    count_by_hand(teacher, phones)


def guess_letters(teacher, phones):
    start(teacher, "next_letter", {"text": "shakespeare", "passage": 0, "letters": 2})
    keys = [find(phone, "letter-keys").locator("button") for phone in phones]
    expect(keys[0]).to_have_count(28)
    keys[0].nth(0).click()
    keys[0].nth(4).click()  # a vote is changed
    keys[1].nth(25).click()
    expect(find(teacher, "letter-status")).to_contain_text("2 of 2")
    expect(find(teacher, "letter-shown")).to_be_hidden()
    is_fit(teacher, phones)
    find(teacher, "letter-next").click()
    expect(find(phones[0], "letter-said")).to_contain_text("Right: it is “e”. 1 of 1")
    expect(find(phones[1], "letter-said")).to_contain_text("答案是“e”")
    expect(find(teacher, "letter-formula")).to_contain_text("0.094")  # (1 + 1/2) / (2 + 28/2)
    expect(find(teacher, "letter-rows").locator("tr")).to_have_count(3)
    is_fit(teacher, phones)
    for _ in range(3):
        find(teacher, "letter-next").click()
    expect(find(teacher, "letter-status")).to_contain_text("last letter")
    expect(find(teacher, "letter-verdict")).to_contain_text("n = 1")


def play_in_teams(teacher, phones):
    start(teacher, "teams", {"rounds": 1, "seconds": 5, "presses": 3, "steps": 30})
    expect(find(phones[0], "teams-press")).to_be_disabled()
    find(teacher, "teams-next").click()
    for _ in range(3):
        find(phones[0], "teams-press").click()
    expect(find(phones[0], "teams-left")).to_contain_text("0 of 3")
    expect(find(phones[0], "teams-press")).to_be_disabled()
    expect(find(teacher, "teams-value")).to_contain_text("V =")
    for line in ("value", "even", "level"):
        expect(find(teacher, "teams-names").locator(f".is-{line}")).to_have_count(1)
    is_fit(teacher, phones)
    expect(find(teacher, "teams-result")).to_be_visible(timeout=30_000)
    sides = find(teacher, "teams-generator").inner_text() + find(teacher, "teams-discriminator").inner_text()
    assert sorted(steps for steps in ("30 played", "0 played") if f"· {steps}" in sides) == [
        "0 played",
        "30 played",
    ]
    is_fit(teacher, phones)


def count_by_hand(teacher, phones):
    start(teacher, "count", {"attribute": "Hair", "pictures": 2})
    pictures = [find(phone, "count-pictures").locator("li") for phone in phones]
    for number in range(2):
        pictures[0].nth(number).locator("button").nth(3).click()
        expect(pictures[0].nth(number).locator("button").nth(3)).to_have_attribute("aria-pressed", "true")
    pictures[1].first.locator("button").last.click()
    expect(find(phones[0], "count-said")).to_contain_text("All counted")
    expect(find(phones[1], "count-said")).to_contain_text("还剩 1 张")
    expect(find(teacher, "count-status")).to_contain_text("1 of 2 phones have finished; 3 pictures")
    is_fit(teacher, phones)
    find(teacher, "count-reveal").click()
    expect(find(teacher, "count-class")).to_contain_text("2 pictures (1 not clear)")
    expect(teacher.locator(".lab-count-row.is-judge")).to_have_count(7, timeout=60_000)
    expect(find(teacher, "count-agreed")).to_contain_text("of the same 2")
    is_fit(teacher, phones)
