"""Own data for tests."""

import base64
import io

import numpy as np
from PIL import Image

from genai.audio.recordings import RATE


def star(turn=0.0, points=5):
    """The strokes of a star, turned by some degrees."""
    angles = np.deg2rad(turn) + np.arange(2 * points + 1) * np.pi / points
    radii = np.where(np.arange(2 * points + 1) % 2, 40, 100)
    return [np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1).ravel().tolist()]


def picture(seed=0, size=80, kind="PNG", colour=(200, 40, 40)):
    """A picture with a disc in it, as base64."""
    y, x = np.mgrid[:size, :size]
    pixels = np.full((size, size, 3), 255, np.uint8)
    pixels[(x - size / 2 - seed) ** 2 + (y - size / 2) ** 2 < (size / 4) ** 2] = colour
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def recording(tones=3, pitch=440.0, pause=0.4, seconds=0.3):
    """16-bit samples of tones with pauses, as base64."""
    parts = []
    for n in range(tones):
        time = np.arange(round(seconds * RATE)) / RATE
        parts += [np.zeros(round(pause * RATE)), 0.5 * np.sin(2 * np.pi * (pitch + 20 * n) * time)]
    wave = np.concatenate([*parts, np.zeros(RATE // 2)])
    return base64.b64encode((wave * 32767).astype("<i2").tobytes()).decode()
