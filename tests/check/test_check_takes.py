"""Examining what instruments played: a mix as WAV, and its notes as MIDI."""

import base64
import io
from dataclasses import replace

import pytest
import soundfile

from genai import audio, provenance
from genai.audio.instruments.midi import read_midi, write_midi
from genai.audio.page.takes import Takes
from genai.check import examine
from genai.check.tab import to_view
from genai.inference import forward
from genai.provenance import Label
from genai.serving.models import Registry

EVENTS = [{"at": n / 20, "sound": n % 3, "gain": 0.7, "rate": 1 + n % 2, "group": n % 2} for n in range(60)]
QUESTION = {
    "checkpoint": "drums",
    "kit": [{"seed": 6, "label": 0}, {"seed": 7, "label": "snare"}, {"seed": 2, "label": 2, "to": 9, "at": 0.25}],
    "events": EVENTS,
    "seconds": 3.2,
    "tempo": 97,
}


@pytest.fixture(scope="module", autouse=True)
def in_float32():
    """Compute in float32 on any machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forward, "uses_bfloat16", lambda device: False)
        yield


@pytest.fixture(scope="module")
def takes():
    """The two files of a score, by their ending."""
    answers = Takes(Registry("audio", audio.load, device="cpu"))
    files = {"wav": answers.score_wav(QUESTION), "mid": answers.score_midi(QUESTION)}
    return {kind: base64.b64decode(answer["file"].split(",")[1]) for kind, answer in files.items()}


def test_what_an_instrument_played_is_reproduced(takes):
    for content, medium in ((takes["wav"], "audio"), (takes["mid"], "text")):
        finding = examine(content)
        assert (finding.kind, finding.saved_as) == ("identical", None)
        view = to_view(finding)
        assert view["comparison"]["medium"] == medium
        assert view["link"] == ""
        values = {name["en"]: value for name, value in view["rows"]}
        assert (values["Sounds in the kit"], values["Sounds played"], values["Seconds"]) == ("3", "60", "3.2")


def test_a_long_label_is_in_the_xmp_of_a_wav(takes):
    with soundfile.SoundFile(io.BytesIO(takes["wav"])) as file:
        assert file.comment.startswith(provenance.NOTICE)
        assert "genai:" not in file.comment
        assert (file.samplerate, file.frames) == (44100, round(3.2 * 44100))
    assert int.from_bytes(takes["wav"][4:8], "little") == len(takes["wav"]) - 8


def test_a_changed_sample_or_note_is_altered(takes):
    changed = bytearray(takes["wav"])
    changed[2001] ^= 32
    assert examine(bytes(changed)).kind == "altered"
    song = read_midi(takes["mid"])
    louder = replace(song, notes=[replace(song.notes[0], velocity=127), *song.notes[1:]])
    assert examine(write_midi(louder)).kind == "altered"


def test_a_label_of_another_score_is_altered_and_a_wrong_one_names_nothing(takes):
    label = examine(takes["wav"]).label
    samples = soundfile.read(io.BytesIO(takes["wav"]), dtype="int16")[0]

    def labelled(**score):
        settings = {"score": {**label.settings["score"], **score}}
        return Label("audio", "drums", label.sha256, settings, label.precision)

    for change, kind in (
        ({"events": EVENTS[1:]}, "altered"),
        ({"seconds": 3}, "altered"),
        ({"seconds": 1e9}, "not_reproducible"),
        ({"kit": "x"}, "not_reproducible"),
    ):
        forged = provenance.wav_of_samples(samples, 44100, labelled(**change))
        assert examine(forged).kind == kind
    song = replace(read_midi(takes["mid"]), text=provenance.comment(labelled(events=EVENTS[1:])))
    assert examine(write_midi(song)).kind == "altered"
    no_score = Label("audio", "drums", label.sha256, {"label": "kick", "seed": 6}, label.precision)
    assert examine(write_midi(replace(song, text=provenance.comment(no_score)))).kind == "not_reproducible"
    assert examine(write_midi(replace(song, text=""))).kind == "unlabelled"
    assert examine(provenance.wav_of_samples(samples, 22050, labelled())).kind == "altered"


def test_a_broken_packet_is_no_label(takes):
    assert examine(takes["wav"].replace(b"<x:xmpmeta", b"<x:xmpmetb")).kind == "unlabelled"
    for size in range(100, len(takes["mid"]), 97):
        assert examine(takes["mid"][:size]).kind in {"unreadable", "unlabelled"}
