"""On a CUDA device: the same results as on the CPU to rounding, and a step of training."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from genai import audio, image, provenance, text
from genai.audio import encoding as audio_file
from genai.benchmark.views import views
from genai.check import examine
from genai.image import data
from genai.image import encoding as image_file
from genai.image.training import ImageTrainingConfig, make_trainer, real_batch
from genai.labels import Labels
from genai.text import origin as text_file
from genai.text.decoding.loop import LoopState
from genai.text.decoding.odds import SamplingDistribution
from genai.text.sampling import start_draft
from genai.training.run import Run

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device"),
]


MODELS = [(image, "fashion"), (image, "characters"), (audio, "digits"), (audio, "drums")]


def made_by(model, facade, count, seed=0):
    """So many pictures or sounds, from the seed on: (count, ...)."""
    request = (image.ImageRequest if facade is image else audio.AudioRequest)(seed=seed)
    results = facade.generate(model, facade.consecutive_seeds(request, count))
    return torch.stack([result.image if facade is image else result.waveform for result in results])


def test_a_text_is_the_same():
    here, there = (text.load("shakespeare", device=device) for device in ("cpu", "cuda"))
    requests = [text.TextRequest("ROMEO:", length=40, temperature=0)]
    assert text.generate(here, requests)[0].text == text.generate(there, requests)[0].text


def test_a_graph_writes_what_is_written_without_one_and_alone_what_in_company():
    model = text.load("shakespeare", device="cuda")
    requests = [text.TextRequest("ROMEO:", length=100, seed=seed, top_k=seed % 2 * 20) for seed in range(70)]
    together = [result.text for result in text.generate(model, requests)]
    assert [text.generate(model, [request])[0].text for request in requests[:8]] == together[:8]
    for request, text_of_graph in zip(requests[:8], together, strict=False):
        draft = start_draft(model, request)
        distribution = SamplingDistribution.of([request], model.device)
        uniforms = draft.uniforms[None, :8].to(model.device)
        with torch.inference_mode():
            characters, _ = model.loop.run(distribution, uniforms, LoopState(draft.logits[None], draft.state))
        assert text_of_graph.startswith(model.vocabulary.decode(characters[0].tolist()))


def test_graphs_are_recorded_while_other_threads_use_the_device():
    pictures = image.load("fashion", device="cuda")
    model = text.load("shakespeare", device="cuda")
    with ThreadPoolExecutor(3) as pool:
        drawn = [
            pool.submit(image.generate, pictures, image.consecutive_seeds(image.ImageRequest(seed=n), 16))
            for n in range(9)
        ]
        texts = [pool.submit(text.generate, model, [text.TextRequest(length=64, seed=n)]) for n in range(9)]
        assert all(len(job.result()) == 16 for job in drawn)
        assert all(len(job.result()[0].text) == 64 for job in texts)


@pytest.mark.parametrize(("rounded", "tolerance"), [(True, 0.02), (False, 5e-3)])
@pytest.mark.parametrize(("facade", "name"), MODELS)
def test_an_item_is_the_same_to_rounding(facade, name, rounded, tolerance, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", rounded)
    here, there = (facade.load(name, device) for device in ("cpu", "cuda"))
    exact, made = made_by(replace(here, forward=None), facade, 8), made_by(there, facade, 8)
    assert (made - exact).square().mean().sqrt() < tolerance * exact.square().mean().sqrt()


@pytest.mark.parametrize(("facade", "name"), MODELS)
def test_an_item_is_the_same_to_the_bit_alone_and_in_company(facade, name):
    model = facade.load(name, "cuda")
    together = made_by(model, facade, 64)
    for place in (0, 5, 63):
        assert torch.equal(made_by(model, facade, 1, place)[0], together[place])


@pytest.mark.parametrize(("facade", "name"), MODELS)
def test_a_file_is_found_ours_by_the_cpu(facade, name):
    model, pictures = facade.load(name, "cuda"), facade is image
    request = (image.ImageRequest if pictures else audio.AudioRequest)(seed=5)
    encode = (image_file if pictures else audio_file).encode
    for result in facade.generate(model, facade.consecutive_seeds(request, 32)):
        assert examine(encode(model, result)).kind in {"identical", "close", "coarse"}


def test_a_text_is_found_ours_by_the_cpu():
    model = text.load("tang", "cuda")
    for result in text.generate(model, [text.TextRequest("春", length=250, seed=seed) for seed in range(16)]):
        content = provenance.txt(result.full, text_file.label(model, result.request))
        assert examine(content).kind in {"identical", "coarse"}


def test_every_view_is_answered():
    for view in views("cuda"):
        assert "sentence" not in view.ask(view.data(0)), view.name


def test_steps_of_training_and_of_moment_matching(tmp_path):
    config = ImageTrainingConfig(
        generator_filters=8, discriminator_filters=8, batch_size=8, device="cuda", folder=tmp_path, steps=2,
        feature_matching=1, finishing_steps=2,
    )  # fmt: skip
    pixels = torch.randint(256, (64, 1, 32, 32), dtype=torch.uint8)
    zeros = torch.zeros(64, dtype=torch.int64)
    pictures = data.Pictures(pixels, zeros, pixels, zeros, Labels(()), None, [])
    run = Run(config, "x")
    trainer = make_trainer(config, pictures, run)
    for step in run.steps():
        assert all(value.isfinite() for value in trainer.step(step, *real_batch(pictures, config, step)).values())
    trainer.match_moments(64, lambda number, rows: real_batch(pictures, config, number, rows))
    assert all(
        weight.isfinite().all()
        for weight in trainer.averaged_generator(lambda _: zeros[:8], 2).state_dict().values()
    )
