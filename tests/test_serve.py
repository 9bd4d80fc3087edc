"""The flags and what they lead to."""

import io
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import segno
import torch
from gradio import networking

from genai import checkpoint, serve, text
from genai.checkpoint.header import Header, card_fields
from genai.datasets.card import DataCard
from genai.errors import ConfigError
from genai.image.page.renderer import RENDERER
from genai.quality import nearest, shipped_networks
from genai.quality.feature_network import FeatureNetwork, FeatureNetworkConfig
from genai.serving import lan
from genai.serving.models import Registry
from genai.text import data as text_data
from genai.text import indexing
from genai.text.page.xray import XRay
from genai.ui.page import tunnel
from genai.ui.page.start_language import StartLanguage
from genai.ui.views.census import Census
from genai.ui.views.inside import InsideQuestions
from tests.ui.tiny import PAPERS, save_all


@pytest.fixture
def served(monkeypatch):
    """Record how the page would be served instead of serving it."""
    calls = []

    def launch(page, *args, **kwargs):
        page.blocks.server_name, page.blocks.server_port = args[:2]
        calls.append((args, kwargs))
        return "http://127.0.0.1:7860/"

    monkeypatch.setattr(serve.Page, "launch", launch)
    return calls


@pytest.fixture(autouse=True)
def opened(monkeypatch):
    """Record what would be opened in a browser."""
    addresses = []
    monkeypatch.setattr(serve.webbrowser, "open", addresses.append)
    return addresses


def test_defaults(served, opened, capsys, tmp_path):
    page = serve.start(serve.Flags(checkpoints=tmp_path))
    assert served == [(("127.0.0.1", 7860, None), {"mcp": False, "certificate": None})]
    assert opened == ["http://127.0.0.1:7860/"]
    assert [panel.name for panel in page.panels] == ["home", "text", "image", "audio", "learn", "check"]
    assert capsys.readouterr().out == "The lab is open at http://127.0.0.1:7860/\n"


def test_uploads_have_a_folder_of_their_own_unless_one_is_named(served, tmp_path, monkeypatch):
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    serve.start(serve.Flags(checkpoints=tmp_path))
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    assert folder.is_dir()
    assert folder.name.startswith("genai-lab-uploads-")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    serve.start(serve.Flags(checkpoints=tmp_path))
    assert os.environ["GRADIO_TEMP_DIR"] == str(tmp_path)


def test_language_reaches_the_page(served, tmp_path):
    for language in ("zh-CN", None):
        page = serve.start(serve.Flags(checkpoints=tmp_path, lang=language))
        [start] = [one for one in page._app_options(login=False)["middleware"] if one.cls is StartLanguage]
        assert start.kwargs["fallback"] == language


def test_login(served, tmp_path):
    serve.start(serve.Flags(checkpoints=tmp_path, auth="teacher:pass:word"))
    assert served[0][0][2] == ("teacher", "pass:word")
    for wrong in ("teacher", ":password", "teacher:"):
        with pytest.raises(ConfigError, match="USER:PASSWORD"):
            serve.start(serve.Flags(checkpoints=tmp_path, auth=wrong))


def test_wrong_folder_and_device(served, tmp_path):
    with pytest.raises(ConfigError, match="is not a folder"):
        serve.start(serve.Flags(checkpoints=tmp_path / "none"))
    with pytest.raises(ConfigError, match="Device"):
        serve.start(serve.Flags(checkpoints=tmp_path, device="abacus"))
    assert served == []


def test_port_in_use(monkeypatch, tmp_path):
    def launch(*_, **__):
        raise OSError("Cannot find empty port in range: 7860-7860.")

    monkeypatch.setattr(serve.Page, "launch", launch)
    for everybody, host in ((False, r"127\.0\.0\.1"), (True, r"0\.0\.0\.0")):
        with pytest.raises(ConfigError, match=f"Port 7860 of {host}"):
            serve.start(serve.Flags(checkpoints=tmp_path, lan=everybody))


def test_a_port_that_does_not_exist(tmp_path):
    with pytest.raises(ConfigError, match=r"Port 99999 of 127\.0\.0\.1"):
        serve.start(serve.Flags(checkpoints=tmp_path, port=99999, browser=False))


def test_share_without_a_way_out_is_one_sentence(served, monkeypatch, capsys, tmp_path):
    def unreachable(**_):
        raise RuntimeError("Could not get share link from Gradio API Server.")

    monkeypatch.setattr(tunnel.networking, "setup_tunnel", unreachable)
    serve.start(serve.Flags(checkpoints=tmp_path, share=True))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("No public link: the tunnel cannot be reached from here")
    assert lines[1].endswith("The page is served locally on.")


