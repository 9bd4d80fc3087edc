"""Each of many requests at once gives what it gives alone, for the shipped models."""

import pytest
import torch

from genai import audio, image, text
from tests.checkpoints.test_shipped import FACADES, IDS, SHIPPED


@pytest.mark.parametrize(("modality", "entry"), SHIPPED, ids=IDS)
def test_each_of_sixty_four_requests_gives_what_it_gives_alone(modality, entry):
    """To the bit for pictures and sounds; texts are compared as texts."""
    facade, some = FACADES[modality], (0, 1, 30, 63)
    model = facade.load(entry.name, device="cpu")
    if modality == "text":
        requests = [text.TextRequest(length=40, seed=seed, temperature=0.5 + seed / 64) for seed in range(64)]
        together = [result.text for result in text.generate(model, requests)]
        assert [together[n] for n in some] == [text.generate(model, [requests[n]])[0].text for n in some]
        return
    requests = facade.consecutive_seeds(
        image.ImageRequest(seed=5) if modality == "image" else audio.AudioRequest(seed=5), 64
    )
    kind = "image" if modality == "image" else "waveform"
    together = facade.generate(model, requests)
    for n in some:
        assert torch.equal(getattr(together[n], kind), getattr(facade.generate(model, [requests[n]])[0], kind))
