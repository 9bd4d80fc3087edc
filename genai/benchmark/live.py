"""What a visitor who trains a model in the page waits for, and gets: with the page's own processes and settings."""

import pydoc_data.topics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from genai import image
from genai.benchmark import shapes
from genai.learn.runs.files import ENDED
from genai.learn.runs.manager import Runs
from genai.learn.runs.spec import RunSpec
from genai.quality.feature_network import FeatureNetwork, FeatureNetworkConfig, initialise, train_network
from genai.quality.figures import Figure, Figures
from genai.seeds import make_rng
from genai.serving.live.hub import Hub

CHARACTERS = 20_000
TEXT_MINUTES = 2.0
DRAWING_MINUTES = 3.0
LOOK_SECONDS = 0.05
SHAPES_LEARNT, JUDGE_STEPS = 2_000, 150
GENERATED = 400
State = dict[str, Any]


def measure(device: str | None) -> Figures:
    """Train a text and drawings, from a shipped model each, and the text from scratch too."""
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        runs = Runs(Hub(), device, home=home)
        runs.prepare()
        time.sleep(15)  # a visitor needs longer to choose the data
        text = own_text(home)
        for start in ("shakespeare", None):
            figures |= measure_text(runs, RunSpec("text", str(text), CHARACTERS, start, TEXT_MINUTES))
        drawings = shapes.write(home / "own-pictures")
        figures |= measure_drawings(runs, RunSpec("image", str(drawings), 40, "fashion", DRAWING_MINUTES))
        runs.end()
    return figures


def own_text(folder: Path) -> Path:
    """Write 20,000 characters of English prose that every Python has: its language reference."""
    path = folder / "own-text.txt"
    topics = sorted(pydoc_data.topics.topics.items())
    path.write_text("".join(text for _, text in topics)[:CHARACTERS], encoding="utf-8")
    return path


def measure_text(runs: Runs, spec: RunSpec) -> Figures:
    """Measure when a text is first seen to be learnt, and when its loss is below the 3-gram model's."""
    way = f"from {spec.start_from}" if spec.start_from else "from scratch"
    start = time.perf_counter()
    name = runs.start(spec, "benchmark")
    wait(runs, name, lambda state: bool(state["curves"]["step"]))
    first = time.perf_counter() - start
    state = wait(runs, name, is_below)
    seconds = time.perf_counter() - start
    if state["phase"] not in ENDED:
        runs.control(name, "stop", None, None)
        wait(runs, name, lambda _: False)
    losses = [value for value in state["curves"].get("held_out", []) if value is not None]
    trigram = state["baselines"]["3-gram"]
    protocol = f"{CHARACTERS:,} characters of Python's reference, {way}; a process of its own, warm"
    reached = f"loss {min(losses):.2f} against {trigram:.2f} on the held-out tenth" if losses else "no loss yet"
    return {
        f"first_change_seconds ({way})": Figure(first, 1, f"{protocol}; within 5 s wanted"),
        f"below_3gram_seconds ({way})": Figure(
            seconds if is_below(state) else float("inf"), 1, f"{protocol}; {reached}; within 120 s wanted"
        ),
    }


def is_below(state: State) -> bool:
    """Return whether a text's loss has been below that of the 3-gram model of its own text."""
    losses = [value for value in state["curves"].get("held_out", []) if value is not None]
    return bool(losses) and min(losses) < state["baselines"]["3-gram"]


def measure_drawings(runs: Runs, spec: RunSpec) -> Figures:
    """Measure how many generated drawings a judge names as what was asked for."""
    name = runs.start(spec, "benchmark")
    state = wait(runs, name, lambda _: False)
    run = runs.get(name)
    model = image.load(run.files.folder / run.files.status().checkpoint, device="cpu")
    named, real = shares_named(model)
    protocol = f"40 drawings of 4 shapes, {spec.minutes:g} minutes ({state['step']} steps) from {spec.start_from}"
    return {
        "drawings_named": Figure(
            named,
            GENERATED,
            f"{protocol}; a network that learnt {SHAPES_LEARNT:,} other drawings names the shape asked for; "
            "at least 0.80 wanted",
            beside={"real drawings": real},
        )
    }


def shares_named(model: image.ImageModel) -> tuple[float, float]:
    """Return of generated drawings, and of drawings that nobody has learnt from, the share that a judge names."""
    judge = make_judge()
    labels = [row % len(shapes.NAMES) for row in range(GENERATED)]
    requests = [image.ImageRequest(shapes.NAMES[label], seed=seed) for seed, label in enumerate(labels)]
    generated = torch.stack([result.image for result in image.generate(model, requests)])
    pictures, kinds = shapes.labelled(GENERATED, seed=4)
    return share(judge, generated, torch.tensor(labels)), share(judge, pictures, kinds)


@torch.inference_mode()
def share(judge: FeatureNetwork, pictures: Tensor, kinds: Tensor) -> float:
    """Return the share of pictures (N, 1, 32, 32) that a judge names rightly."""
    return float((judge(pictures).argmax(dim=1) == kinds).double().mean())


def make_judge(steps: int = JUDGE_STEPS) -> FeatureNetwork:
    """Train a classifier on drawings that no generator has seen."""
    pictures, kinds = shapes.labelled(SHAPES_LEARNT, seed=3)
    judge = FeatureNetwork(FeatureNetworkConfig(1, shapes.SIDE, shapes.SIDE, len(shapes.NAMES)))
    initialise(judge, make_rng(0))

    def draw(step: int) -> tuple[Tensor, Tensor]:
        rows = torch.randint(len(pictures), (64,), generator=make_rng(1, step))
        return pictures[rows], kinds[rows]

    train_network(judge, draw, steps)
    return judge.eval()


def wait(runs: Runs, name: str, is_reached: Callable[[State], bool]) -> State:
    """Return the first state of a run in which something is reached, or its last."""
    while True:
        state = runs.state(name)
        if state["phase"] in ENDED or is_reached(state):
            return state
        time.sleep(LOOK_SECONDS)
