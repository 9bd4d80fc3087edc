"""A character-level GPT: a decoder-only transformer.

The network reads a text and says how likely each character of its vocabulary is to come next. Where an LSTM
carries a state of fixed size, a transformer looks back: each layer compares the present character with those before
it (attention) and reads from the ones that fit.

Sources: Vaswani et al. 2017 (attention), arXiv 1706.03762. Radford et al. 2019 (GPT-2: a decoder with the norm
before each part). Su et al. 2021 (rotary positions), arXiv 2104.09864. Zhang and Sennrich 2019 (RMSNorm), arXiv
1910.07467. Shazeer 2020 (SwiGLU), arXiv 2002.05202. Henry et al. 2020 (QK-norm), arXiv 2010.04245. Shazeer
2019 (keys and values shared by heads), arXiv 1911.02150. Beltagy et al. 2020 (a sliding window of attention), arXiv
2004.05150.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ROTARY_BASE = 10_000.0
Drop = Callable[[Tensor], Tensor]
"""Dropout with its rate and source of masks."""


@dataclass(frozen=True)
class GPTConfig:
    """Shape of the network and its regularisation; the dropout rate matters in training only."""

    vocabulary_size: int
    layers: int = 6
    heads: int = 4
    """Heads of queries."""
    key_heads: int = 1
    """Heads of keys and values, each shared by as many heads of queries: fewer make a smaller cache."""
    width: int = 256
    """Features of a character between the layers; a multiple of twice the heads."""
    mlp_width: int = 816
    """Hidden units of each layer's multi-layer perceptron."""
    context: int = 256
    """Characters that each layer looks at: the present one and those before it."""
    dropout: float = 0.2
    """Fraction dropped of the embedding and of what each part of a layer adds."""


class GPTState(NamedTuple):
    """The memory of B texts, each of its own length.

    The keys and values of the last characters are in rings: those of the character at position p are in slot p
    modulo the context. D is width / heads.

    Args:
        outputs: (layers, B, width), what each layer put out after the last character.
        keys: (layers, B, key heads, D, context), rotated; the slots come last, as products of one query want them.
        values: (layers, B, key heads, context, D).
        length: (1, B), int64, characters read so far.
    """

    outputs: Tensor
    keys: Tensor
    values: Tensor
    length: Tensor


def rotation(positions: Tensor, size: int) -> Tensor:
    """Return the rotations at positions: complex numbers of absolute value 1, (B, T, D / 2).

    Feature pair n of a character at position p turns by p / 10000^(2n / D), so that a product of a query and a key
    depends on their distance only.

    Args:
        positions: (B, T), int64.
        size: D, features of a head, an even number.
    """
    angles = positions[:, :, None] * rotation_frequencies(size, positions.device)
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)


def rotation_frequencies(size: int, device: torch.device) -> Tensor:
    """Return by how many radians each pair of features turns from one position to the next: (D / 2,).

    In float64, since an angle after 100,000 characters would have an error of 0.004 in float32.

    Args:
        size: D, features of a head, an even number.
        device: Where.
    """
    powers = torch.arange(0, size, 2, device=device, dtype=torch.float64) / size
    return ROTARY_BASE**-powers


