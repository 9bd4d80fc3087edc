"""How fast many texts are written by the page's worker processes, which use all cores together."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from genai.quality.figures import Figure, Figures
from genai.text.networks import GPT, LSTM
from genai.text.request import TextRequest
from genai.text.worker import TextWorkers

MODELS = {"shakespeare": LSTM, "shakespeare-gpt": GPT}
TEXTS = 32
LENGTH = 1_500
PROMPT = ("What you have read so far fills the context. " * 6)[:256]
ROUNDS = 4  # in the first of them the worker processes start
LOOK_SECONDS = 0.02


def measure(device: str | None = None) -> Figures:
    """Return characters a second of 32 texts at once, of the shipped LSTM and GPT."""
    figures: dict[str, Figure] = {}
    for model, architecture in MODELS.items():
        workers = TextWorkers(device)
        try:
            rates = [_rate(workers, model, architecture, first_seed=TEXTS * number) for number in range(ROUNDS)]
        finally:
            workers.close()
        figures[f"text: {TEXTS} texts of {model} in workers, characters a second"] = Figure(
            max(rates),
            TEXTS * LENGTH,
            f"{TEXTS} texts of {LENGTH:,} characters requested at once, after a prompt of {len(PROMPT)}; from when "
            f"all have begun to when all have ended, the best of {ROUNDS} rounds",
        )
    return figures


def _rate(workers: TextWorkers, model: str, architecture: str, first_seed: int) -> float:
    """Return the characters a second of texts that are requested at once."""
    lengths = [0] * TEXTS

    def read(row: int, request: TextRequest) -> None:
        for written in workers.write(model, request, architecture):
            lengths[row] = len(written.text)

    request = TextRequest(PROMPT, length=LENGTH)
    readers = [
        threading.Thread(target=read, args=(row, replace(request, seed=first_seed + row))) for row in range(TEXTS)
    ]
    for reader in readers:
        reader.start()
    while not all(lengths) and _any_alive(readers):
        time.sleep(LOOK_SECONDS)
    before, start = sum(lengths), time.perf_counter()
    for reader in readers:
        reader.join()
    seconds = time.perf_counter() - start
    if lengths != [LENGTH] * TEXTS:
        raise RuntimeError(f"{model} wrote texts of {min(lengths)} to {max(lengths)} characters, not of {LENGTH}")
    return (sum(lengths) - before) / seconds


def _any_alive(readers: Sequence[threading.Thread]) -> bool:
    return any(reader.is_alive() for reader in readers)
