"""The page's command line: `python app.py` or `python -m genai serve`, then http://127.0.0.1:7860."""

from genai import environment

environment.prepare()  # before numpy and Gradio are imported, which read the environment then

import atexit
import importlib.util
import os
import shutil
import socket
import tempfile
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import tyro

from genai.audio import tab as audio_tab
from genai.check import tab as check_tab
from genai.checkpoint import require_folder
from genai.classroom import page as classroom_page
from genai.device import pick_device
from genai.errors import ConfigError, exit_with_sentence, quoted
from genai.home import tab as home_tab
from genai.image import tab as image_tab
from genai.learn import tab as learn_tab
from genai.lesson import page as lesson_page
from genai.process import configure_for_serving, freeze_gc, trim_memory_periodically
from genai.serving.certificate import make_certificate, own_hosts
from genai.serving.guard.limits import Expensive, Limits, public
from genai.serving.lan import certificate_message, lan_message
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.page.tunnel import open_tunnel
from genai.ui.panel.context import Context

LEARN_PARTS: Mapping[str, learn_tab.BuildPart] = {
    "lesson": lesson_page.build_part,
    "class": classroom_page.build_part,
    **learn_tab.PARTS,
}
SPACE = "SPACE_ID"
"""Variable that a Hugging Face Space sets: it serves strangers."""
TABS = (
    home_tab.build,
    text_tab.build,
    image_tab.build,
    audio_tab.build,
    partial(learn_tab.build, parts=LEARN_PARTS),
    check_tab.build,
)
BESIDE = (classroom_page.build_view, lesson_page.build_view)
"""Views that are there whatever tab is open."""


def _port_of_environment() -> int:
    value = environment.server_variable("GRADIO_SERVER_PORT", "7860")
    try:
        return int(value)
    except ValueError:
        raise ConfigError(
            "The environment's GRADIO_SERVER_PORT is {value}, which is no port: it must be a whole number from 0 "
            "to 65535. Change it or unset it.",
            value=quoted(value),
        ) from None


def _share_of_environment() -> bool:
    return environment.server_variable("GRADIO_SHARE").lower() == "true"


@dataclass(frozen=True)
class Flags:
    """Generative AI Lab: small networks that write, draw and speak, in a browser."""

    host: str = field(default_factory=lambda: environment.server_variable("GRADIO_SERVER_NAME", "127.0.0.1"))
    """Address to serve at; the environment's GRADIO_SERVER_NAME if left out, else this machine alone."""
    port: int = field(default_factory=_port_of_environment)
    """Port to serve at, 0 for any that is free; the environment's GRADIO_SERVER_PORT if left out, else 7860."""
    lan: bool = False
    """Serve everybody in this network, and print the address as a QR code."""
    https: bool = False
    """Encrypt the page with a certificate that is made at the start: only then do browsers on other devices allow
    microphone, camera and clipboard. Each browser warns once that it does not know the certificate."""
    share: bool = field(default_factory=_share_of_environment)
    """Also open a public link through Gradio's tunnel, for at most a week; implies --public. GRADIO_SHARE=True in
    the environment means the same."""
    public: bool = False
    """Serve strangers: stricter limits, and the expensive requests that --allow lists are switched off. A Hugging
    Face Space does so without the flag."""
    allow: tuple[Expensive, ...] = ()
    """Expensive requests that stay switched on with --public: census, film, ranking, look, differ, cost, by_place,
    train."""
    auth: str | None = None
    """USER:PASSWORD that visitors must enter."""
    teacher_word: str = field(default_factory=lambda: environment.server_variable("GENAI_TEACHER_WORD"))
    """Word that whoever opens a class room must give; needed for rooms with --public. The environment's
    GENAI_TEACHER_WORD if left out, which other users of this machine do not see."""
    mcp: bool = False
    """Also be an MCP server, at /gradio_api/mcp/, for assistants that use tools; needs pip install mcp."""
    device: str | None = None
    """Where the models run, such as cpu or cuda; the accelerator of this machine if left out, else the CPU."""
    checkpoints: Path | None = None
    """Folder of checkpoints with the subfolders text, image and audio, and perhaps judges and indexes; the
    environment's GENAI_CHECKPOINTS if left out, else the repository's own."""
    lang: Literal["en", "zh-CN"] | None = None
    """Language of the page; each visitor's browser decides if left out."""
    browser: bool = True
    """Open the page in a browser."""


