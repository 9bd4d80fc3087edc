"""The same pixels, samples and characters in other encodings than ours, and copies that lost something."""

import io

import numpy as np
import pytest
import soundfile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from genai import audio, image, provenance, text
from genai.audio import encoding as audio_file
from genai.check import examine
from genai.check.words import saved_as
from genai.image import encoding as image_file
from genai.inference import forward
from genai.text import origin

PICTURE_MODES = {
    "L": None,
    "RGB": "png_rgb",
    "RGBA": "png_rgba",
    "P": "png_palette",
    "LA": "png_grey_alpha",
    "I;16": "png_16",
}
SUBTYPES = {
    "PCM_16": None,
    "PCM_24": "wav_24",
    "PCM_32": "wav_32",
    "FLOAT": "wav_float",
    "DOUBLE": "wav_float",
}


@pytest.fixture(scope="module", params=["float32", "bfloat16"], autouse=True)
def precision(request):
    """Compute in one precision or the other: labels of the second allow more rounding, but no fewer bits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forward, "uses_bfloat16", lambda device: request.param == "bfloat16")
        yield request.param


@pytest.fixture(scope="module")
def picture(precision):
    """A grey picture."""
    model = image.load("fashion", "cpu")
    assert model.precision == precision
    return image_file.encode(model, image.generate(model, [image.ImageRequest(1, seed=3)])[0])


@pytest.fixture(scope="module")
def sound(precision):
    model = audio.load("drums", "cpu")
    assert model.precision == precision
    return audio_file.encode(model, audio.generate(model, [audio.AudioRequest("kick", seed=3)])[0])


def save_again(picture, change, form="PNG", **options):
    """Save a picture with its label as another program would, after a change of its mode or pixels."""
    with Image.open(io.BytesIO(picture)) as ours:
        info = PngInfo()
        info.add_itxt("genai", ours.text["genai"])
        xmp = provenance.parse(ours.text["genai"]).xmp().encode()
        labelled = {"pnginfo": info} if form == "PNG" else {"xmp": xmp}
        file = io.BytesIO()
        change(ours).save(file, form, **labelled, **options)
    return file.getvalue()


def to_mode(mode):
    def change(picture):
        if mode == "I;16":
            return Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
        return picture.convert(mode)

    return change


def record(sound, subtype, channels=1, rate_factor=1, change=lambda samples: samples):
    """Save a sound with its label as another program would."""
    with soundfile.SoundFile(io.BytesIO(sound)) as ours:
        samples, rate, comment = ours.read(dtype="int16") / 32768, ours.samplerate, ours.comment
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate * rate_factor, channels, subtype, format="WAV") as copy:
        copy.comment = comment
        copy.write(change(samples[:, None].repeat(channels, axis=1)))
    return file.getvalue()


@pytest.mark.parametrize(("mode", "encoding"), PICTURE_MODES.items())
def test_the_same_pixels_in_any_mode_are_unaltered(picture, mode, encoding):
    finding = examine(save_again(picture, to_mode(mode)))
    assert finding.kind == "identical"
    assert (finding.saved_as and finding.saved_as.encoding) == encoding
    assert bool(saved_as(finding)) == bool(encoding)


def test_the_same_pixels_as_a_lossless_webp_are_unaltered(picture):
    finding = examine(save_again(picture, to_mode("RGB"), "WEBP", lossless=True))
    assert (finding.kind, finding.saved_as.encoding, finding.saved_as.ours) == (
        "identical",
        "webp_lossless",
        "png_grey",
    )


def test_a_label_behind_the_pixels_is_read(picture):
    """Some programs write it there."""
    end = picture.index(b"IDAT") - 4
    start_of_text = 8 + 25  # behind the signature and the header
    texts, rest = picture[start_of_text:end], picture[end:]
    moved = picture[:start_of_text] + rest[:-12] + texts + rest[-12:]
    assert examine(moved).kind == "identical"


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16"])
def test_a_changed_pixel_is_altered_in_any_mode(picture, mode):
    def dot(ours):
        changed = ours.copy()
        changed.putpixel((9, 9), (ours.getpixel((9, 9)) + 128) % 256)
        return to_mode(mode)(changed)

    assert examine(save_again(picture, dot)).kind in {"altered", "reduced"}
    assert examine(save_again(picture, dot)).kind == ("reduced" if mode == "P" else "altered")


def test_a_picture_that_was_made_transparent_is_altered(picture):
    def fade(ours):
        faded = ours.convert("RGBA")
        faded.putalpha(60)
        return faded

    assert examine(save_again(picture, fade)).kind == "altered"


def test_a_lossy_copy_is_ours_but_not_called_unaltered(picture):
    finding = examine(save_again(picture, to_mode("RGB"), "WEBP", quality=80))
    assert (finding.kind, finding.saved_as.encoding) == ("reduced", "webp_lossy")
    few_colours = examine(save_again(picture, lambda ours: ours.quantize(16)))
    assert (few_colours.kind, few_colours.saved_as.encoding) == ("reduced", "png_palette")
    assert examine(save_again(picture, lambda ours: Image.new("L", ours.size, 255), "WEBP")).kind == "altered"


@pytest.mark.parametrize(("subtype", "encoding"), SUBTYPES.items())
def test_the_same_samples_in_any_number_format_are_unaltered(sound, subtype, encoding):
    finding = examine(record(sound, subtype))
    assert finding.kind == "identical"
    assert (finding.saved_as and finding.saved_as.encoding) == encoding


def test_equal_channels_sound_the_same_and_others_do_not(sound):
    finding = examine(record(sound, "PCM_16", channels=2))
    assert (finding.kind, finding.saved_as.encoding) == ("identical", "wav_stereo")
    half = record(sound, "PCM_16", channels=2, change=lambda samples: samples * [1, 0.5])
    assert examine(half).kind == "altered"


def test_the_same_samples_at_another_rate_sound_otherwise(sound):
    assert examine(record(sound, "PCM_16", rate_factor=2)).kind == "altered"


@pytest.mark.parametrize(("subtype", "encoding"), [("PCM_U8", "wav_8"), ("ULAW", "wav_compressed")])
def test_a_coarser_copy_of_a_sound_is_ours_but_not_called_unaltered(sound, subtype, encoding):
    finding = examine(record(sound, subtype))
    assert (finding.kind, finding.saved_as.encoding) == ("reduced", encoding)
    silenced = record(sound, subtype, change=np.zeros_like)
    assert examine(silenced).kind == "altered"


def test_a_text_in_another_encoding_is_unaltered():
    model = text.load("tang", "cpu")
    result = text.generate(model, [text.TextRequest("春", length=20, seed=1)])[0]
    ours = provenance.txt(result.full, origin.label(model, result.request))
    decoded = ours.decode()
    for content, encoding in (
        (ours, None),
        (decoded.encode("utf-8-sig"), "txt_bom"),
        (decoded.replace("\n", "\r\n").encode(), "txt_crlf"),
        (decoded.encode("utf-16"), "txt_utf16"),
    ):
        finding = examine(content)
        assert finding.kind == "identical"
        assert (finding.saved_as and finding.saved_as.encoding) == encoding


def test_what_is_named_png_and_is_broken_does_not_raise(picture):
    for end in range(0, len(picture), 97):
        examine(picture[:end])
