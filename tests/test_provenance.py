"""Files with labels: what is in them, that equal results give equal bytes, and that other programs read them."""

import io
import json
import os
import shutil
import struct
import subprocess
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from genai import __version__, provenance
from genai.provenance import Label

LABEL = Label("image", "fashion", "00ff", {"seed": 7, "label": "运动鞋 <&>", "truncation": 0.5})
IN_FILES = {"modality": "image", "model": "fashion", "weights": "00ff", "settings": LABEL.settings,
            "precision": "float32", "version": __version__}  # fmt: skip
FIELDS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1",
          "ContentPropagator", "PropagateID", "ReservedCode2"]  # fmt: skip


def chunks(png):
    """The texts in a PNG by keyword, parsed here according to the standard (W3C PNG, 11.3.3)."""
    found, place = {}, 8
    while place < len(png):
        (length,), kind = struct.unpack(">I", png[place : place + 4]), png[place + 4 : place + 8]
        body = png[place + 8 : place + 8 + length]
        assert struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"tEXt":
            keyword, text = body.split(b"\0", 1)
            found[keyword.decode()] = text.decode("latin-1")
        if kind == b"iTXt":
            keyword, rest = body.split(b"\0", 1)
            assert rest[:2] == b"\0\0"  # not compressed
            found[keyword.decode()] = rest[2:].split(b"\0", 2)[2].decode()
        place += 12 + length
    return found


def info(wav):
    """The texts of a WAV's LIST INFO chunk by name, parsed here."""
    found, place = {}, 12
    while place + 8 <= len(wav):
        kind, length = wav[place : place + 4], struct.unpack("<I", wav[place + 4 : place + 8])[0]
        if kind == b"LIST" and wav[place + 8 : place + 12] == b"INFO":
            inner, end = place + 12, place + 8 + length
            while inner + 8 <= end:
                size = struct.unpack("<I", wav[inner + 4 : inner + 8])[0]
                found[wav[inner : inner + 4].decode()] = wav[inner + 8 : inner + 8 + size].rstrip(b"\0").decode()
                inner += 8 + size + size % 2
        place += 8 + length + length % 2
    return found


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_png_holds_the_picture_and_its_label(channels, mode):
    image = torch.linspace(-1, 1, channels * 64).view(channels, 8, 8)
    png = provenance.png(image, LABEL)
    read = Image.open(io.BytesIO(png))
    assert (read.mode, read.size) == (mode, (8, 8))
    levels = np.asarray(read).astype(float) / 127.5 - 1
    expected = image.permute(1, 2, 0).numpy().squeeze()
    assert np.abs(levels - expected).max() <= 0.5 / 127.5 + 1e-6
    texts = chunks(png)
    assert provenance.parse(texts["genai"]) == LABEL
    assert "machine" in texts["Comment"]
    assert "人工智能" in texts["Comment"]
    assert list(json.loads(texts["AIGC"])) == FIELDS
    packet = ElementTree.fromstring(texts["XML:com.adobe.xmp"])
    (aigc,) = packet.iter("{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC")
    assert aigc.text == texts["AIGC"]
    (source,) = packet.iter("{http://purl.org/dc/elements/1.1/}source")
    assert provenance.parse(source.text) == LABEL


def test_a_wav_holds_the_sound_and_its_label():
    sound = torch.linspace(-1, 1, 801)
    wav = provenance.wav(sound, 8000, LABEL)
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "PCM_16")
        assert np.abs(file.read() - sound.numpy()).max() < 1e-4
    comment = info(wav)["ICMT"]
    label, aigc = comment.split(" genai: ")[1].split(" AIGC: ")
    assert provenance.parse(label) == LABEL
    assert json.loads(aigc)["Label"] == "1"
    assert info(wav)["ISFT"].startswith("Generative AI Lab")


def test_a_text_has_its_label_below():
    written = provenance.txt("春眠不觉晓\n", LABEL).decode()
    assert written.startswith("春眠不觉晓\n\n\n---\nMade by a machine")
    *_, label, aigc = written.splitlines()
    assert provenance.parse(label.removeprefix("genai: ")) == LABEL
    assert json.loads(aigc.removeprefix("AIGC: "))["Label"] == "1"


def test_the_digest_of_the_weights_is_called_weights_in_files():
    assert json.loads(LABEL.json()) == LABEL.as_dict() == IN_FILES
    assert provenance.parse(json.dumps(IN_FILES)) == LABEL
    written = (
        '{"model": "fashion", "modality": "image", "settings": {"seed": 7}, "version": "0.1.0", "weights": "00ff"}'
    )
    assert provenance.parse(written) == Label("image", "fashion", "00ff", {"seed": 7}, version="0.1.0")


