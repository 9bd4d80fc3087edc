"""One character at a time of a GPT, with a cache of keys and values.

Without a cache each character would cost a pass over all characters that are looked at. Keys and values of a
character never change, so a step computes those of the new character only, and writes them into the ring where the
oldest were. Queries, keys and values come from one product, and so do gate and input of the MLP: with few rows each
operator costs as much as its arithmetic.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genai.seeds import make_rng
from genai.text.decoding.product import Product, make_product
from genai.text.decoding.step import MAX_ROWS, RowCounts
from genai.text.gpt.model import Block, CharGPT, GPTState, rotate, rotation
from genai.text.networks import State

TINY = 1e-6
"""Shorter vectors are not made longer: a length of 0 would give NaN."""


class LayerProducts:
    """The products of one layer, its weights copied and joined."""

    def __init__(self, block: Block) -> None:
        attention, mlp = block.attention, block.mlp
        self.attention_norm = _norm_weight(block.attention_norm)
        self.mlp_norm = _norm_weight(block.mlp_norm)
        project = torch.cat([attention.query.weight, attention.key.weight, attention.value.weight])
        self.project: Product = make_product(project.detach().clone())
        self.output: Product = make_product(attention.output.weight.detach().clone())
        self.expand: Product = make_product(torch.cat([mlp.gate.weight, mlp.up.weight]).detach().clone())
        self.contract: Product = make_product(mlp.down.weight.detach().clone())


@dataclass
class GptBuffers:
    """The state of B texts, changed in place by each step.

    Args:
        outputs: As in `GPTState`.
        keys: As in `GPTState`.
        values: As in `GPTState`.
        length: (B,), characters read.
    """

    outputs: Tensor
    keys: Tensor
    values: Tensor
    length: Tensor


class GptStep:
    """A GPT rearranged to read one character at a time; its weights are copies. Works on every device."""

    dtype = torch.float32

    @torch.no_grad()
    def __init__(self, network: CharGPT) -> None:
        config = self._config = network.config
        size = self._head_size = network.head_size
        self._table = network.embedding.weight.detach().clone()  # (V, width)
        self._layers = [LayerProducts(block) for block in cast(Iterable[Block], network.blocks)]
        self._norm = _norm_weight(network.norm)
        self._head = make_product(network.head.weight.detach().clone(), network.head.bias.detach().clone())
        self._slots = torch.arange(config.context, device=self.device)
        # The network divides queries and keys by their root mean square, sqrt(D) times less than their length, and
        # the product of both by sqrt(D): of queries the length alone is left, keys are sqrt(D) times longer.
        lengths = torch.tensor([1.0] * config.heads + [size**0.5] * config.key_heads, device=self.device)
        self._lengths = lengths[:, None]  # (heads + key heads, 1)
        self._row_counts = RowCounts(self, self._random_rows)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._table.device

    @property
    def row_counts(self) -> list[int]:
        """Batch sizes at which a row has the same bits whatever else is in the batch; found at the first use."""
        return self._row_counts.get() if self.device.type == "cpu" else [MAX_ROWS]

    def buffers(self, state: State) -> GptBuffers:
        """Copy the state of B texts, which is that of `GPTState`."""
        outputs, keys, values, length = state
        return GptBuffers(outputs.clone(), keys.clone(), values.clone(), length[0].clone())

    def read(self, tokens: Tensor, buffers: GptBuffers) -> None:
        """Read one character, numbers (B,), in each of B texts: advances the buffers in place."""
        by = rotation(buffers.length[:, None], self._head_size) * self._lengths  # (B, heads + key heads, D / 2)
        slot = buffers.length.remainder(self._config.context)
        # A slot is empty as long as its number is above the length; once the ring is full, all are in use.
        empty = self._slots > buffers.length[:, None]  # (B, context)
        mask = torch.zeros_like(empty, dtype=self.dtype).masked_fill_(empty, -math.inf)[:, None, None]
        x = self._table.index_select(0, tokens)  # (B, width)
        for number, layer in enumerate(self._layers):
            joined = _multiply(layer.project, _rms_norm(x, layer.attention_norm))
            queries, keys, values = self._split(joined, by)
            ring = Ring(buffers.keys[number], buffers.values[number])
            ring.write(keys, values, slot)
            x = x + _multiply(layer.output, ring.attend(queries, mask))
            gate, up = _multiply(layer.expand, _rms_norm(x, layer.mlp_norm)).chunk(2, dim=1)
            x = x + _multiply(layer.contract, F.silu(gate).mul_(up))
            buffers.outputs[number] = x
        buffers.length += 1

    def _split(self, joined: Tensor, by: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Split what a layer's first product computed, and rotate queries and keys.

        Args:
            joined: (B, (heads + 2 key heads) D).
            by: (B, heads + key heads, D / 2), rotations, times the length that queries and keys are to have.

        Returns:
            Queries (B, heads, D), keys and values (B, key heads, D).
        """
        config = self._config
        by_heads = joined.view(len(joined), -1, self._head_size)
        turning = config.heads + config.key_heads
        turned = rotate(_unit(by_heads[:, :turning]), by)
        return turned[:, : config.heads], turned[:, config.heads :], by_heads[:, turning:]

    def logits(self, buffers: GptBuffers) -> Tensor:
        """Return the logits (B, V) of the next character of each text."""
        return _multiply(self._head, _rms_norm(buffers.outputs[-1], self._norm))

    def state(self, buffers: GptBuffers) -> State:
        """Return the state of the texts as tensors of their own."""
        parts = (buffers.outputs, buffers.keys, buffers.values, buffers.length[None])
        return GPTState(*(part.clone() for part in parts))

    def _random_rows(self) -> tuple[Tensor, State]:
        rng = make_rng(0)
        config = self._config
        size = (config.layers, MAX_ROWS, config.key_heads, self._head_size, config.context)
        keys = torch.randn(size, generator=rng)
        values = torch.randn(size, generator=rng).transpose(3, 4).contiguous()
        outputs = torch.zeros(config.layers, MAX_ROWS, config.width)
        length = torch.randint(2 * config.context, (1, MAX_ROWS), generator=rng)
        tokens = torch.randint(len(self._table), (MAX_ROWS,), generator=rng)
        return tokens.to(self.device), tuple(part.to(self.device) for part in (outputs, keys, values, length))


