"""The script that chooses the language stands before all others of the page, and nothing else is changed."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from genai.ui.page.start_language import StartLanguage

PAGE = "<html><head><script>first()</script></head><body>春</body></html>"


@pytest.fixture
def client():
    routes = [Route("/", lambda _: HTMLResponse(PAGE)), Route("/other", lambda _: HTMLResponse(PAGE))]
    routes.append(Route("/text", lambda _: PlainTextResponse("<head>")))
    return TestClient(StartLanguage(Starlette(routes=routes), "zh-CN"))


def test_the_script_is_the_first_of_the_page(client):
    response = client.get("/?lang=en")
    assert int(response.headers["content-length"]) == len(response.content)
    head, after = response.text.split("<script>first()")
    assert head.count("<script>") == 1
    assert 'supported("zh-CN")' in head
    assert after == PAGE.split("<script>first()")[1]


@pytest.mark.parametrize(("path", "text"), [("/other", PAGE), ("/text", "<head>")])
def test_other_answers_stay_as_they_are(client, path, text):
    assert client.get(path).text == text


def test_a_page_without_its_body_is_passed_on(client):
    assert client.head("/").status_code == 200
