"""What the tab shows of a finding: both sides of the comparison, words for people, the files of a ZIP."""

import base64
import io
import json
import shutil
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from genai import __main__ as program
from genai import audio, checkpoint, image, provenance, text
from genai.audio import encoding as audio_file
from genai.check import Examiner
from genai.check.archive import MAX_FILES, files_in, is_archive
from genai.check.comparison import MARK, MAX_ALIGNED, _align, compare
from genai.check.content import Content, Encoding
from genai.check.examination import Finding
from genai.check.tab import archive_to_view, to_view
from genai.errors import DataError
from genai.image import encoding as image_file
from genai.language.strings import LANGUAGES, strings
from genai.latent.walk import WalkRequest
from genai.provenance import Label
from genai.text import origin
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def examiner(folder):
    return Examiner(folder)


@pytest.fixture(scope="module")
def picture(folder):
    model = image.load(folder / "image/fashion.safetensors", "cpu")
    return image_file.encode(model, image.generate(model, [image.ImageRequest("dress", seed=3)])[0])


@pytest.fixture(scope="module")
def sound(folder):
    model = audio.load(folder / "audio/drums.safetensors", "cpu")
    return audio_file.encode(model, audio.generate(model, [audio.AudioRequest("kick", seed=3)])[0])


@pytest.fixture(scope="module")
def written(folder):
    model = text.load(folder / "text/shakespeare.safetensors", "cpu")
    result = text.generate(model, [text.TextRequest("ROMEO:", length=60, seed=1)])[0]
    return provenance.txt(result.full, origin.label(model, result.request))


def opened(url):
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB"))


def with_dot(picture):
    with Image.open(io.BytesIO(picture)) as ours:
        label = provenance.parse(ours.text["genai"])
        pixels = np.asarray(ours).copy()
    pixels[4, 7] = (int(pixels[4, 7]) + 100) % 256
    values = np.repeat(pixels[None], 1, axis=0) / 127.5 - 1
    return provenance.png(image_tensor(values), label)


def image_tensor(values):
    return torch.from_numpy(values).float()


def rows_of(view):
    return {term["en"]: value for term, value in view["rows"]}


def test_an_unaltered_picture_is_shown_beside_the_one_generated_again(examiner, picture):
    shown = to_view(examiner.examine(picture))["comparison"]
    assert (opened(shown["file"]) == opened(shown["made"])).all()
    assert "None of the 1024 pixels" in shown["amount"]["en"]
    assert not (opened(shown["difference"]) == MARK).all(axis=2).any()


def test_the_pixel_that_was_changed_is_marked(examiner, picture):
    view = to_view(examiner.examine(with_dot(picture)))
    shown = view["comparison"]
    assert view["kind"] == "altered"
    assert np.argwhere((opened(shown["difference"]) == MARK).all(axis=2)).tolist() == [[4, 7]]
    assert np.argwhere((opened(shown["file"]) != opened(shown["made"])).any(axis=2)).tolist() == [[4, 7]]
    assert shown["amount"]["en"].startswith("1 of 1024 pixels differ")
    assert "1024 个像素中有 1 个不同" in shown["amount"]["zh-CN"]


def test_a_cropped_picture_is_shown_without_a_difference(examiner, picture):
    with Image.open(io.BytesIO(picture)) as ours:
        label = provenance.parse(ours.text["genai"])
        values = np.asarray(ours)[None, :20, :16] / 127.5 - 1
    shown = to_view(examiner.examine(provenance.png(image_tensor(values), label)))["comparison"]
    assert "16 × 20 pixels in the file, 32 × 32" in shown["amount"]["en"]
    assert "difference" not in shown


def test_of_a_film_the_picture_that_differs_most_is_shown():
    value = np.zeros((5, 4, 4, 3), np.float32)
    made = value.copy()
    made[3, 0, 0] = 0.9
    file = Content("image", None, value, Encoding("webp_lossless"))
    shown = compare(Finding("altered", reproduced=made, file=file))
    assert shown["amount"]["en"].startswith("Shown is picture 4 of 5, which differs most. 1 of 16 pixels")


