"""What is in the environment when numpy and Gradio are imported, and proxies of all kinds."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import httpx
import pytest

from genai import environment

ROOT = Path(__file__).parents[1]
DEAD = "127.0.0.1:9"
PROXIES = [
    {"http_proxy": f"http://{DEAD}"},
    {"HTTP_PROXY": f"http://{DEAD}", "NO_PROXY": "example.org"},
    {"ALL_PROXY": f"socks5://{DEAD}"},
    {"all_proxy": f"socks://{DEAD}/", "no_proxy": "localhost,127.0.0.1"},
    {"https_proxy": "http://[::1"},
]
SEE_ALL = """
import builtins, os, sys
import genai.environment
seen = {}
original = __import__
class SeenBoth(BaseException):
    pass
def watched(name, *arguments, **more):
    if name in ("numpy", "gradio"):
        seen.setdefault(name, dict(os.environ))
    if len(seen) == 2:
        raise SeenBoth
    return original(name, *arguments, **more)
builtins.__import__ = watched
try:
    import genai.serve
except SeenBoth:
    pass  # the rest takes seconds
for name in ("numpy", "gradio"):
    assert seen[name]["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert int(seen[name]["OPENBLAS_NUM_THREADS"]) >= 1
    assert seen[name]["no_proxy"] == "*"
    assert "GRADIO_SERVER_PORT" not in seen[name]
    assert "GRADIO_SHARE" not in seen[name]
print(genai.environment.server_variable("GRADIO_SERVER_PORT"))
"""


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """As in a process in which nothing was taken yet, and without the proxies of whoever runs the tests."""
    monkeypatch.setattr(environment, "_user_values", {})
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def test_everything_is_set_before_numpy_and_gradio_are_imported():
    variables = {"GRADIO_SERVER_PORT": "abc", "GRADIO_SHARE": "True", "ALL_PROXY": f"socks5://{DEAD}"}
    command = [sys.executable, "-c", SEE_ALL]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)
    assert done.stdout == "abc\n", done.stderr


@pytest.mark.parametrize("proxies", PROXIES, ids=str)
def test_requests_go_through_no_proxy(proxies, monkeypatch, serve, tmp_path):
    (tmp_path / "page").write_text("here")
    address = f"{serve(tmp_path)}/page"
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    for _ in range(2):  # a second call changes nothing
        environment.bypass_proxies()
        assert httpx.get(address).text == "here"
    with environment.user_proxies():
        assert urllib.request.getproxies().items() >= _as_read(proxies).items()
        assert os.environ.get("no_proxy") == proxies.get("no_proxy")
    assert httpx.get(address).text == "here"


def _as_read(proxies):
    return {name.lower().removesuffix("_proxy"): value for name, value in proxies.items()}


def test_the_user_s_proxies_are_used_where_they_are_wanted(monkeypatch, serve, tmp_path):
    address = serve(tmp_path)
    monkeypatch.setenv("http_proxy", f"http://{DEAD}")
    environment.bypass_proxies()
    with environment.user_proxies(), pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_server_variables_are_taken_out(monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "::1")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "")
    environment._move_out(*environment.SERVER_VARIABLES)
    assert "GRADIO_SERVER_NAME" not in os.environ
    assert environment.server_variable("GRADIO_SERVER_NAME") == "::1"
    assert environment.server_variable("GRADIO_SERVER_PORT", "7860") == "7860"
    assert environment.server_variable("GRADIO_SHARE") == ""
