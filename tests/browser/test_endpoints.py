"""The three named endpoints, called as anybody's program would."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio_client
import pytest
import soundfile
from PIL import Image

PARAMETERS = {
    "/generate_text": [("prompt", ""), ("checkpoint", "shakespeare"), ("length", 400), ("temperature", 0.8),
                       ("top_k", 0), ("top_p", 1.0), ("seed", 0), ("finish", False), ("typical_p", 1.0)],
    "/generate_images": [("checkpoint", "fashion"), ("label", "any"), ("count", 16), ("seed", 0),
                         ("truncation", 1.0), ("variant", "any")],
    "/generate_audio": [("checkpoint", "digits"), ("label", "any"), ("seed", 0), ("variant", "any")],
}  # fmt: skip


@pytest.fixture(scope="module")
def client(server, tmp_path_factory):
    return gradio_client.Client(server, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def test_names_parameters_and_defaults(client):
    named = client.view_api(return_format="dict")["named_endpoints"]
    found = {
        name: [(p["parameter_name"], p["parameter_default"]) for p in endpoint["parameters"]]
        for name, endpoint in named.items()
    }
    assert found == PARAMETERS


def test_text(client):
    assert len(client.predict(api_name="/generate_text")) == 400
    settings = {"prompt": "ROMEO:", "length": 50, "seed": 3}
    text = client.predict(**settings, api_name="/generate_text")
    assert len(text) == 50
    assert client.predict(**settings, api_name="/generate_text") == text
    assert client.predict("ROMEO:", "shakespeare", 50, 0.8, 0, 1.0, 4, api_name="/generate_text") != text


def test_images(client):
    files = client.predict(api_name="/generate_images")
    assert len(files) == 16
    assert {Image.open(io.BytesIO(Path(file).read_bytes())).size for file in files} == {(32, 32)}
    settings = {"label": "运动鞋", "count": 2, "seed": 9, "truncation": 0.5}
    first, again = (client.predict(**settings, api_name="/generate_images") for _ in range(2))
    assert [Path(f).read_bytes() for f in first] == [Path(f).read_bytes() for f in again]
    assert [Path(f).name for f in first] == ["fashion-seed9.png", "fashion-seed10.png"]
    assert (
        Path(first[0]).read_bytes()
        == Path(client.predict(**{**settings, "label": "sneaker"}, api_name="/generate_images")[0]).read_bytes()
    )


def test_audio(client):
    first, again, other = (client.predict(label="7", seed=s, api_name="/generate_audio") for s in (1, 1, 2))
    assert Path(first).read_bytes() == Path(again).read_bytes() != Path(other).read_bytes()
    sound, rate = soundfile.read(io.BytesIO(Path(first).read_bytes()), dtype="int16")
    assert (rate, len(sound)) == (8000, 8192)


@pytest.mark.parametrize(
    ("endpoint", "settings", "says"),
    [
        ("/generate_text", {"length": "400"}, "Length is '400': a whole number is needed"),
        ("/generate_text", {"length": 5001}, "Length 5001 cannot be used"),
        ("/generate_text", {"temperature": True}, "Temperature is True: a number is needed"),
        ("/generate_text", {"temperature": -0.1}, "Temperature -0.1 cannot be used"),
        ("/generate_text", {"top_p": 0}, "Top-p 0"),
        ("/generate_text", {"typical_p": 0}, "Typical-p 0"),
        ("/generate_text", {"prompt": ["a"]}, "Prompt is ['a']: a text is needed"),
        ("/generate_text", {"prompt": "龙"}, "never seen '龙'"),
        ("/generate_text", {"seed": 2**32}, "Seed 4294967296 cannot be used"),
        ("/generate_text", {"checkpoint": "/etc/passwd"}, "There are no text models called '/etc/passwd'"),
        ("/generate_text", {"checkpoint": "broken"}, "broken.safetensors cannot be read"),
        ("/generate_text", {"checkpoint": {}}, "There are no text models called"),
        ("/generate_images", {"count": 65}, "Count 65 cannot be used"),
        ("/generate_images", {"count": 2.5}, "Count is 2.5: a whole number is needed"),
        ("/generate_images", {"label": "unicorn"}, "Label 'unicorn' is unknown"),
        ("/generate_images", {"truncation": 1.5}, "Truncation 1.5 cannot be used"),
        ("/generate_audio", {"label": "10"}, "Label '10' is unknown"),
        ("/generate_audio", {"seed": None}, "Seed is empty: a whole number is needed"),
    ],
)
def test_errors_are_sentences(client, endpoint, settings, says):
    with pytest.raises(gradio_client.exceptions.AppError) as caught:
        client.predict(**settings, api_name=endpoint)
    assert says in str(caught.value)


def test_company_changes_nothing(client):
    """Twelve callers at once, four settings: each gets the whole of what it would get alone."""
    settings = [{"count": 4, "seed": seed} for seed in (1, 2, 3, 4)]

    def call(wanted):
        return [Path(f).read_bytes() for f in client.predict(**wanted, api_name="/generate_images")]

    alone = [call(wanted) for wanted in settings]
    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(call, settings * 3))
    assert together == alone * 3