def test_the_stretch_of_a_sound_that_differs_is_marked_and_both_can_be_heard(examiner, sound):
    finding = examiner.examine(sound)
    assert to_view(finding)["comparison"]["difference"] == []
    made = finding.reproduced
    value = made.copy()
    value[len(value) // 2 : len(value) // 2 + 10] += 0.5
    changed = Finding("altered", finding.label, reproduced=made, file=Content(
        "audio", finding.label, value, Encoding("wav_16"), sample_rate=16000), sample_rate=16000)  # fmt: skip
    shown = compare(changed)
    [[start, end]] = shown["difference"]
    assert start <= 0.5 < end < 0.51
    assert shown["amount"]["en"].startswith(f"10 of {len(made)} samples differ")
    assert shown["file_sound"] != shown["made_sound"]
    assert "file_sound" not in compare(changed, hear=False)


def test_the_characters_of_a_text_that_differ_are_marked(examiner, written):
    same = to_view(examiner.examine(written))["comparison"]
    assert [differs for _, differs in same["file"]] == [False]
    view = to_view(examiner.examine(written[:5] + b"xyz" + written[5:]))
    shown = view["comparison"]
    assert view["kind"] == "altered"
    assert [text for text, differs in shown["file"] if differs] != []
    assert shown["amount"]["en"].startswith("The first difference is at character 6")
    for side in ("file", "made"):
        assert "".join(text for text, _ in shown[side])[:5] == "ROMEO"


def test_aligned_pieces_hold_the_whole_text_and_long_ones_are_marked_whole():
    file, made = _align("abcXdef", "abcdYYef")
    assert file == [["abc", False], ["X", True], ["d", False], ["", True], ["ef", False]]
    assert "".join(text for text, _ in made) == "abcdYYef"
    assert _align("a" * (MAX_ALIGNED + 1), "b") == ([["a" * (MAX_ALIGNED + 1), True]], [["b", True]])


def test_the_label_is_in_the_words_of_the_panel_in_both_languages(examiner, picture):
    view = to_view(examiner.examine(picture))
    rows = rows_of(view)
    terms = [term for term, _ in view["rows"]]
    for key in ("label", "seed", "truncation"):
        assert {language: strings(language)[key] for language in LANGUAGES} in terms
    assert rows["Kind"] == {"en": "Image", "zh-CN": "图像"}
    assert rows["Class to generate"] == {"en": "dress", "zh-CN": "连衣裙"}
    assert rows["Model"] == {"en": "Clothes (fashion)", "zh-CN": "服装（fashion）"}


def test_a_walk_is_in_words_and_not_in_python(examiner, folder):
    model = audio.load(folder / "audio/drums.safetensors", "cpu")
    label = Label("audio", "drums", model.sha256, {
        "walk": {"seeds": [3, 9], "frames": 4, "label": None, "loop": True}}, model.precision)  # fmt: skip
    assert WalkRequest(**label.settings["walk"])
    finding = examiner.examine(provenance.wav(image_tensor(np.zeros(100)), model.sample_rate, label))
    rows = rows_of(to_view(finding))
    assert rows["Seeds visited"] == "3 → 9"
    assert rows["Returns to the first"]["zh-CN"] == "是"
    assert rows["Class to generate"]["en"] == "that of the first seed"
    assert not any(mark in json.dumps(to_view(finding)["rows"]) for mark in ("None", "'frames'"))


def test_limits_that_are_off_are_in_words(examiner, folder):
    model = text.load(folder / "text/shakespeare.safetensors", "cpu")
    result = text.generate(model, [text.TextRequest(length=5)])[0]
    finding = examiner.examine(provenance.txt(result.full, origin.label(model, result.request)))
    rows = rows_of(to_view(finding))
    assert rows["Top-k"]["zh-CN"] == "不限制"


@pytest.mark.parametrize("value", [{"a": 1}, [1], "x", 10**30, 3.5, True, None])
def test_labels_of_strangers_hold_anything(examiner, value):
    settings = dict.fromkeys(("label", "seed", "walk", "seeds", "prompt", "top_k", "unknown"), value)
    content = provenance.txt("Hello", Label("text", "x", "abc", settings))
    assert to_view(examiner.examine(content))["kind"] == "no_weights"


def packed(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def test_each_file_of_a_zip_is_examined(examiner, picture, written):
    content = packed(a_png=picture, b_png=with_dot(picture), c_txt=written, d_txt=b"Hello")
    assert is_archive(content)
    view = archive_to_view(examiner, content)
    assert [(item["name"], item["kind"]) for item in view["items"]] == [
        ("a.png", "identical"),
        ("b.png", "altered"),
        ("c.txt", "identical"),
        ("d.txt", "unlabelled"),
    ]
    assert view["sentence"]["en"] == "A ZIP with 4 files, of which 2 are ours and unaltered."
    assert not view["all_ours"]
    assert archive_to_view(examiner, packed(a_png=picture))["all_ours"]


def test_a_zip_of_too_many_or_large_or_broken_files_is_refused(picture):
    many = packed(**{f"f{number}": b"x" for number in range(MAX_FILES + 1)})
    large = packed(zeros=bytes(20_000_001))
    for content, message in ((many, "65 files"), (large, "at most 64 files with 20 MB")):
        with pytest.raises(DataError, match=message):
            list(files_in(content))
    broken = bytearray(packed(a_png=picture))
    broken[60:70] = bytes(10)
    with pytest.raises(DataError, match="broken or encrypted"):
        list(files_in(bytes(broken)))


def test_the_command_checks_each_file_of_a_zip(folder, picture, tmp_path, capsys):
    path = tmp_path / "pictures.zip"
    for files, status in (({"a_png": picture}, 0), ({"a_png": picture, "d_txt": b"Hello"}, 1)):
        path.write_bytes(packed(**files))
        with pytest.raises(SystemExit) as ended:
            program.main(["check", str(path), "--checkpoints", str(folder)])
        assert bool(ended.value.code) == bool(status)
        assert f"{path}/a.png: Ours and unaltered" in capsys.readouterr().out


def test_a_broken_zip_of_a_rare_kind_is_refused(picture):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.png", picture)
    broken = bytearray(file.getvalue())
    broken[60:90] = bytes(255 for _ in range(30))
    with pytest.raises(DataError, match="broken or encrypted"):
        list(files_in(bytes(broken)))


def test_a_model_with_broken_weights_is_passed_over(folder, picture, tmp_path):
    shutil.copytree(folder, tmp_path / "models")
    path = tmp_path / "models" / "image" / "fashion.safetensors"
    checkpoint.save(path, checkpoint.read_header(path), {"network.nothing": torch.zeros(1)})
    assert Examiner(tmp_path / "models").examine(picture).kind == "no_weights"