def rotate(x: Tensor, by: Tensor) -> Tensor:
    """Rotate queries or keys x (..., T, D) by complex numbers (..., T, D / 2); features 2n, 2n + 1 are a pair."""
    pairs = torch.view_as_complex(x.float().view(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * by).flatten(-2).to(x.dtype)


def normalise(x: Tensor) -> Tensor:
    """Divide the features of each head (..., D) by their root mean square: no product of two exceeds D."""
    return F.rms_norm(x, x.shape[-1:])


def slot_positions(length: Tensor, context: int) -> Tensor:
    """Return the positions (B, context) in the slots of rings after so many characters (B,); negative: empty.

    Slot s holds the last position below the length that is s modulo the context.
    """
    last = length[:, None] - 1
    slots = torch.arange(context, device=length.device)
    return last - (last - slots).remainder(context)


def visible(queries: Tensor, keys: Tensor, context: int) -> Tensor:
    """Return which keys each query may look at: (B, 1, T, K), true for those.

    Args:
        queries: (B, T), positions.
        keys: (B, K), positions; negative for none.
        context: How many characters it may look at, its own included.
    """
    distance = queries[:, :, None] - keys[:, None, :]  # (B, T, K)
    seen = (distance >= 0) & (distance < context) & (keys[:, None, :] >= 0)
    return seen[:, None]


def dropout(x: Tensor, rate: float, noise: torch.Generator | None) -> Tensor:
    """Drop features of x; without a generator, x passes unchanged."""
    if noise is None or rate == 0:
        return x
    keep = 1 - rate
    return x * torch.empty_like(x).bernoulli_(keep, generator=noise).div_(keep)


class KeysValues(NamedTuple):
    """Keys and values of K characters, each (B, key heads, K, D)."""

    keys: Tensor
    values: Tensor

    def append(self, later: "KeysValues") -> "KeysValues":
        """Return these and, after them, those of later characters, all in the type of the later ones."""
        keys = torch.cat([self.keys.to(later.keys.dtype), later.keys], dim=2)
        return KeysValues(keys, torch.cat([self.values.to(later.values.dtype), later.values], dim=2))

    def for_heads(self, heads: int) -> "KeysValues":
        """Repeat each head of keys and values for all heads of queries that share it."""
        shared = heads // self.keys.shape[1]
        return KeysValues(*(part.repeat_interleave(shared, dim=1) for part in self))


class Attention(nn.Module):
    """Causal self-attention: each character reads from the characters before it and from itself."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        width = config.width
        self.head_size = width // config.heads
        key_width = config.key_heads * self.head_size
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, key_width, bias=False)
        self.value = nn.Linear(width, key_width, bias=False)
        self.output = nn.Linear(width, width, bias=False)

    def project(self, x: Tensor, by: Tensor) -> tuple[Tensor, KeysValues]:
        """Return the queries (B, heads, T, D) of x (B, T, width), and its keys and values.

        Args:
            x: Features.
            by: (B, T, D / 2), the rotations at its positions.
        """
        queries = rotate(normalise(self._split(self.query(x))), by[:, None])
        keys = rotate(normalise(self._split(self.key(x))), by[:, None])
        return queries, KeysValues(keys, self._split(self.value(x)))

    def attend(self, queries: Tensor, seen: KeysValues, mask: Tensor | None) -> Tensor:
        """Mix the values by how well their keys fit: softmax(Q K^T / sqrt(D)) V, then the output matrix.

        Args:
            queries: (B, heads, T, D).
            seen: K keys and values.
            mask: (B, 1, T, K), true where a query may look; None: the T keys are those of the queries, and each
                looks at all before it.

        Returns:
            (B, T, width).
        """
        keys, values = seen.for_heads(queries.shape[1])
        mixed = F.scaled_dot_product_attention(queries, keys, values, mask, is_causal=mask is None)
        joined: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return joined

    def _split(self, x: Tensor) -> Tensor:
        """Split features (B, T, heads x D) among the heads: (B, heads, T, D)."""
        batch, length, width = x.shape
        return x.view(batch, length, width // self.head_size, self.head_size).transpose(1, 2)


class MLP(nn.Module):
    """SwiGLU: what one matrix computes, multiplied by a gate that another computes."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.gate = nn.Linear(config.width, config.mlp_width, bias=False)
        self.up = nn.Linear(config.width, config.mlp_width, bias=False)
        self.down = nn.Linear(config.mlp_width, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, T, width) of each character by itself."""
        added: Tensor = self.down(F.silu(self.gate(x)) * self.up(x))
        return added


class Block(nn.Module):
    """A layer: attention, then the MLP; each adds to the features that pass through."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.width)
        self.attention = Attention(config)
        self.mlp_norm = nn.RMSNorm(config.width)
        self.mlp = MLP(config)

    def forward(
        self, x: Tensor, by: Tensor, past: KeysValues | None, mask: Tensor | None, drop: Drop
    ) -> tuple[Tensor, KeysValues]:
        """Read from what came before, then compute on each character by itself.

        Args:
            x: (B, T, width), features.
            by: (B, T, D / 2), the rotations at its positions.
            past: K keys and values of what came before; None means nothing.
            mask: (B, 1, T, K + T), as `Attention.attend` takes it.
            drop: The dropout.

        Returns:
            Features (B, T, width), and the T new keys and values.
        """
        queries, new = self.attention.project(self.attention_norm(x), by)
        seen = new if past is None else past.append(new)
        x = x + drop(self.attention.attend(queries, seen, mask))
        return x + drop(self.mlp(self.mlp_norm(x))), new


class CharGPT(nn.Module):
    """Embedding, layers, output layer: text -> transformer -> logits of the next character."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        if config.width % (2 * config.heads) or config.heads % config.key_heads:
            raise ValueError("the width must be a multiple of twice the heads, and these one of the key heads")
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary_size, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width)
        self.head = nn.Linear(config.width, config.vocabulary_size)

    @property
    def head_size(self) -> int:
        """D, the features of one head."""
        return self.config.width // self.config.heads

    def forward(
        self, tokens: Tensor, state: tuple[Tensor, ...] | None = None, noise: torch.Generator | None = None
    ) -> tuple[Tensor, GPTState]:
        """Predict the character after each of the given ones.

        Each layer looks at the last `context` characters, so that what it knows of a character may come from
        `context` characters before that one, and so on through the layers.

        Args:
            tokens: (B, T), character numbers.
            state: What came before, as a `GPTState`; None means nothing.
            noise: Source of the dropout masks, on the device of the network; None switches dropout off.

        Returns:
            Logits (B, T, V) and the state after the last character.
        """
        memory = None if state is None else GPTState(*state)
        pieces: list[Tensor] = []
        for piece in self._pieces(tokens):
            features, memory = self._read(piece, memory, noise)
            pieces.append(self.head(self.norm(features[-1])))
        assert memory is not None  # there is at least one piece
        return torch.cat(pieces, dim=1), memory

    def features(self, tokens: Tensor) -> Tensor:
        """Return what each layer puts out at each character of texts (B, T): (layers, B, T, width), dropout off."""
        memory = None
        pieces: list[Tensor] = []
        for piece in self._pieces(tokens):
            features, memory = self._read(piece, memory, None)
            pieces.append(torch.stack(features))
        return torch.cat(pieces, dim=2)

    def attention(self, tokens: Tensor, layer: int) -> Tensor:
        """Return how much a layer looks at each character of a text when it has read the last one.

        Args:
            tokens: (T,), the text.
            layer: From 0.

        Returns:
            (heads, T), the weights of each head, which add up to 1; 0 where it cannot look.
        """
        below = self.embedding(tokens) if layer == 0 else self.features(tokens[None])[layer - 1, 0]
        block = cast(Block, self.blocks[layer])
        seen = below[-self.config.context :]
        positions = torch.arange(len(seen), device=tokens.device)  # only distances matter
        queries, new = block.attention.project(
            block.attention_norm(seen)[None], rotation(positions[None], self.head_size)
        )
        keys = new.for_heads(self.config.heads).keys
        scores = (keys[0] @ queries[0, :, -1, :, None])[:, :, 0] / self.head_size**0.5  # (heads, seen)
        return F.pad(scores.softmax(dim=1), (len(tokens) - len(seen), 0))

    def _pieces(self, tokens: Tensor) -> tuple[Tensor, ...]:
        """Split texts (B, T) into pieces, which bounds the memory that masks take."""
        return torch.split(tokens, 2 * self.config.context, dim=1)

    def initial_state(self, batch: int) -> GPTState:
        """Return the empty memory of so many texts."""
        config = self.config
        zeros = self.head.weight.new_zeros
        keys = zeros(config.layers, batch, config.key_heads, self.head_size, config.context)
        values = zeros(config.layers, batch, config.key_heads, config.context, self.head_size)
        length = torch.zeros(1, batch, dtype=torch.int64, device=self.head.weight.device)
        return GPTState(zeros(config.layers, batch, config.width), keys, values, length)

    def _read(
        self, tokens: Tensor, state: GPTState | None, noise: torch.Generator | None
    ) -> tuple[list[Tensor], GPTState]:
        """Read a piece of text (B, T): features (B, T, width) after each layer, and the state."""
        batch, length = tokens.shape
        config = self.config
        before = self.initial_state(batch) if state is None else state
        positions = before.length[0][:, None] + torch.arange(length, device=tokens.device)  # (B, T)
        by = rotation(positions, self.head_size)
        mask = None if state is None and length <= config.context else self._mask(positions, state)

        def drop(x: Tensor) -> Tensor:
            return dropout(x, config.dropout, noise)

        x = drop(self.embedding(tokens))
        features: list[Tensor] = []
        keys: list[Tensor] = []
        values: list[Tensor] = []
        for layer, block in enumerate(self.blocks):
            past = KeysValues(before.keys[layer].transpose(2, 3), before.values[layer])
            x, new = block(x, by, None if state is None else past, mask, drop)
            features.append(x)
            keys.append(write_ring(past.keys, new.keys.detach(), positions).transpose(2, 3))
            values.append(write_ring(past.values, new.values.detach(), positions))
        outputs = torch.stack([x[:, -1] for x in features])
        return features, GPTState(outputs, torch.stack(keys), torch.stack(values), before.length + length)

    def _mask(self, positions: Tensor, state: GPTState | None) -> Tensor:
        """Return which keys the characters at positions (B, T) look at: those of the state, then their own."""
        keys = positions
        if state is not None:
            keys = torch.cat([slot_positions(state.length[0], self.config.context), positions], dim=1)
        return visible(positions, keys, self.config.context)


def write_ring(ring: Tensor, new: Tensor, positions: Tensor) -> Tensor:
    """Return a ring (B, key heads, context, D) with the last of T new keys or values in their slots.

    Args:
        ring: Is not changed.
        new: (B, key heads, T, D), in order.
        positions: (B, T), theirs.
    """
    context = ring.shape[2]
    new = new[:, :, -context:]
    slots = positions[:, -context:].remainder(context)
    return ring.scatter(2, slots[:, None, :, None].expand_as(new), new.to(ring.dtype))


def initialise(network: CharGPT, rng: torch.Generator) -> None:
    """Set all weights: U(-sqrt(3 / fan-in) / 2, ...), N(0, 1) for the embedding, and zeros where a part adds.

    The matrices that end in the stream of features, and the head, begin at zero: each layer is then the identity,
    and every character equally likely. Source: Yang et al. 2022, arXiv 2203.03466, and Zhang et al. 2019 (Fixup),
    arXiv 1901.09321.
    """
    for name, parameter in network.named_parameters():
        if name.endswith("norm.weight"):
            nn.init.ones_(parameter)
        elif name == "embedding.weight":
            nn.init.normal_(parameter, generator=rng)
        elif name.startswith("head.") or name.endswith(("attention.output.weight", "mlp.down.weight")):
            nn.init.zeros_(parameter)
        else:
            bound = 0.5 * (3 / parameter.shape[1]) ** 0.5
            nn.init.uniform_(parameter, -bound, bound, generator=rng)
