"""One character at a time of a GPT, with a cache of keys and values.

Without a cache each character would cost a pass over all characters that are looked at. Keys and values of a
character never change, so a step computes those of the new character only, and writes them into the ring where the
oldest were. Queries, keys and values come from one product, and so do gate and input of the MLP. All results have
their place in memory from the start: with few rows, allocating, slicing and dispatching cost more than arithmetic.
"""

import math
from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from genai.seeds import make_rng
from genai.text.decoding.product import Product, make_product
from genai.text.decoding.step import MAX_ROWS, RowCounts
from genai.text.gpt.model import Block, CharGPT, GPTConfig, GPTState, rotation_frequencies
from genai.text.networks import State

TINY = 1e-6
"""Shorter vectors are not made longer: a length of 0 would give NaN."""


class LayerProducts:
    """The products of one layer, its weights copied and joined.

    `project` gives, for each head of keys, the queries that share it and then the key; the values come last.
    """

    def __init__(self, block: Block) -> None:
        attention, mlp = block.attention, block.mlp
        self.attention_norm = _norm_weight(block.attention_norm)
        self.mlp_norm = _norm_weight(block.mlp_norm)
        size, width = attention.head_size, attention.query.in_features
        keys = attention.key.weight.view(-1, size, width)  # (key heads, D, width)
        queries = attention.query.weight.view(len(keys), -1, width)
        queries_and_keys = torch.cat([queries, keys], dim=1).flatten(0, 1)
        self.project: Product = make_product(torch.cat([queries_and_keys, attention.value.weight]).detach())
        self.output: Product = make_product(attention.output.weight.detach().clone())
        self.expand: Product = make_product(torch.cat([mlp.gate.weight, mlp.up.weight]).detach().clone())
        self.contract: Product = make_product(mlp.down.weight.detach().clone())


class LayerBuffers:
    """The memory of one layer, changed in place by each step.

    Args:
        output: (B, width), what the layer puts out.
        keys: (B, key heads, D, context), a ring.
        values: (B, key heads, context, D), a ring.
    """

    def __init__(self, output: Tensor, keys: Tensor, values: Tensor) -> None:
        self.output = output
        self.keys = keys
        self.values = values
        self.keys_by_head = keys.flatten(0, 1)
        self.values_by_head = values.flatten(0, 1)


