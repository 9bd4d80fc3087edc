"""One character at a time of a GPT, with a cache of keys and values.

Without a cache each character would cost a pass over all characters that are looked at. Keys and values of a
character never change, so a step computes those of the new character only, and writes them into the ring where the
oldest were. Queries, keys and values come from one product, and so do gate and input of the MLP. All results have
their place in memory from the start: with few rows, allocating, slicing and dispatching cost more than arithmetic.

On a CPU keys and values are rounded to float16. Each step reads the rings of all texts, and those of 32 full
contexts take 25 MB in float32, which no cache holds beside the weights.
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

    `project` gives, for each head of keys, the queries that share it, the key and the value.
    """

    def __init__(self, block: Block) -> None:
        attention, mlp = block.attention, block.mlp
        self.attention_norm = _norm_weight(block.attention_norm)
        self.mlp_norm = _norm_weight(block.mlp_norm)
        size, width = attention.head_size, attention.query.in_features
        keys = attention.key.weight.view(-1, size, width)  # (key heads, D, width)
        queries = attention.query.weight.view(len(keys), -1, width)
        values = attention.value.weight.view_as(keys)
        self.project: Product = make_product(torch.cat([queries, keys, values], dim=1).flatten(0, 1).detach())
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
        dtype: To which keys and values are rounded.
    """

    def __init__(self, state: GPTState, config: GPTConfig, size: int, dtype: torch.dtype) -> None:
        rows, heads, key_heads = state.length.shape[1], config.heads, config.key_heads
        self.outputs = state.outputs.clone()
        self.keys = state.keys.to(dtype, copy=True)
        self.values = state.values.to(dtype, copy=True)
        self.length = state.length[0].clone()  # (B,)
        parts = zip(self.outputs, self.keys, self.values, strict=True)
        self.layers = [LayerBuffers(*part) for part in parts]
        empty = self.outputs.new_empty

        self.x = empty(rows, config.width)
        self.norm = empty(rows, 1)
        self.normed = empty(rows, config.width)

        groups = heads // key_heads  # heads of queries that share keys, as several queries of one head
        self.joined = empty(rows, key_heads * (groups + 2) * size)
        by_key_head = self.joined.view(rows, key_heads, groups + 2, size)
        self.turning = by_key_head[:, :, :-1]  # queries and keys
        self.turning_norm = empty(rows, key_heads, groups + 1, 1)
        self.pairs = torch.view_as_complex(self.turning.view(rows, key_heads, groups + 1, -1, 2))
        self.queries = by_key_head.flatten(0, 1)[:, :groups]
        self.new = by_key_head[:, :, groups:]  # (B, key heads, 2, D), a key and a value
        self.rounds = dtype != self.new.dtype
        self.rounded = self.new.to(dtype)
        self.new_keys, self.new_values = self.rounded.unbind(2)
        # Where in the memory of a layer's rings a key or value of slot 0 is: (B, key heads, D).
        rings = torch.arange(rows * key_heads, device=self.length.device).view(rows, key_heads, 1)
        features = torch.arange(size, device=self.length.device)
        self.first_keys = (rings * size + features) * config.context
        self.first_values = rings * config.context * size + features
        # The rings of one layer as products want them, keys and then values in the same place.
        self.converted_keys = torch.empty_like(self.keys[0], dtype=torch.float32).flatten(0, 1)
        self.converted_values = self.converted_keys.view(rows * key_heads, config.context, size)

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
    """A GPT rearranged to read one character at a time; its weights are copies. Works on every device.

    Args:
        network: On its device.
        dtype: To which keys and values are rounded; left out: float16 on a CPU, float32 elsewhere.
    """

    @torch.no_grad()
    def __init__(self, network: CharGPT, dtype: torch.dtype | None = None) -> None:
        config = self._config = network.config
        size = self._head_size = network.head_size
        self._table = network.embedding.weight.detach().clone()  # (V, width)
        self.dtype = dtype or (torch.float16 if self.device.type == "cpu" else torch.float32)
        self._layers = [LayerProducts(block) for block in cast(Iterable[Block], network.blocks)]
        self._norm = _norm_weight(network.norm)
        self._head = make_product(network.head.weight.detach().clone(), network.head.bias.detach().clone())
        self._frequencies = rotation_frequencies(size, self.device)
        self._one = torch.ones((), dtype=torch.float64, device=self.device)
        # The network divides queries and keys by their root mean square, sqrt(D) times less than their length, and
        # the product of both by sqrt(D): of queries the length alone is left, keys are sqrt(D) times longer.
        lengths = torch.ones(config.heads // config.key_heads + 1, 1, device=self.device)
        lengths[-1] = size**0.5
        self._lengths = lengths  # (queries that share a key, and it; 1)
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
        return GptBuffers(GPTState(*state), self._config, self._head_size, self.dtype)

    def read(self, tokens: Tensor, buffers: GptBuffers) -> None:
        """Read one character, numbers (B,), in each of B texts: advances the buffers in place."""
        by = self._rotations(buffers.length)
        slot = buffers.length.remainder(self._config.context)[:, None, None]
        buffers.mask_by_head.scatter_(2, slot.expand(-1, self._config.key_heads, -1), 0.0)
        key_places = buffers.first_keys + slot
        value_places = buffers.first_values + slot * self._head_size
        torch.index_select(self._table, 0, tokens, out=buffers.x)
        x = buffers.x
        for products, layer in zip(self._layers, buffers.layers, strict=True):
            _rms_norm(x, products.attention_norm, buffers)
            products.project(buffers.normed, buffers.joined)
            _rotate(buffers, by)
            if buffers.rounds:
                buffers.rounded.copy_(buffers.new)
            layer.keys.put_(key_places, buffers.new_keys)
            layer.values.put_(value_places, buffers.new_values)
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
        """Return the rotations after texts of lengths (B,), times `_lengths` (L, 1): (B, 1, L, D / 2).

        They are those of `model.rotation`, whose frequencies are computed once here.
        """
        angles = length[:, None, None, None] * self._frequencies
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
    """Give queries and keys, which are `turning`, their lengths and turn them.

    Args:
        buffers: Of the step.
        by: (B, 1, L, D / 2), rotations, times the lengths.
    """
    torch.linalg.vector_norm(buffers.turning, dim=3, keepdim=True, out=buffers.turning_norm)
    buffers.turning.div_(buffers.turning_norm.clamp_min_(TINY))
    buffers.pairs.mul_(by)


def _attend(buffers: GptBuffers, layer: LayerBuffers) -> None:
    """Mix the values by how well their keys fit: from `queries` to `mixed`.

    Plain products are faster than PyTorch's attention, whose blocks suit many queries.

    Args:
        buffers: Of the step.
        layer: Whose rings are read.
    """
    keys, values = layer.keys_by_head, layer.values_by_head
    if buffers.rounds:
        keys = buffers.converted_keys.copy_(keys)
    torch.baddbmm(buffers.mask, buffers.queries, keys, out=buffers.scores)
    torch.softmax(buffers.scores, dim=2, out=buffers.weights)
    if buffers.rounds:
        values = buffers.converted_values.copy_(values)
    torch.bmm(buffers.weights, values, out=buffers.mixed)
