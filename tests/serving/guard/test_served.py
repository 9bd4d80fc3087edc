"""A public page over real HTTP: headers, cache, hidden routes, limits."""

import re
import threading
from pathlib import Path

import gradio
import httpx
import pytest

from genai.check import tab as check_tab
from genai.image import tab as image_tab
from genai.serving.guard.limits import Limits, public
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from tests.serving.guard.inner import said
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def http(tmp_path_factory):
    folder = save_all(tmp_path_factory.mktemp("checkpoints"))
    page = Page([image_tab.build], Context(folder=folder, device="cpu", limits=public()))
    with httpx.Client(base_url=page.launch("127.0.0.1", None), timeout=60) as client:
        yield client
    page.blocks.close()


def test_the_page_and_its_headers(http):
    answer = http.get("/")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["permissions-policy"] == "camera=(self), geolocation=(), microphone=(self)"
    assert answer.headers["set-cookie"].startswith("lab_visitor=")


def test_the_cached_page_equals_gradio_s(http):
    for headers in ({}, {"host": "lab.example"}, {"x-forwarded-host": "far.example", "x-forwarded-proto": "https"}):
        kept = {http.get(f"/{query}", headers=headers).text for query in ("", "?tab=image&seed=5", "?lang=zh-CN")}
        made = http.get("/?page=", headers=headers).text
        assert kept == {made}
        assert (headers.get("x-forwarded-host") or headers.get("host", "127.0.0.1")) in made


def test_page_and_scripts_are_compressed_and_cacheable(http):
    page = http.get("/", headers={"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    script = re.search(r"assets/index-[\w-]+\.js", page.text).group()
    on_disk = Path(gradio.__file__).parent / "templates" / "frontend" / script
    for coding in ("br", "gzip", "br"):
        answer = http.get(f"/{script}", headers={"accept-encoding": coding})
        assert answer.text == on_disk.read_text(encoding="utf-8")
        assert answer.headers["content-encoding"] == coding
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/gradio_api/openapi.json", "/monitoring",
                                  "/gradio_api/runs", "/gradio_api/deep_link"])  # fmt: skip
def test_hidden_routes_are_404(http, path):
    assert http.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "../app.py", "genai/ui/page/page.py",
                                  "/proc/self/environ", "%2e%2e/%2e%2e/etc/passwd"])  # fmt: skip
@pytest.mark.parametrize("route", ["/gradio_api/file=", "/file=", "/static/", "/assets/", "/gradio_api/file/"])
def test_no_file_outside_of_its_folders(http, route, path):
    answer = http.get(route + path)
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text


def test_an_upload_that_is_too_large(http):
    answer = http.post("/gradio_api/upload", files={"files": ("x.png", b"x" * 10_000_001)})
    assert answer.status_code == 413
    assert answer.text == said("guard.large", megabytes="10")


def test_an_upload_to_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "file" / "folder"))
    page = Page([check_tab.build], Context(folder=tmp_path, device="cpu", limits=Limits()))
    with httpx.Client(base_url=page.launch("127.0.0.1", None), timeout=60) as client:
        answer = client.post("/gradio_api/upload", files={"files": ("x.png", b"x")})
    page.blocks.close()
    assert (answer.status_code, answer.text) == (507, said("guard.storage"))


def test_a_setting_above_its_ceiling_is_refused(http):
    asked = http.post("/gradio_api/call/generate_images", json={"data": ["fashion", "any", 17, 0, 1, "any"]})
    told = http.get(f"/gradio_api/call/generate_images/{asked.json()['event_id']}")
    assert "Count: 17 is more than this public page gives, which is at most 16" in told.text


def test_a_slider_ends_at_its_ceiling(http):
    components = http.get("/config").json()["components"]
    (count,) = [c["props"] for c in components if c["props"].get("elem_id") == "image-count"]
    assert count["maximum"] == 16


def test_a_request_to_a_full_queue_is_told_how_long_to_wait(tmp_path, monkeypatch):
    page = Page([image_tab.build], Context(folder=save_all(tmp_path), device="cpu", limits=Limits(max_queue=1)))
    running, finish = threading.Event(), threading.Event()

    def wait(requests):
        running.set()
        finish.wait()
        return [{} for _ in requests]

    monkeypatch.setattr(page.panels[0], "generate_batch", wait)
    with httpx.Client(base_url=page.launch("127.0.0.1", None), timeout=60) as client:
        config = client.get("/config").json()
        ids = {component["props"].get("elem_id"): component["id"] for component in config["components"]}
        click = [ids["image-generate"], "click"]
        (function,) = [entry["id"] for entry in config["dependencies"] if click in entry["targets"]]
        body = {"data": ["fashion", "any", 1, 0, 1, "any"], "fn_index": function, "session_hash": "visitor"}
        answers = [client.post("/gradio_api/queue/join", json=body)]
        assert running.wait(60)
        answers += [client.post("/gradio_api/queue/join", json=body) for _ in range(2)]
        finish.set()
        client.get("/gradio_api/queue/data", params={"session_hash": "visitor"})  # ends after both results
    page.blocks.close()
    assert [answer.status_code for answer in answers] == [200, 200, 503]
    assert answers[-1].json()["detail"] == said("guard.full", seconds=1)
    assert answers[-1].headers["retry-after"] == "1"
