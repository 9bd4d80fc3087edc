"""The first picture stands at the start of the page's body, once there is one."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from genai.ui.page.first_picture import FirstPicture

PAGE = '<html><head></head><body\n style="margin: 0">春</body></html>'
PICTURE = r"<b>早 \1</b>"


@pytest.fixture
def pictures():
    return [PICTURE]


@pytest.fixture
def client(pictures):
    routes = [Route("/", lambda _: HTMLResponse(PAGE)), Route("/other", lambda _: HTMLResponse(PAGE))]
    return TestClient(FirstPicture(Starlette(routes=routes), lambda: pictures[-1]))


def test_the_picture_is_the_first_of_the_body(client):
    response = client.get("/?lang=en")
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.text == PAGE.replace("春", f"{PICTURE}春")


def test_other_pages_and_a_page_without_a_picture_stay_as_they_are(client, pictures):
    assert client.get("/other").text == PAGE
    assert client.head("/").status_code == 200
    pictures.append("")
    assert client.get("/").text == PAGE


def test_what_is_no_page_is_passed_on():
    inner = Starlette(routes=[Route("/", lambda _: PlainTextResponse("<body>"))])
    assert TestClient(FirstPicture(inner, lambda: PICTURE)).get("/").text == "<body>"
