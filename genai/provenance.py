"""Files that leave the program, with their origin written inside."""

import io
import json
from typing import Any

import numpy as np
import soundfile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from genai import __version__

SOFTWARE = f"Generative AI Lab {__version__}"
NOTICE = "Made by a machine (AI-generated)"


def png(image: Tensor, facts: dict[str, Any]) -> bytes:
    """Encode a picture; the same picture and facts give the same bytes.

    Args:
        image: (C, H, W) in [-1, 1], C 1 or 3.
        facts: Model, seed and settings; plain JSON values.
    """
    pixels = to_uint8(image)
    text = PngInfo()
    text.add_text("Software", SOFTWARE)
    text.add_text("Comment", NOTICE)
    text.add_itxt("genai", json.dumps(facts, ensure_ascii=False, sort_keys=True))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG", pnginfo=text)
    return file.getvalue()


def wav(waveform: Tensor, sample_rate: int, facts: dict[str, Any]) -> bytes:
    """Encode a sound as 16-bit PCM; the same sound and facts give the same bytes.

    Args:
        waveform: (T,) in [-1, 1].
        sample_rate: In Hz.
        facts: Model, seed and settings; plain JSON values.
    """
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", sample_rate, 1, "PCM_16", format="WAV") as sound:
        sound.software = SOFTWARE
        sound.comment = f"{NOTICE} {json.dumps(facts, ensure_ascii=False, sort_keys=True)}"
        sound.write(to_pcm(waveform))
    return file.getvalue()


def to_uint8(image: Tensor) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Turn a picture (C, H, W) in [-1, 1] into bytes (H, W) or (H, W, 3)."""
    levels = ((image.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy(force=True)
    return levels[:, :, 0] if levels.shape[2] == 1 else levels


def to_pcm(waveform: Tensor) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Turn a waveform (T,) in [-1, 1] into 16-bit numbers."""
    return (waveform.clamp(-1, 1) * 32767).round().short().numpy(force=True)