def start(flags: Flags) -> Page:
    """Build the page and serve it in the background.

    Raises:
        GenaiError: if a flag cannot be followed.
    """
    if flags.checkpoints is not None and not flags.checkpoints.is_dir():
        raise ConfigError(
            "--checkpoints {value} is not a folder: name one with the subfolders text, image and audio.",
            value=flags.checkpoints,
        )
    require_folder(flags.checkpoints)
    if flags.device is not None:
        pick_device(flags.device)
    is_public = flags.public or flags.share or SPACE in os.environ
    limits = public(frozenset(flags.allow)) if is_public else Limits()
    word = flags.teacher_word.strip() or None
    context = Context(
        folder=flags.checkpoints, device=flags.device, limits=limits, language=flags.lang, teacher_word=word
    )
    auth = _parse_auth(flags.auth)
    _check_mcp(flags)
    _check_https(flags)
    _use_own_upload_folder()
    certificate = make_certificate([*own_hosts(), flags.host.strip("[]")]) if flags.https else None
    page = Page(TABS, context, BESIDE)
    host = "0.0.0.0" if flags.lan else flags.host
    try:
        port = flags.port or _free_port(host)
        url = page.launch(_bracketed(host), port, auth, mcp=flags.mcp, certificate=certificate)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            "Port {port} of {host} cannot be served at: it is in use or not allowed, or the host is no address of "
            "this machine. Try another --port, or another --host.",
            port=flags.port,
            host=host,
        ) from error
    scheme = "https" if certificate else "http"
    print(lan_message(port, scheme) if flags.lan else f"The lab is open at {url}", flush=True)
    if certificate:
        print(certificate_message(certificate.fingerprint), flush=True)
    with environment.user_proxies():
        if flags.browser:
            webbrowser.open(url)
        if flags.share:
            print(open_tunnel(page.blocks), flush=True)
    return page


def _is_ipv6(host: str) -> bool:
    return ":" in host


def _bracketed(host: str) -> str:
    """Return a host as addresses of pages have it: an IPv6 address in brackets."""
    return f"[{host.strip('[]')}]" if _is_ipv6(host) else host


def _free_port(host: str) -> int:
    """Return a port of a host that is free now."""
    family = socket.AF_INET6 if _is_ipv6(host) else socket.AF_INET
    with socket.create_server((host.strip("[]"), 0), family=family) as server:
        return int(server.getsockname()[1])


def _use_own_upload_folder() -> None:
    """Store uploads in a folder of this process, unless GRADIO_TEMP_DIR names one.

    Gradio takes the same folder for everybody, which on a machine with several users belongs to the first of them.
    """
    if "GRADIO_TEMP_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="genai-lab-uploads-")
        os.environ["GRADIO_TEMP_DIR"] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _parse_auth(pair: str | None) -> tuple[str, str] | None:
    if pair is None:
        return None
    user, colon, password = pair.partition(":")
    if not (user and colon and password):
        raise ConfigError("--auth must be USER:PASSWORD, neither of them empty.")
    return user, password


def _check_https(flags: Flags) -> None:
    if flags.https and flags.share:
        raise ConfigError("--https and --share do not go together: a public link is encrypted already.")


def _check_mcp(flags: Flags) -> None:
    if flags.mcp and flags.auth:
        raise ConfigError("--mcp and --auth do not go together: the tools would be listed without the password.")
    if flags.mcp and importlib.util.find_spec("mcp") is None:
        raise ConfigError("--mcp needs the package mcp: run `pip install mcp`, then start the page again.")


def main(arguments: Sequence[str] | None = None, prog: str | None = None) -> None:
    """Read the flags and serve until interrupted.

    Args:
        arguments: The flags; None means those of this process.
        prog: What --help calls the command; None means the file that was run.
    """
    configure_for_serving()
    with exit_with_sentence():
        page = start(tyro.cli(Flags, prog=prog, args=arguments))
        page.warm_up()
        freeze_gc()
        trim_memory_periodically()
        page.blocks.block_thread()


if __name__ == "__main__":
    main()
