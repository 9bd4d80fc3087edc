"""Examining files: ours, altered, without their label, of other programs, hostile."""

import io
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from genai import __main__ as program
from genai import audio, checkpoint, image, provenance, text
from genai.audio import tab as audio_tab
from genai.check import examine
from genai.check.tab import to_view
from genai.image import tab as image_tab
from genai.inference import forward
from genai.provenance import Label
from genai.text import origin
from genai.text import tab as text_tab
from genai.text.worker import TextWorkers
from tests.text.worker.threads import ThreadPipes


@pytest.fixture(scope="module", autouse=True)
def in_float32():
    """Compute in float32 on any machine; other precisions are tested in test_check_coarse.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forward, "uses_bfloat16", lambda device: False)
        yield


@pytest.fixture(scope="module")
def picture():
    model = image.load("calligraphy", "cpu")
    return image_tab.encode(model, image.generate(model, [image.ImageRequest(1, seed=5, truncation=0.8)])[0])


@pytest.fixture(scope="module")
def sound():
    model = audio.load("digits", "cpu")
    return audio_tab.encode(model, audio.generate(model, [audio.AudioRequest(3, seed=9)])[0])


@pytest.fixture(scope="module")
def written():
    model = text_tab.find_checkpoint("tang", device="cpu", folder=None)
    values = {
        "prompt": "春眠",
        "length": 30,
        "temperature": 0.8,
        "top_k": 0,
        "top_p": 0.9,
        "typical_p": 0.7,
        "seed": 3,
        "finish": True,
    }
    *_, shown = text_tab.writer(TextWorkers("cpu", start=ThreadPipes), lambda name: None)(model, values)
    return (shown["prompt"] + shown["written"] + shown["footer"]).encode()


def with_changed_pixels(picture, change):
    """The same picture with its label and some pixels changed."""
    with Image.open(io.BytesIO(picture)) as read:
        pixels, label = np.asarray(read).copy(), read.text["genai"]
    change(pixels)
    info = PngInfo()
    info.add_itxt("genai", label)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def test_the_files_of_the_page_are_identical(picture, sound, written):
    for content, modality in ((picture, "image"), (sound, "audio"), (written, "text")):
        finding = examine(content)
        assert (finding.kind, finding.label.modality) == ("identical", modality)
    poems = written.decode().partition(provenance.RULE)[0]
    assert len(poems) > 32  # it was written on to the end of a poem
    assert poems.endswith("。")


@pytest.mark.parametrize(("typical_p", "named"), [(1.0, False), (0.7, True)])
def test_a_label_and_a_link_name_typical_p_where_it_is_used(typical_p, named):
    """So that labels and links from before it was offered are as they were."""
    request = text.TextRequest("春", length=20, typical_p=typical_p)
    model = text.load("tang", "cpu")
    [result] = text.generate(model, [request])
    label = origin.label(model, result.request)
    assert ("typical_p" in label.settings) == named
    shown = to_view(examine(provenance.txt(result.full, label)))
    assert ("&typical_p=0.7" in shown["link"]) == named
    assert "typical_p=1" not in shown["link"]


def test_a_text_that_was_stopped_is_still_ours(written):
    before, _, label = written.decode().partition(provenance.RULE)
    assert examine((before[:12] + provenance.RULE + label).encode()).kind == "identical"


def test_a_text_from_before_its_model_had_a_lead_in_is_still_ours_but_not_on_the_page():
    """Its label names no lead-in; that of a new text names the one that was read."""
    model = text.load("python", "cpu")
    request = text.TextRequest("def ", length=40, seed=1)
    old, new = text.generate(model, [replace(request, lead_in=""), request])
    assert old.text != new.text
    for result, settings, on_page in ((old, {}, False), (new, {"lead_in": "\n\n\n"}, True)):
        label = origin.label(model, result.request)
        assert {name: label.settings[name] for name in label.settings.keys() & {"lead_in"}} == settings
        finding = examine(provenance.txt(result.full, label))
        assert (finding.kind, finding.is_on_page) == ("identical", on_page)
        shown = to_view(finding)
        assert bool(shown["link"]) == on_page
        assert "lead" not in shown["link"]
    forged = provenance.Label("text", "python", model.sha256, {**label.settings, "lead_in": "\n"})
    assert examine(provenance.txt(new.full, forged)).kind == "altered"
    for nonsense in (["\n"], "é", "\n" * 101, 3):
        forged = provenance.Label("text", "python", model.sha256, {**label.settings, "lead_in": nonsense})
        assert examine(provenance.txt(new.full, forged)).kind == "not_reproducible"


def test_line_ends_of_other_systems_are_accepted(written):
    assert examine(b"\xef\xbb\xbf" + written.replace(b"\n", b"\r\n")).kind == "identical"


def test_one_changed_character_pixel_or_sample_is_altered(picture, sound, written):
    finding = examine(written.replace("眠".encode(), "日".encode(), 1))
    assert (finding.kind, finding.largest) == ("altered", 1)

    def darken(pixels):
        pixels[30, 30] ^= 64

    assert examine(with_changed_pixels(picture, darken)).kind == "altered"
    data, rate = soundfile.read(io.BytesIO(sound), dtype="int16")
    with soundfile.SoundFile(io.BytesIO(sound)) as read:
        comment = read.comment
    data[400] += 40
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, "PCM_16", format="WAV") as changed:
        changed.comment = comment
        changed.write(data)
    assert examine(file.getvalue()).kind == "altered"


def test_a_pixel_rounded_the_other_way_is_close(picture):
    def nudge(pixels):
        pixels[30, 30] += 1 if pixels[30, 30] < 255 else -1

    finding = examine(with_changed_pixels(picture, nudge))
    assert finding.kind == "close"
    assert finding.largest == pytest.approx(1 / 127.5)


def test_a_label_from_another_file_is_altered(picture):
    def paint(pixels):
        pixels[:] = 200

    assert examine(with_changed_pixels(picture, paint)).kind == "altered"


def test_a_file_that_another_program_saved_has_lost_its_label(picture, sound):
    for form in ("PNG", "WEBP"):
        file = io.BytesIO()
        with Image.open(io.BytesIO(picture)) as read:
            Image.fromarray(np.asarray(read)).save(file, form)
        assert examine(file.getvalue()).kind == "unlabelled"
    data, rate = soundfile.read(io.BytesIO(sound))
    file = io.BytesIO()
    soundfile.write(file, data, rate, format="WAV")
    assert examine(file.getvalue()).kind == "unlabelled"
    assert examine(b"To be, or not to be").kind == "unlabelled"


def test_a_webp_keeps_its_label_in_xmp(picture):
    file = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as read:
        label = provenance.parse(read.text["genai"])
        read.save(file, "WEBP", lossless=True, xmp=label.xmp().encode())
    finding = examine(file.getvalue())
    assert (finding.label, finding.kind) == (label, "identical")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        (Label("image", "calligraphy", "abcd", {"seed": 5}), "no_weights"),
        (Label("image", "../../../etc/passwd", "abcd", {"seed": 5}), "no_weights"),
        (Label("image", "calligraphy", "", {"training": "step-000010"}), "not_reproducible"),
        (Label("video", "x", "abcd", {"seed": 5}), "not_reproducible"),
        ("seed", "not_reproducible"),
        ("setting", "not_reproducible"),
    ],
)
def test_labels_without_a_model_or_a_valid_request(label, kind):
    model = image.load("calligraphy", "cpu")
    if label == "seed":
        label = Label("image", "calligraphy", model.sha256, {"label": 1, "seed": -5})
    if label == "setting":
        label = Label("image", "calligraphy", model.sha256, {"colour": "red"})
    result = image.generate(model, [image.ImageRequest(1, seed=5)])[0]
    assert examine(provenance.png(result.image, label)).kind == kind


def test_a_label_of_another_modality_is_not_reproducible(sound):
    with soundfile.SoundFile(io.BytesIO(sound)) as file:
        label = provenance.parse(file.comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0])
    assert examine(provenance.txt("seven", label)).kind == "not_reproducible"
    picture = image.generate(image.load("fashion", "cpu"), [image.ImageRequest(seed=1)])[0].image
    assert examine(provenance.png(picture, label)).kind == "not_reproducible"


def test_a_renamed_model_is_known_by_its_weights(picture, tmp_path):
    (tmp_path / "image").mkdir()
    original = checkpoint.SHIPPED / "image/calligraphy.safetensors"
    (tmp_path / "image/other.safetensors").write_bytes(original.read_bytes())
    assert examine(picture, tmp_path).kind == "identical"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n" + bytes(50), b"RIFF\xff\xff\xff\xffWAVEfmt ", bytes(range(256)), bytes(20_000_001)],
    ids=["empty", "broken-png", "broken-wav", "binary", "large"],
)
def test_broken_and_foreign_files_do_not_raise(content):
    assert examine(content).kind in {"unreadable", "unlabelled"}


def test_a_decompression_bomb_is_not_unpacked():
    file = io.BytesIO()
    Image.new("L", (20_000, 5_000)).save(file, "PNG")
    assert len(file.getvalue()) < 200_000
    assert examine(file.getvalue()).kind == "unreadable"


def test_the_command(written, tmp_path, capsys):
    for name, content, status, says in (
        ("ours.txt", written, 0, "Ours and unaltered"),
        ("theirs.txt", b"Hello.", 1, "Has no label of ours"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SystemExit) as ended:
            program.main(["check", str(tmp_path / name)])
        assert (bool(ended.value.code), says in capsys.readouterr().out) == (bool(status), True)
