"""Single notes of 28 plucked and struck instruments, rendered from the sound font FluidR3."""

from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from genai.audio.sources.waveforms import Waveform, one_shot
from genai.datasets.cache import cached
from genai.datasets.downloads import Source, fetch
from genai.datasets.optional_import import import_optional
from genai.labels import Labels

PLACE = "audio/notes"  # path in GENAI_DATA and in the cache
RATE = 16_000
SAMPLES = 16_384
VELOCITY = 115
KEYS = range(40, 89)  # MIDI numbers, E2 to E6
# General MIDI programs: pianos and mallets, guitars, plucked strings, steel drums.
PROGRAMS = (*range(16), *range(24, 28), 45, 46, *range(104, 109), 114)

SOUND_FONT = Source(
    name="audio/fluid-soundfont-gm",
    url="debian:fluid-soundfont-gm",
    files=("usr/share/sounds/sf2/FluidR3_GM.sf2",),
    sha256="74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0",
)


def name_of(key: int) -> str:
    """Return the name of a MIDI key, such as "A4 (69)"."""
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    return f"{names[key % 12]}{key // 12 - 1} ({key})"


INSTRUMENTS = {
    "yamaha_grand_piano": ("Grand piano", "三角钢琴"),
    "bright_yamaha_grand": ("Bright grand piano", "明亮的三角钢琴"),
    "honky_tonk": ("Honky-tonk piano", "酒吧钢琴"),
    "electric_piano": ("Electric grand piano", "电三角钢琴"),
    "rhodes_ep": ("Electric piano, tines", "电钢琴（音叉）"),
    "legend_ep_2": ("Electric piano, FM", "电钢琴（调频）"),
    "harpsichord": ("Harpsichord", "羽管键琴"),
    "clavinet": ("Clavinet", "击弦电钢琴"),
    "celesta": ("Celesta", "钢片琴"),
    "glockenspiel": ("Glockenspiel", "钟琴"),
    "music_box": ("Music box", "八音盒"),
    "vibraphone": ("Vibraphone", "颤音琴"),
    "marimba": ("Marimba", "马林巴琴"),
    "xylophone": ("Xylophone", "木琴"),
    "tubular_bells": ("Tubular bells", "管钟"),
    "dulcimer": ("Dulcimer", "扬琴"),
    "nylon_string_guitar": ("Nylon-string guitar", "尼龙弦吉他"),
    "steel_string_guitar": ("Steel-string guitar", "钢弦吉他"),
    "jazz_guitar": ("Jazz guitar", "爵士吉他"),
    "clean_guitar": ("Electric guitar", "电吉他"),
    "pizzicato_section": ("Plucked strings", "弦乐拨奏"),
    "harp": ("Harp", "竖琴"),
    "sitar": ("Sitar", "西塔琴"),
    "banjo": ("Banjo", "班卓琴"),
    "shamisen": ("Shamisen", "三味线"),
    "koto": ("Koto", "日本筝"),
    "kalimba": ("Kalimba", "拇指琴"),
    "steel_drums": ("Steel drum", "钢鼓"),
}
"""The folder of each instrument, and its name in English and Chinese; the order gives their numbers."""
LABELS = Labels(
    names=tuple({"en": name_of(key), "zh-CN": name_of(key)} for key in KEYS),
    variants=tuple({"en": english, "zh-CN": chinese} for english, chinese in INSTRUMENTS.values()),
)


def files() -> list[Path]:
    """Return the files of all notes: a folder for each instrument, with key040.flac to key088.flac.

    Raises:
        DataError: if the sound font cannot be downloaded, or the library to render it is missing.
    """
    return sorted(cached(PLACE, prepare).glob("*/key*.flac"))


def key_of(file: Path) -> int:
    """Return the MIDI number of the note in a file."""
    return int(file.stem.removeprefix("key"))


def instrument_of(file: Path) -> int:
    """Return the number of the instrument that plays the note in a file."""
    return list(INSTRUMENTS).index(file.parent.name)


def prepare(target: Path) -> None:
    """Render every note to a FLAC file, with the sound font of the system if it is installed."""
    (font,) = SOUND_FONT.files
    path = Path("/") / font  # where Debian and Ubuntu put it: apt install fluid-soundfont-gm
    render(path if path.exists() else fetch(SOUND_FONT) / font, target)


def render(font: Path, target: Path) -> None:
    """Render every key of every instrument.

    Args:
        font: A .sf2 file.
        target: The folder to write.
    """
    synth = import_optional("tinysoundfont", "--no-deps tinysoundfont==0.3.7").Synth(samplerate=RATE)
    number = synth.sfload(str(font))
    for program in tqdm(PROGRAMS, desc="rendering notes", unit="instrument"):
        name = synth.sfpreset_name(number, 0, program).lower().replace(" ", "_")
        (target / name).mkdir(parents=True)
        synth.program_select(0, number, 0, program)
        for key in KEYS:
            synth.sounds_off(0)
            synth.generate(RATE)  # a second in which the last note dies away
            synth.noteon(0, key, VELOCITY)
            stereo = np.frombuffer(bytes(synth.generate(2 * SAMPLES)), np.float32).reshape(-1, 2)
            sound: Waveform = stereo.mean(axis=1)
            soundfile.write(target / name / f"key{key:03d}.flac", one_shot(sound, RATE, SAMPLES), RATE)
