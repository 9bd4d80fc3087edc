"""The benchmark asks what the page asks, and times it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from genai import audio, image
from genai.benchmark import gan, training
from genai.benchmark.text import untrained, weights
from genai.benchmark.timing import seconds
from genai.benchmark.views import View, measure, views
from genai.text.model import CharLSTMConfig

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def spend(monkeypatch):
    """Let seconds pass on the clock that is looked at, exactly so many however busy the machine is."""
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    def let_pass(duration):
        now[0] += duration

    return let_pass


def test_the_median_of_all_but_the_first(spend):
    asked = []

    def ask(data):
        asked.append(data["number"])
        spend([0.3, 0.02, 0.06, 0.04][data["number"]])
        return {}

    (figure,) = measure(iter([View("slow", ask, lambda n: {"number": n}, limit=0.1, rounds=3)])).values()
    assert asked == [0, 1, 2, 3]
    assert figure.value == pytest.approx(40)  # milliseconds
    assert figure.beside["limit"] == 100
    assert figure.n == 3


def test_a_refused_question_is_no_figure():
    with pytest.raises(RuntimeError, match="never was refused: No"):
        measure(iter([View("never", lambda data: {"sentence": {"en": "No."}}, lambda n: {})]))


def test_every_view_is_answered_and_no_question_comes_twice():
    names = set()
    for view in views("cpu"):
        assert "sentence" not in view.ask(view.data(view.rounds)), view.name
        questions = [str(view.data(number)) for number in range(view.rounds + 1)]
        assert len(set(questions)) == len(questions), view.name
        names.add(view.name.split(":")[0])
    assert names == {"text", "image", "audio"}


def test_the_least_of_the_rounds_after_the_first(spend):
    durations = iter([0.0, 0.06, 0.02, 0.05])
    assert seconds(lambda: spend(next(durations)), rounds=3) == pytest.approx(0.02)


@pytest.mark.parametrize(("modality", "facade", "name"), [("image", image, "fashion"), ("audio", audio, "digits")])
def test_the_reference_is_the_generator_that_the_page_uses(modality, facade, name):
    z, labels = torch.randn(2, 100, generator=torch.Generator().manual_seed(1)), torch.tensor([1, 2])
    with torch.no_grad():
        plain, ours = gan.reference(modality, name)(z, labels), facade.load(name, "cpu").network(z, labels)
    torch.testing.assert_close(ours, plain, rtol=0, atol=1e-4)


def test_a_step_multiplies_by_every_weight_but_the_first_layers_input():
    model = untrained(CharLSTMConfig(96), "cpu")
    shape = model.network.config
    assert (shape.layers, shape.hidden_size) == (2, 512)
    size, layers, known = shape.hidden_size, shape.layers, shape.vocabulary_size
    assert sum(w.numel() for w in weights(model)) == 4 * size**2 * (2 * layers - 1) + size * known


def test_text_and_gan_are_measured_without_gradio():
    script = "import sys; from genai.benchmark import __main__, gan, text; print('gradio' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, capture_output=True, text=True)
    assert printed.stdout.strip() == "False"


TINY = {
    "text": {"hidden_size": 8, "batch_size": 4, "window": 16},
    "image": {"generator_filters": 2, "discriminator_filters": 2, "batch_size": 4},
    "audio": {"generator_filters": 2, "spectrogram_filters": 2, "windows": (512,), "batch_size": 4},
}


@pytest.mark.parametrize("kind", TINY)
def test_a_training_is_timed_in_both_precisions(kind, monkeypatch):
    set_up = getattr(training, f"{kind}_step")
    timed = []

    def steps_per_second(set_up, settings):
        timed.append((set_up.__name__, settings["precision"]))
        return {"auto": 30.0, "no": 20.0}[settings["precision"]]

    monkeypatch.setattr(training, "steps_per_second", steps_per_second)
    figure = training.compare({}, set_up, training.reference_step)
    assert timed == [(set_up.__name__, "auto"), (set_up.__name__, "no"), ("reference_step", "no")]
    assert figure.value == 30
    assert figure.beside == {"float32": 20, "times float32": 1.5, "pytorch/examples' loop": 20, "times that": 1.5}


@pytest.mark.parametrize(
    ("step", "kind"), [*((f"{kind}_step", kind) for kind in TINY), ("reference_step", "image")]
)
def test_the_timed_steps_train_the_networks(step, kind, tmp_path, monkeypatch):
    optimisers = []
    for cls in (torch.optim.Adam, torch.optim.AdamW):
        monkeypatch.setattr(
            cls,
            "__init__",
            lambda self, *args, kept=cls.__init__, **more: optimisers.append(self) or kept(self, *args, **more),
        )
    do = getattr(training, step)({**TINY[kind], "device": "cpu", "precision": "no", "folder": tmp_path})
    do(0)
    before = [p.clone() for p in optimisers[-1].param_groups[0]["params"]]
    do(1)
    after = optimisers[-1].param_groups[0]["params"]
    assert any(not torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_steps_a_second(spend):
    def set_up(settings):
        assert settings["folder"].is_dir()
        return lambda number: spend(0.5)

    assert training.steps_per_second(set_up, {}) == pytest.approx(2)