@dataclass(frozen=True)
class Ring:
    """The ring of one layer, whose tensors are changed in place.

    Args:
        keys: (B, key heads, D, context).
        values: (B, key heads, context, D).
    """

    keys: Tensor
    values: Tensor

    def write(self, keys: Tensor, values: Tensor, slot: Tensor) -> None:
        """Write keys and values (B, key heads, D) into a slot (B,) of each text."""
        index = slot[:, None, None].expand_as(keys)
        self.keys.scatter_(3, index[:, :, :, None], keys[:, :, :, None])
        self.values.scatter_(2, index[:, :, None], values[:, :, None])

    def attend(self, queries: Tensor, mask: Tensor) -> Tensor:
        """Mix the values by how well their keys fit.

        Plain products are faster than PyTorch's attention, whose blocks suit many queries.

        Args:
            queries: (B, heads, D); their products with the keys need no further scale.
            mask: (B, 1, 1, context), 0, or minus infinity where there is nothing to look at.

        Returns:
            (B, heads D).
        """
        batch, key_heads, size, context = self.keys.shape
        grouped = queries.reshape(batch * key_heads, -1, size)  # heads that share keys, as queries of one head
        scores = torch.bmm(grouped, self.keys.view(-1, size, context)).view(batch, key_heads, -1, context)
        weights = scores.add_(mask).softmax(dim=3).view(batch * key_heads, -1, context)
        return torch.bmm(weights, self.values.view(-1, context, size)).view(batch, -1)


def _norm_weight(norm: nn.RMSNorm) -> Tensor:
    """Return the weights of a norm for `_rms_norm`: sqrt(features) times larger."""
    return norm.weight.detach() * math.sqrt(len(norm.weight))


def _rms_norm(x: Tensor, weight: Tensor) -> Tensor:
    """Divide features (B, width) by their root mean square; `F.rms_norm` takes five times as long for few rows."""
    return _unit(x).mul_(weight)


def _unit(x: Tensor) -> Tensor:
    """Divide vectors x (..., D) by their lengths."""
    lengths = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    unit: Tensor = x / lengths.clamp_(min=TINY)
    return unit


def _multiply(product: Product, x: Tensor) -> Tensor:
    return product(x, x.new_empty(len(x), product.out_features))