def test_share_keeps_the_page_s_own_assets(monkeypatch):
    monkeypatch.setattr(tunnel.networking, "setup_tunnel", lambda **_: "https://x.gradio.live")
    blocks = SimpleNamespace(server_name="127.0.0.1", server_port=7860, share_token="t", share=False)
    assert tunnel.open_tunnel(blocks).endswith("https://x.gradio.live")
    assert blocks.share is False  # else Gradio would have every visitor fetch its script from elsewhere


def test_the_teachers_word_comes_from_the_flag_or_the_environment(served, monkeypatch, tmp_path):
    def start(**flags):
        return serve.start(serve.Flags(checkpoints=tmp_path, **flags))._context

    monkeypatch.delenv("GENAI_TEACHER_WORD", raising=False)
    assert (start().teacher_word, start().limits.rooms_need_word) == (None, False)
    assert start(public=True).limits.rooms_need_word
    monkeypatch.setenv("GENAI_TEACHER_WORD", " swordfish ")
    assert start().teacher_word == "swordfish"
    assert start(teacher_word="herring").teacher_word == "herring"


def test_share_is_public_and_public_is_strict(served, monkeypatch, tmp_path):
    monkeypatch.setattr(tunnel.networking, "setup_tunnel", lambda **_: "https://x.gradio.live")
    plain, shared, open_page = (
        serve.start(serve.Flags(checkpoints=tmp_path, **flags))._context.limits
        for flags in ({}, {"share": True}, {"public": True, "allow": ("film",)})
    )
    assert plain.closed == frozenset()
    assert shared.closed == {"census", "film", "ranking", "look", "train", "differ", "cost", "by_place"}
    assert open_page.closed == shared.closed - {"film"}
    assert shared.visitor_requests_per_minute < plain.visitor_requests_per_minute
    assert shared.ceilings["length"] < 5000


def test_a_space_is_public(served, monkeypatch, tmp_path):
    monkeypatch.setenv("SPACE_ID", "somebody/lab")
    limits = serve.start(serve.Flags(checkpoints=tmp_path))._context.limits
    assert "train" in limits.closed
    assert limits.rooms_need_word


def test_lan_invites_everybody_in_the_network_by_a_code(served, capsys, tmp_path):
    serve.start(serve.Flags(checkpoints=tmp_path, lan=True))
    assert served[0][0][0] == "0.0.0.0"
    *code, said = capsys.readouterr().out.splitlines()
    url = said.removeprefix("For everybody in this network: ")
    assert url == f"http://{lan.address()}:7860/"
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    assert "\n".join(code).rstrip() == drawn.getvalue().rstrip()


def test_https_explains_the_warning_of_browsers_in_both_languages(served, capsys, tmp_path):
    serve.start(serve.Flags(checkpoints=tmp_path, lan=True, https=True))
    certificate = served[0][1]["certificate"]
    output = capsys.readouterr().out
    assert f"For everybody in this network: https://{lan.address()}:7860/" in output
    assert "each browser warns" in output
    assert f"可核对证书的 SHA-256：{certificate.fingerprint}" in output
    with pytest.raises(ConfigError, match="--https and --share do not go together"):
        serve.start(serve.Flags(checkpoints=tmp_path, share=True, https=True))


def test_a_host_and_a_port_from_the_environment(served, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "8080")
    serve.start(serve.Flags(checkpoints=tmp_path))
    assert served[0][0][:2] == ("0.0.0.0", 8080)


