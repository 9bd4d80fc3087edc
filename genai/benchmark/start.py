"""How soon the page can be used after its start, and how much memory it takes when every model was used."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from genai.quality.figures import Figure, Figures

ROUNDS = 3
PATIENCE_SECONDS = 120
MEMORY = """
import torch, psutil
from genai.process import configure_for_serving, trim_memory
configure_for_serving()
from genai.serve import TABS
from genai.ui.panel.context import Context
from genai.ui.page.page import Page
from genai.ui.panel.panel import Panel
page = Page(TABS, Context())
for panel in page.panels:
    for name in panel.registry.names if isinstance(panel, Panel) else ():
        panel.change_model(name)
trim_memory()  # as the page does every half minute
page = psutil.Process()
infos = [process.memory_full_info() for process in (page, *page.children())]
print(sum(getattr(info, "pss", info.rss) for info in infos) / 2**20)
"""


def measure(device: str | None = None) -> Figures:
    """Return the seconds until the page answers, and the MiB of a process that has shown all models."""
    bare = min(_bare() for _ in range(ROUNDS))
    usable = min(_usable(device) for _ in range(ROUNDS))
    return {
        "start: seconds until the page answers": Figure(
            usable,
            ROUNDS,
            "the least of 3 starts of a process",
            {"import torch, gradio": bare, "times that": usable / bare, "limit": 1.3 * bare},
        ),
        "memory: MiB with an opening of every shipped model": Figure(
            _memory(),
            1,
            "memory of the page's process and its text worker (pages they share counted once) after each model's "
            "opening was shown",
            {"limit": 1536},
        ),
    }


def _bare() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch, gradio"], check=True, env=_environment())
    return time.perf_counter() - began


def _usable(device: str | None) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    flags = ["--port", str(port), "--no-browser", *(["--device", device] if device else [])]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "genai.serve", *flags], env=_environment(), stdout=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < PATIENCE_SECONDS:
            if _answers(f"http://127.0.0.1:{port}"):
                return time.perf_counter() - began
            time.sleep(0.02)
        raise RuntimeError(f"the page did not answer within {PATIENCE_SECONDS} seconds")
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # no proxy can reach this machine's own page
    try:
        with direct.open(address, timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _memory() -> float:
    command = [sys.executable, "-c", MEMORY]
    completed = subprocess.run(command, check=True, env=_environment(), capture_output=True, text=True)
    return float(completed.stdout.split()[-1])


def _environment() -> dict[str, str]:
    """Return this process's variables, a folder for Gradio's temporary files, and what the page's process sets."""
    off = {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": tempfile.gettempdir(), "no_proxy": "*"}
    return {**os.environ, **off}
