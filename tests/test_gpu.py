"""On a CUDA device: the same results as on the CPU to rounding, and a step of training."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from genai import audio, image, text
from genai.image import data
from genai.image.training import TrainingConfig, make_game, real_batch
from genai.labels import Labels
from genai.run import Run
from genai.text.dice import Dice
from genai.text.sampling import begin

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device"),
]


def test_a_text_is_the_same(request):
    here, there = (text.load("shakespeare", device=device) for device in ("cpu", "cuda"))
    requests = [text.TextRequest("ROMEO:", length=40, temperature=0)]
    assert text.generate(here, requests)[0].text == text.generate(there, requests)[0].text


def test_a_graph_writes_what_is_written_without_one_and_alone_what_in_company():
    model = text.load("shakespeare", device="cuda")
    requests = [text.TextRequest("ROMEO:", length=100, seed=seed, top_k=seed % 2 * 20) for seed in range(70)]
    together = [result.text for result in text.generate(model, requests)]
    assert [text.generate(model, [request])[0].text for request in requests[:8]] == together[:8]
    for request, text_of_graph in zip(requests[:8], together, strict=False):
        draft = begin(model, request)
        dice, thrown = Dice.of([request], model.device), draft.thrown[None, :8].to(model.device)
        with torch.inference_mode():
            plain = model.loop._plain(dice, thrown, draft.logits[None], *draft.state)
        assert text_of_graph.startswith(model.vocabulary.decode(plain.characters[0].tolist()))


def test_graphs_are_recorded_while_other_threads_use_the_device():
    pictures = image.load("fashion", device="cuda")
    model = text.load("python", device="cuda")
    with ThreadPoolExecutor(3) as pool:
        drawn = [
            pool.submit(image.generate, pictures, image.several(image.ImageRequest(seed=n), 16)) for n in range(9)
        ]
        texts = [pool.submit(text.generate, model, [text.TextRequest(length=64, seed=n)]) for n in range(9)]
        assert all(len(job.result()) == 16 for job in drawn)
        assert all(len(job.result()[0].text) == 64 for job in texts)


def test_a_picture_is_the_same_to_rounding():
    here, there = (image.load("fashion", device=device) for device in ("cpu", "cuda"))
    requests = image.several(image.ImageRequest(seed=1), 8)
    for a, b in zip(image.generate(here, requests), image.generate(there, requests), strict=True):
        torch.testing.assert_close(a.image, b.image, rtol=0, atol=0.02)  # TF32 convolutions


def test_a_sound_is_the_same_to_rounding():
    here, there = (audio.load("digits", device=device) for device in ("cpu", "cuda"))
    requests = audio.several(audio.AudioRequest(seed=1), 4)
    for a, b in zip(audio.generate(here, requests), audio.generate(there, requests), strict=True):
        torch.testing.assert_close(a.waveform, b.waveform, rtol=0, atol=0.02)


def test_a_round_of_the_game_is_played(tmp_path):
    config = TrainingConfig(
        generator_filters=8, discriminator_filters=8, batch_size=8, device="cuda", folder=tmp_path
    )
    pixels = torch.randint(256, (64, 1, 32, 32), dtype=torch.uint8)
    zeros = torch.zeros(64, dtype=torch.int64)
    card = data.CARDS["fashion"] if hasattr(data, "CARDS") else None
    pictures = data.Pictures(pixels, zeros, pixels, zeros, Labels(()), card, [])
    game = make_game(config, pictures, Run(config, "x"))
    for step in range(2):
        assert all(value.isfinite() for value in game.play(step, *real_batch(pictures, config, step)).values())
