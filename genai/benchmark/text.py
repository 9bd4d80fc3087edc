"""How fast text is written, beside the loop that everybody writes first and the limits of the machine."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from genai.benchmark.timing import seconds
from genai.device import pick_float64_device
from genai.inference.cuda_graph import capture
from genai.quality.figures import Figure, Figures
from genai.seeds import make_rng
from genai.text import TextModel, TextRequest
from genai.text.decoding.batch import Batch
from genai.text.gpt.model import GPTConfig
from genai.text.model import CharLSTM, CharLSTMConfig
from genai.text.networks import NetworkConfig, make_random_network
from genai.text.sampling import start_draft
from genai.text.vocabulary import Vocabulary

CHARACTERS = 240
STREAMS = 32
CHARACTER_SET = "".join(map(chr, [10, *range(32, 127)]))
PROTOCOL = (
    f"{CHARACTERS} characters with sampling, the best of 5 rounds, on half of the threads, as in a text worker; "
    f"2 layers of 512, {len(CHARACTER_SET)} characters known, random weights (seed 0), float32 results"
)
GPT_PROTOCOL = (
    f"{CHARACTERS} characters with sampling after a prompt that fills the context, the best of 5 rounds, on all "
    f"threads; 6 layers of 256, {len(CHARACTER_SET)} characters known, random weights (seed 0), float32 results"
)


def measure(device: str | None = None) -> Figures:
    """Return characters a second of one text and of 32 at once."""
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads // 2))
    try:
        figures = _measure(untrained(CharLSTMConfig(len(CHARACTER_SET)), device))
    finally:
        torch.set_num_threads(threads)
    return {**figures, **_measure_gpt(untrained(GPTConfig(len(CHARACTER_SET)), device))}


def _measure(model: TextModel) -> Figures:
    alone = ours(model, 1)
    together = ours(model, STREAMS)
    loop = plain_loop(model)
    product = matrix_products(model, STREAMS)
    return {
        "text: one stream, characters a second": Figure(
            1 / alone,
            CHARACTERS,
            PROTOCOL,
            {
                "nn.LSTM once a character": 1 / loop,
                "times that": loop / alone,
                "matrix products alone": 1 / matrix_products(model, 1),
                "weights read once": 1 / reading(model),
            },
        ),
        f"text: {STREAMS} streams, characters a second": Figure(
            STREAMS / together,
            CHARACTERS,
            PROTOCOL,
            {"matrix products alone": STREAMS / product, "share of that": product / together},
        ),
    }


def _measure_gpt(model: TextModel) -> Figures:
    context = GPTConfig(len(CHARACTER_SET)).context
    alone = ours(model, 1, context)
    together = ours(model, STREAMS, context)
    without_cache = plain_reading(model, context)
    return {
        "text: one stream of a GPT, characters a second": Figure(
            1 / alone,
            CHARACTERS,
            GPT_PROTOCOL,
            {"without a cache": 1 / without_cache, "times that": without_cache / alone},
        ),
        f"text: {STREAMS} streams of a GPT, characters a second": Figure(
            STREAMS / together, CHARACTERS, GPT_PROTOCOL
        ),
    }


def untrained(config: NetworkConfig, device: str | None) -> TextModel:
    """The network to time, its weights to half precision as in a file; what it has learnt takes no time."""
    network = make_random_network(config, make_rng(0))
    return TextModel("untrained", network.half().float().to(pick_float64_device(device)), Vocabulary(CHARACTER_SET))


def ours(model: TextModel, streams: int, prompt: int = 4) -> float:
    """Seconds a character of each stream after a prompt of so many characters, as the page writes."""
    batch = Batch(model.loop, model.vocabulary)
    request = TextRequest("def " * (prompt // 4), length=5000)
    batch.join(start_draft(model, replace(request, seed=seed)) for seed in range(streams))

    def work() -> None:
        written = 0
        while written < CHARACTERS:
            chunk = batch.chunk
            batch.advance(chunk)
            written += chunk

    return seconds(work, device=model.device) / CHARACTERS


@torch.inference_mode()
def plain_reading(model: TextModel, context: int) -> float:
    """Seconds a character of a loop without a cache, which reads the whole context anew for each."""
    tokens = torch.zeros(1, context, dtype=torch.int64, device=model.device)
    count = CHARACTERS // 10

    def work() -> None:
        for _ in range(count):
            int(torch.multinomial(model.network(tokens)[0][0, -1].softmax(dim=0), 1))

    return seconds(work, device=model.device) / count


@torch.no_grad()
def plain_loop(model: TextModel) -> float:
    """Seconds a character of a loop that calls nn.LSTM once for each: eager, float32, torch.multinomial."""
    network = cast(CharLSTM, model.network)
    shape = network.config
    lstm = nn.LSTM(shape.embedding_size, shape.hidden_size, shape.layers, batch_first=True).to(model.device)
    embedding, head = network.embedding, network.head

    def work() -> None:
        token, state = torch.zeros(1, 1, dtype=torch.int64, device=model.device), None
        for _ in range(CHARACTERS):
            read, state = lstm(embedding(token), state)
            token = torch.multinomial((head(read[:, -1]) / 0.8).softmax(dim=1), 1)
            model.vocabulary.decode([int(token)])

    return seconds(work, device=model.device) / CHARACTERS


@torch.no_grad()
def matrix_products(model: TextModel, streams: int) -> float:
    """Seconds a character of the step's matrix products alone, in float32; on a CUDA device as one graph."""
    products: list[Callable[[], Tensor]] = []
    for weight in weights(model):
        x, transposed = torch.randn(streams, weight.shape[1], device=model.device), weight.T.contiguous()
        products.append(lambda x=x, w=transposed: x @ w)  # type: ignore[misc]

    def work() -> list[Tensor]:
        return [product() for _ in range(CHARACTERS) for product in products]

    all_of_it = capture(work, model.device).replay if model.device.type == "cuda" else work
    return seconds(all_of_it, device=model.device) / CHARACTERS


@torch.no_grad()
def reading(model: TextModel) -> float:
    """Seconds in which all weights come from memory once, at the rate at which this machine adds them up."""
    everything = torch.cat([weight.flatten() for weight in weights(model)])
    return seconds(lambda: [everything.sum() for _ in range(CHARACTERS)], device=model.device) / CHARACTERS


def weights(model: TextModel) -> list[Tensor]:
    """The matrices (out, in) that a step multiplies by, the first layer's input being a table."""
    network = cast(CharLSTM, model.network)
    first, *deeper = network.lstms
    parts: list[Tensor] = [first.get_parameter("weight_hh_l0")]
    parts += [torch.cat([m.get_parameter(f"weight_{k}_l0") for k in ("ih", "hh")], dim=1) for m in deeper]
    return [part.detach() for part in (*parts, network.head.weight)]
