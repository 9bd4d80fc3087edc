"""The page as an MCP server, asked by the official client."""

import base64

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from genai import audio, image, text
from genai.audio import tab as audio_tab
from genai.image import tab as image_tab
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from tests import loop
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def address(folder):
    page = Page([tab.build for tab in (text_tab, image_tab, audio_tab)], Context(folder=folder, device="cpu"))
    yield page.launch("127.0.0.1", None, mcp=True)
    page.blocks.close()


@pytest.fixture(scope="module")
def ask(address):
    def talk(name=None, **arguments):
        async def run():
            async with streamable_http_client(f"{address}gradio_api/mcp/") as (read, write, _), \
                    ClientSession(read, write) as session:  # fmt: skip
                await session.initialize()
                return await (session.call_tool(name, arguments) if name else session.list_tools())

        return loop.run(run())

    return talk


def test_three_tools_with_descriptions_and_parameters(ask):
    tools = {tool.name: tool for tool in ask().tools}
    assert set(tools) == {"generate_text", "generate_images", "generate_audio"}
    for tool in tools.values():
        assert len(tool.description) > 30
        for name, parameter in tool.inputSchema["properties"].items():
            assert parameter.get("description"), (tool.name, name)
    assert set(tools["generate_text"].inputSchema["properties"]) == {
        "prompt", "checkpoint", "length", "temperature", "top_k", "top_p", "seed", "finish", "typical_p",
    }  # fmt: skip


def test_a_text_is_the_facade_s(ask, folder):
    answer = ask("generate_text", prompt="A", length=30, seed=7)
    model = text.load("shakespeare", "cpu", folder)
    assert answer.content[0].text == text.generate(model, [text.TextRequest("A", 30, seed=7)])[0].text


def test_a_picture_and_a_sound_are_the_facade_s(ask, address, folder):
    [picture, *_] = [part for part in ask("generate_images", count=1, seed=3).content if part.type == "text"]
    model = image.load("fashion", "cpu", folder)
    wanted = image_tab.encode(model, image.generate(model, [image.ImageRequest(seed=3)])[0])
    assert httpx.get(_url(picture.text)).content == wanted
    sound = ask("generate_audio", label="7", seed=1).content
    model = audio.load("digits", "cpu", folder)
    wanted = audio_tab.encode(model, audio.generate(model, [audio.AudioRequest("7", seed=1)])[0])
    embedded = [part.data for part in sound if part.type == "audio"]
    told = [part.text for part in sound if part.type == "text"]
    assert base64.b64decode(embedded[0]) == wanted if embedded else httpx.get(_url(told[0])).content == wanted


def test_a_wrong_value_is_our_sentence(ask):
    answer = ask("generate_images", count=65)
    assert answer.isError
    assert "Count 65 cannot be used: it must be a whole number from 1 to 64" in answer.content[0].text


def _url(said):
    return said[said.index("http") :].split()[0].strip("'\",]}")