@pytest.mark.parametrize("port", ["abc", "80.5", "0x50"])
def test_a_port_from_the_environment_that_is_none(port, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    monkeypatch.setattr(serve, "configure_for_serving", lambda: None)  # it would last
    with pytest.raises(SystemExit, match=f"GRADIO_SERVER_PORT is '{port}', which is no port"):
        serve.main(["--no-browser"])


@pytest.mark.parametrize(("value", "share"), [("True", True), ("true", True), ("False", False), ("", False)])
def test_gradio_share_means_share(value, share, monkeypatch):
    monkeypatch.setenv("GRADIO_SHARE", value)
    assert serve.Flags().share is share


def test_port_0_is_any_free_port(served, capsys, tmp_path):
    serve.start(serve.Flags(checkpoints=tmp_path, port=0, lan=True))
    port = served[0][0][1]
    assert port > 0
    assert f":{port}/" in capsys.readouterr().out


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_a_host_of_ipv6(host, tmp_path):
    page = serve.start(serve.Flags(host=host, port=0, checkpoints=tmp_path, browser=False))
    try:
        assert httpx.get(page.blocks.local_url).status_code == 200
    finally:
        page.blocks.close()


def test_a_machine_too_busy_to_send_the_page_within_3_seconds_starts_it(monkeypatch, tmp_path):
    def url_ok(url):
        return False  # what Gradio finds out there

    monkeypatch.setattr(networking, "url_ok", url_ok)
    page = serve.start(serve.Flags(port=0, checkpoints=tmp_path, browser=False))
    try:
        assert httpx.get(page.blocks.local_url).status_code == 200
    finally:
        page.blocks.close()


def test_no_address_of_this_machine(tmp_path):
    with pytest.raises(ConfigError, match=r"Port 0 of 192\.0\.2\.1 .* no address of this machine"):
        serve.start(serve.Flags(host="192.0.2.1", port=0, checkpoints=tmp_path, browser=False))


def test_mcp_asks_for_its_package_and_for_no_password(served, monkeypatch, tmp_path):
    serve.start(serve.Flags(checkpoints=tmp_path, mcp=True))
    assert served[-1][1]["mcp"] is True
    with pytest.raises(ConfigError, match="--mcp and --auth"):
        serve.start(serve.Flags(checkpoints=tmp_path, mcp=True, auth="a:b"))
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install mcp"):
        serve.start(serve.Flags(checkpoints=tmp_path, mcp=True))


def test_the_help_names_every_flag(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["app.py", "--help"])
    monkeypatch.setattr(serve, "configure_for_serving", lambda: None)  # it would last
    with pytest.raises(SystemExit):
        serve.main()
    shown = capsys.readouterr().out
    flags = "--host --port --lan --https --share --public --allow --auth --mcp --device --checkpoints --lang"
    for flag in (*flags.split(), "--teacher-word", "--no-browser"):
        assert flag in shown


def test_a_flag_that_cannot_be_followed_is_a_sentence(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["app.py", "--checkpoints", "nowhere", "--no-browser"])
    monkeypatch.setattr(serve, "configure_for_serving", lambda: None)  # it would last
    with pytest.raises(SystemExit, match=r"^--checkpoints nowhere is not a folder"):
        serve.main()


def test_judges_and_indexes_are_taken_from_beside_the_checkpoints(served, tmp_path):
    save_all(tmp_path)
    (tmp_path / "Plays.txt").write_text("Plays: " + "it was the nightingale, and not the lark; " * 300)
    model = tmp_path / "text" / "shakespeare.safetensors"
    corpus = text_data.load(str(tmp_path / "Plays.txt"))
    text_header, weights = checkpoint.load(model, "text")
    own = replace(text_header, **card_fields(corpus.card), training={"data_sha256": corpus.fingerprint})
    checkpoint.save(model, own, weights)
    page = serve.start(serve.Flags(checkpoints=tmp_path, device="cpu"))
    pictures = page.panels[2].registry
    texts = Registry("text", text.load, device="cpu", folder=page._context.folder)  # as the text tab makes it
    card = DataCard("Clothes", {"en": "Clothes", "zh-CN": "服装"}, *PAPERS.values())  # as the tiny models name it
    judge = FeatureNetwork(FeatureNetworkConfig(1, 32, 32, classes=4))
    classes = pictures.header("fashion").classes
    header = Header("image", "judge", asdict(judge.config), **card_fields(card), classes=classes,
                    metrics={"accuracy": {"value": 0.5, "n": 8}}, training={"items": [1, 1, 1, 1]})  # fmt: skip
    ask = InsideQuestions(pictures, RENDERER).inside
    assert ask({"model": "fashion"})["nearest"] is None

    checkpoint.save(tmp_path / "judges" / "image" / "Clothes-pooled.safetensors", header, judge.state_dict())
    judge = shipped_networks.load("image", "Clothes", "pooled", tmp_path / "judges")  # with the weights as saved
    items = torch.rand(8, 1, 32, 32)
    index = nearest.build_index(judge, items, items, [f"own {n}" for n in range(8)])
    nearest.save(index, judge, "image", card, tmp_path / "indexes")
    indexing.main(str(tmp_path / "Plays.txt"), folder=tmp_path / "indexes")

    assert ask({"model": "fashion"})["nearest"]["id"].startswith("own ")
    assert Census(pictures, RENDERER).classes({"model": "fashion"})["properties"][0]["shares"] == [0.25] * 4
    copied = XRay(texts).look({"model": "shakespeare", "text": "it was the nightingale, and not"})["copied"]
    assert copied["length"] == len("it was the nightingale, and not")