class GptBuffers:
    """The state of B texts, changed in place by each step, and room for what a step computes.

    Args:
        state: Of the texts; it is copied.
        config: Of the network.
        size: D, features of a head.
    """

    def __init__(self, state: GPTState, config: GPTConfig, size: int) -> None:
        self.outputs, self.keys, self.values = (part.clone() for part in state[:3])
        self.length = state.length[0].clone()  # (B,)
        parts = zip(self.outputs, self.keys, self.values, strict=True)
        self.layers = [LayerBuffers(*part) for part in parts]
        rows, heads, key_heads = len(self.length), config.heads, config.key_heads
        empty = self.outputs.new_empty

        self.x = empty(rows, config.width)
        self.norm = empty(rows, 1)
        self.normed = empty(rows, config.width)

        self.joined = empty(rows, (heads + 2 * key_heads) * size)
        by_head = self.joined.view(rows, -1, size)
        self.turning = by_head[:, : heads + key_heads]  # queries and keys
        self.new_values = by_head[:, heads + key_heads :, None]  # (B, key heads, 1, D)
        self.turning_norm = empty(rows, heads + key_heads, 1)
        self.turned = empty(rows, heads + key_heads, size)
        self.pairs = torch.view_as_complex(self.turned.view(rows, heads + key_heads, -1, 2))
        groups = heads // key_heads  # heads of queries that share keys, as several queries of one head
        by_key_head = self.turned.view(rows, key_heads, groups + 1, size)
        self.queries = by_key_head.flatten(0, 1)[:, :groups]
        self.new_keys = by_key_head[:, :, groups, :, None]  # (B, key heads, D, 1)

        # Added to the scores: minus infinity where there is nothing to look at yet.
        empty_slots = torch.arange(config.context, device=self.length.device) >= self.length[:, None, None]
        hidden = self.outputs.new_zeros(rows, 1, config.context).masked_fill_(empty_slots, -math.inf)
        self.mask_by_head = hidden.repeat(1, key_heads, 1)  # (B, key heads, context)
        self.mask = self.mask_by_head.flatten(0, 1)[:, None]
        self.scores = empty(rows * key_heads, groups, config.context)
        self.weights = torch.empty_like(self.scores)
        self.mixed = empty(rows * key_heads, groups, size)
        self.mixed_by_text = self.mixed.view(rows, heads * size)
        self.added = empty(rows, config.width)

        self.expanded = empty(rows, 2 * config.mlp_width)
        self.gate, self.up = self.expanded.chunk(2, dim=1)
        self.hidden = empty(rows, config.mlp_width)


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
        self._frequencies = rotation_frequencies(size, self.device)
        self._one = torch.ones((), dtype=torch.float64, device=self.device)
        # The network divides queries and keys by their root mean square, sqrt(D) times less than their length, and
        # the product of both by sqrt(D): of queries the length alone is left, keys are sqrt(D) times longer.
        groups = config.heads // config.key_heads
        lengths = torch.tensor(([1.0] * groups + [size**0.5]) * config.key_heads, device=self.device)
        self._lengths = lengths[:, None]  # (heads + key heads, 1), as `LayerProducts.project` orders them
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
        return GptBuffers(GPTState(*state), self._config, self._head_size)

    def read(self, tokens: Tensor, buffers: GptBuffers) -> None:
        """Read one character, numbers (B,), in each of B texts: advances the buffers in place."""
        by = self._rotations(buffers.length)
        slot = buffers.length.remainder(self._config.context)[:, None, None, None]
        key_slot = slot.expand_as(buffers.new_keys)
        value_slot = slot.expand_as(buffers.new_values)
        buffers.mask_by_head.scatter_(2, key_slot[:, :, 0], 0.0)
        torch.index_select(self._table, 0, tokens, out=buffers.x)
        x = buffers.x
        for products, layer in zip(self._layers, buffers.layers, strict=True):
            _rms_norm(x, products.attention_norm, buffers)
            products.project(buffers.normed, buffers.joined)
            _rotate(buffers, by)
            layer.keys.scatter_(3, key_slot, buffers.new_keys)
            layer.values.scatter_(2, value_slot, buffers.new_values)
            _attend(buffers, layer)
            products.output(buffers.mixed_by_text, buffers.added)
            x = torch.add(x, buffers.added, out=layer.output)
            _rms_norm(x, products.mlp_norm, buffers)
            products.expand(buffers.normed, buffers.expanded)
            torch.mul(nn.functional.silu(buffers.gate, inplace=True), buffers.up, out=buffers.hidden)
            products.contract(buffers.hidden, buffers.added)
            x = layer.output.add_(buffers.added)
        buffers.length += 1

    def _rotations(self, length: Tensor) -> Tensor:
        """Return the rotations after texts of lengths (B,), times `_lengths`: (B, heads + key heads, D / 2).

        They are those of `model.rotation`, whose frequencies are computed once here.
        """
        angles = length[:, None, None] * self._frequencies
        return torch.polar(self._one, angles).to(torch.complex64) * self._lengths

    def logits(self, buffers: GptBuffers) -> Tensor:
        """Return the logits (B, V) of the next character of each text."""
        _rms_norm(buffers.outputs[-1], self._norm, buffers)
        return self._head(buffers.normed, buffers.normed.new_empty(len(buffers.normed), self._head.out_features))

    def state(self, buffers: GptBuffers) -> State:
        """Return the state of the texts, which the next step changes: copies of the rings of 32 texts take 2 ms."""
        return GPTState(buffers.outputs, buffers.keys, buffers.values, buffers.length[None])

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


def _norm_weight(norm: nn.RMSNorm) -> Tensor:
    """Return the weights of a norm for `_rms_norm`: sqrt(features) times larger."""
    return norm.weight.detach() * math.sqrt(len(norm.weight))


def _rms_norm(x: Tensor, weight: Tensor, buffers: GptBuffers) -> None:
    """Divide features (B, width) by their root mean square; `F.rms_norm` takes five times as long for few rows."""
    torch.linalg.vector_norm(x, dim=1, keepdim=True, out=buffers.norm)
    torch.div(x, buffers.norm.clamp_min_(TINY), out=buffers.normed).mul_(weight)


def _rotate(buffers: GptBuffers, by: Tensor) -> None:
    """Give queries and keys their lengths and turn them.

    Args:
        buffers: From `turning` to `turned`, whose parts are `queries` and `new_keys`.
        by: (B, heads + key heads, D / 2), rotations, times the lengths.
    """
    torch.linalg.vector_norm(buffers.turning, dim=2, keepdim=True, out=buffers.turning_norm)
    torch.div(buffers.turning, buffers.turning_norm.clamp_min_(TINY), out=buffers.turned)
    buffers.pairs.mul_(by)


def _attend(buffers: GptBuffers, layer: LayerBuffers) -> None:
    """Mix the values by how well their keys fit: from `queries` to `mixed`.

    Plain products are faster than PyTorch's attention, whose blocks suit many queries.

    Args:
        buffers: Of the step.
        layer: Whose rings are read.
    """
    torch.baddbmm(buffers.mask, buffers.queries, layer.keys_by_head, out=buffers.scores)
    torch.softmax(buffers.scores, dim=2, out=buffers.weights)
    torch.bmm(buffers.weights, layer.values_by_head, out=buffers.mixed)
