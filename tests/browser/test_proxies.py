"""The page and the README's client where proxies are set that reach nothing."""

import os
import re
import subprocess
import sys

from tests.browser.conftest import ROOT, serve
from tests.ui.tiny import save_all

DEAD = "127.0.0.1:9"
PROXIES = ({"http_proxy": f"http://{DEAD}"}, {"ALL_PROXY": f"socks5://{DEAD}"})


def test_the_page_and_clients_of_the_readme(tmp_path, cache):
    """What the page does with each of them alone, tests/test_environment.py tells."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (opened,) = re.findall(r"^lab = Client.*", readme, re.MULTILINE)
    asked = 'print(len(lab.predict("", "shakespeare", 40, 0.8, 0, 1.0, 7, api_name="/generate_text")))'
    flags = ("--checkpoints", str(save_all(tmp_path / "checkpoints")))
    with serve(tmp_path, cache, *flags, variables=PROXIES[0] | PROXIES[1]) as address:
        opened = opened.replace("http://127.0.0.1:7860", address).replace("Client(", "Client(verbose=False, src=")
        code = f"from gradio_client import Client\n{opened}\n{asked}"
        for proxy in PROXIES:
            client = subprocess.run(
                [sys.executable, "-c", code], env=_without_bypass() | proxy, capture_output=True, text=True
            )
            assert client.stdout == "40\n", client.stderr


def _without_bypass():
    return {name: value for name, value in os.environ.items() if name != "no_proxy"}
