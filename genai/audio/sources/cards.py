"""Titles, licences and sources of the named sets of sounds."""

from genai.datasets.card import DataCard

CARDS = {
    "digits": DataCard(
        name="digits",
        title={"en": "Spoken digits in English", "zh-CN": "英语口语数字"},
        licence="CC-BY-SA-4.0",
        attribution="Free Spoken Digit Dataset: Zohar Jackson and contributors",
        source="https://github.com/Jakobovski/free-spoken-digit-dataset, tag v1.0.10",
    ),
    "drums": DataCard(
        name="drums",
        title={"en": "Drums, single strokes", "zh-CN": "鼓与打击乐单音"},
        licence="CC0-1.0 AND CC-BY-4.0 AND CC-BY-3.0",
        attribution=(
            "Drum samples provided by DrumGizmo.org (MuldjordKit, Lars Muldjord, CC BY 4.0); "
            "rumpf_kit_z01 (Emanuel Rumpf, CC BY 3.0); "
            "FreePats world percussion, Sonic Pi samples, Audiophob kit (CC0)"
        ),
        source=(
            "https://github.com/freepats/world-percussion, https://github.com/freepats/muldjordkit, npm package "
            "supersonic-scsynth-samples 0.84.2, Debian package hydrogen-drumkits 2017.09.19"
        ),
    ),
    "notes": DataCard(
        name="notes",
        title={"en": "Notes of 28 instruments", "zh-CN": "28 种乐器的单音"},
        licence="MIT",
        attribution="FluidR3 GM sound font, Frank Wen (2000-2002, 2008)",
        source="Debian package fluid-soundfont-gm 3.1, rendered with tinysoundfont 0.3.7",
    ),
}