def test_equal_labels_have_the_same_produce_id_and_others_another():
    number = json.loads(LABEL.aigc())["ProduceID"]
    same = Label("image", "fashion", "00ff", dict(reversed(LABEL.settings.items())))
    assert json.loads(same.aigc())["ProduceID"] == number
    others = [replace(LABEL, settings={**LABEL.settings, "seed": 8}), replace(LABEL, sha256="00fe")]
    assert all(json.loads(other.aigc())["ProduceID"] != number for other in others)


def test_equal_results_and_labels_give_equal_bytes():
    image, sound = torch.zeros(1, 4, 4), torch.zeros(100)
    same = Label("image", "fashion", "00ff", dict(reversed(LABEL.settings.items())))
    assert provenance.png(image, LABEL) == provenance.png(image.clone(), same)
    assert provenance.wav(sound, 8000, LABEL) == provenance.wav(sound.clone(), 8000, same)


@pytest.mark.parametrize("text", ["", "{", "7", "{}", '{"modality": 7, "model": "x", "weights": "x"}', "[]", "null",
                                  '{"modality": "image", "model": "x", "sha256": "x"}', "[" * 10**5])  # fmt: skip
def test_anything_but_a_label_is_parsed_as_none(text):
    assert provenance.parse(text) is None


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_values_beyond_full_scale_are_clipped_and_never_wrap(values):
    pcm = provenance.to_pcm(torch.tensor(values)).astype(int)
    for value, number in zip(values, pcm, strict=True):
        assert (
            number == round(max(-1.0, min(1.0, torch.tensor(value).item())) * 32767)
            or abs(number - max(-1.0, min(1.0, value)) * 32767) <= 0.51
        )


@pytest.fixture
def exiftool(tmp_path):
    """Read the fields of a file with another program than those that wrote it."""
    if not shutil.which("exiftool"):
        reason = "no exiftool (Debian: apt-get install libimage-exiftool-perl)"
        if os.environ.get("GENAI_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    def ask(content, ending):
        path = tmp_path / f"file.{ending}"
        path.write_bytes(content)
        command = ["exiftool", "-json", "-charset", "riff=utf8", "-charset", "filename=utf8", str(path)]
        (fields,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return fields

    return ask


def test_another_program_reads_the_label_of_every_kind_of_file(exiftool):
    picture = torch.zeros(1, 32, 32)
    fields = exiftool(provenance.png(picture, LABEL), "png")
    assert (json.loads(fields["Genai"]), json.loads(fields["AIGC"])) == (IN_FILES, json.loads(LABEL.aigc()))
    assert fields["Software"].startswith("Generative AI Lab")
    for content, ending in (
        (provenance.png(picture, LABEL), "png"),
        (provenance.webp([picture, 1 - picture], 4, LABEL), "webp"),
    ):
        fields = exiftool(content, ending)  # by XMP, in both
        assert (json.loads(fields["Source"]), json.loads(fields["Aigc"])) == (IN_FILES, json.loads(LABEL.aigc()))
    films = provenance.mp4([picture] * 4, 4, LABEL), provenance.wav(torch.zeros(800), 8000, LABEL)
    for content, ending in zip(films, ("mp4", "wav"), strict=True):
        notice, rest = exiftool(content, ending)["Comment"].split(" genai: ")
        label, aigc = rest.split(" AIGC: ")
        assert notice == provenance.NOTICE
        assert (json.loads(label), json.loads(aigc)) == (IN_FILES, json.loads(LABEL.aigc()))


def test_another_program_reads_a_long_label_of_a_sound(exiftool):
    long = replace(LABEL, settings={"events": [[n, "<&>"] for n in range(500)]})
    file = provenance.wav(torch.zeros(801), 8000, long)
    fields = exiftool(file, "wav")
    assert json.loads(fields["Source"])["settings"] == long.settings
    assert json.loads(fields["Aigc"]) == json.loads(long.aigc())
    assert fields["Comment"].startswith(provenance.NOTICE)
    assert file == provenance.wav(torch.zeros(801), 8000, long)
    assert not soundfile.read(io.BytesIO(file))[0].any()


def test_a_label_without_a_precision_means_float32():
    before = {name: value for name, value in IN_FILES.items() if name != "precision"}
    assert provenance.parse(json.dumps(before)) == replace(LABEL, precision="float32")
    assert provenance.parse(json.dumps({**before, "precision": 32})) is None
