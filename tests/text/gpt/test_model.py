"""The GPT against equations written out, and against what its cache and its window promise."""

import math

import pytest
import torch

from genai.seeds import make_rng
from genai.text.gpt import model as gpt
from genai.text.gpt.model import CharGPT, GPTConfig, initialise

CONTEXT = 6


def test_the_standard_shape_has_as_many_weights_as_the_lstm():
    network = CharGPT(GPTConfig(65))
    assert 4_700_000 < sum(p.numel() for p in network.parameters()) < 4_900_000


def test_before_training_every_character_is_equally_likely():
    network = CharGPT(GPTConfig(14, 2, 4, 1, 32, 24, CONTEXT))
    initialise(network, make_rng(0))
    logits, _ = network(torch.arange(14)[None])
    torch.testing.assert_close(logits.softmax(dim=2), torch.full((1, 14, 14), 1 / 14))


def test_the_same_seed_gives_the_same_weights():
    pair = [CharGPT(GPTConfig(14, 2, 4, 1, 32, 24, CONTEXT)) for _ in range(2)]
    for network in pair:
        initialise(network, make_rng(5))
    for one, other in zip(*(network.parameters() for network in pair), strict=True):
        assert torch.equal(one, other)


def attention_by_hand(network, x, layer):
    """Compute the attention of a layer, for x (T, width), by the formulas and loops over characters and heads."""
    attention = network.blocks[layer].attention
    config, size = network.config, network.head_size
    result = torch.zeros_like(x)
    for head in range(config.heads):
        group = head * config.key_heads // config.heads
        rows = slice(head * size, (head + 1) * size)
        key_rows = slice(group * size, (group + 1) * size)
        queries = turned(x @ attention.query.weight[rows].T)
        keys = turned(x @ attention.key.weight[key_rows].T)
        values = x @ attention.value.weight[key_rows].T
        for place in range(len(x)):
            seen = range(max(0, place - config.context + 1), place + 1)
            scores = torch.stack([queries[place] @ keys[other] / math.sqrt(size) for other in seen])
            odds = scores.exp() / scores.exp().sum()
            result[place, rows] = sum(p * values[other] for p, other in zip(odds, seen, strict=True))
    return result @ attention.output.weight.T


def turned(x):
    """Divide x (T, D) by its root mean square, and turn pair n at place p by p / 10000^(2n / D) radians."""
    x = x / x.square().mean(dim=1, keepdim=True).sqrt()
    result = torch.empty_like(x)
    for place in range(len(x)):
        for n in range(0, x.shape[1], 2):
            angle = place / 10_000 ** (n / x.shape[1])
            a, b = x[place, n], x[place, n + 1]
            result[place, n] = a * math.cos(angle) - b * math.sin(angle)
            result[place, n + 1] = a * math.sin(angle) + b * math.cos(angle)
    return result


def norm(x, weight):
    return x / x.square().mean(dim=1, keepdim=True).sqrt() * weight


def test_the_network_computes_what_the_formulas_say(gpt_network):
    tokens = torch.randint(14, (11,), generator=make_rng(1))
    x = gpt_network.embedding.weight[tokens]
    for layer, block in enumerate(gpt_network.blocks):
        x = x + attention_by_hand(gpt_network, norm(x, block.attention_norm.weight), layer)
        y = norm(x, block.mlp_norm.weight)
        gate = y @ block.mlp.gate.weight.T
        x = x + (gate * gate.sigmoid() * (y @ block.mlp.up.weight.T)) @ block.mlp.down.weight.T
    expected = norm(x, gpt_network.norm.weight) @ gpt_network.head.weight.T + gpt_network.head.bias
    torch.testing.assert_close(gpt_network(tokens[None])[0][0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("pieces", [[1] * 40, [3, 1, 20, 16], [13, 27], [40]])
def test_a_text_in_pieces_is_read_as_at_once(gpt_network, pieces):
    tokens = torch.randint(14, (3, 40), generator=make_rng(2))
    expected = torch.cat([gpt_network._read(tokens, None, None)[0][-1]], dim=1)
    expected = gpt_network.head(gpt_network.norm(expected))
    state = None
    logits = []
    for piece in tokens.split(pieces, dim=1):
        read, state = gpt_network(piece, state)
        logits.append(read)
    torch.testing.assert_close(torch.cat(logits, dim=1), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(tuple(state), tuple(gpt_network(tokens)[1]), rtol=0, atol=1e-5)
    assert state.length.tolist() == [[40] * 3]


def test_texts_of_different_lengths_go_on_side_by_side(gpt_network):
    tokens = torch.randint(14, (20,), generator=make_rng(3))
    states = [gpt_network(tokens[None, :length])[1] for length in (2, 13)]
    together = tuple(torch.cat(parts, dim=1) for parts in zip(*states, strict=True))
    new = torch.stack([tokens[2:6], tokens[13:17]])
    logits, _ = gpt_network(new, together)
    for row, (state, own) in enumerate(zip(states, new, strict=True)):
        alone = gpt_network(own[None], state)[0][0]
        torch.testing.assert_close(logits[row], alone, rtol=0, atol=1e-5)


def test_a_character_depends_on_so_many_before_it_as_layers_and_context_allow(gpt_network):
    tokens = torch.randint(14, (1, 30), generator=make_rng(4))
    other = tokens.clone()
    other[0, 4] = (other[0, 4] + 1) % 14
    difference = (gpt_network(tokens)[0] - gpt_network(other)[0]).abs().amax(dim=2)[0]
    reach = gpt_network.config.layers * (CONTEXT - 1)
    expected = [4 <= place <= 4 + reach for place in range(30)]
    assert (difference > 0).tolist() == expected


def test_where_a_text_stands_does_not_matter(gpt_network):
    """Rotary positions depend on distances only, as far as the text before is out of sight."""
    tokens = torch.randint(14, (1, 40), generator=make_rng(5))
    reach = gpt_network.config.layers * (CONTEXT - 1)
    whole = gpt_network(tokens)[0]
    late = gpt_network(tokens[:, 10:])[0]
    torch.testing.assert_close(late[:, reach:], whole[:, 10 + reach :], rtol=0, atol=1e-5)


def test_a_slot_holds_the_last_position_that_belongs_into_it():
    lengths = torch.tensor([0, 3, 8, 21])
    rings = [[-1] * 8 for _ in lengths]
    for ring, length in zip(rings, lengths.tolist(), strict=True):
        for position in range(length):
            ring[position % 8] = position
    found = gpt.slot_positions(lengths, 8)
    assert torch.where(found < 0, -1, found).tolist() == rings


def test_dropout_is_a_function_of_its_generator_and_keeps_the_mean(gpt_network):
    tokens = torch.randint(14, (2, 9), generator=make_rng(6))
    one, same, other = (gpt_network(tokens, None, make_rng(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    dropped = gpt.dropout(torch.ones(100_000), 0.2, make_rng(0))
    assert dropped.unique().tolist() == [0, 1.25]
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)


def test_what_each_layer_puts_out(gpt_network):
    tokens = torch.randint(14, (1, 30), generator=make_rng(7))
    features = gpt_network.features(tokens)
    assert features.shape == (2, 1, 30, 32)
    logits, state = gpt_network(tokens)
    torch.testing.assert_close(features[:, :, -1], state.outputs)
    torch.testing.assert_close(gpt_network.head(gpt_network.norm(features[-1])), logits)


@pytest.mark.parametrize(("heads", "key_heads"), [(3, 1), (4, 3)])
def test_heads_that_do_not_share_the_width_are_refused(heads, key_heads):
    with pytest.raises(ValueError, match="multiple of twice the heads"):
        CharGPT(GPTConfig(14, 1, heads, key_heads, 32))


def test_without_a_mask_each_looks_at_all_before_it(gpt_network):
    tokens = torch.randint(14, (1, CONTEXT), generator=make_rng(8))
    block = gpt_network.blocks[0]
    x = block.attention_norm(gpt_network.embedding(tokens))
    positions = torch.arange(CONTEXT)[None]
    queries, new = block.attention.project(x, gpt.rotation(positions, gpt_network.head_size))
    mask = gpt.visible(positions, positions, CONTEXT)
    assert torch.equal(mask[0, 0], torch.ones(CONTEXT, CONTEXT).tril().bool())
    masked = block.attention.attend(queries, new, mask)
    torch.testing.assert_close(masked, block.attention.attend(queries, new, None))


@pytest.mark.parametrize("length", [1, 4, 17])
def test_attention_is_what_the_formulas_say(gpt_network, length):
    tokens = torch.randint(14, (length,), generator=make_rng(9))
    size = gpt_network.head_size
    for layer, block in enumerate(gpt_network.blocks):
        below = gpt_network.features(tokens[None])[layer - 1, 0] if layer else gpt_network.embedding(tokens)
        x = norm(below, block.attention_norm.weight)
        weights = gpt_network.attention(tokens, layer)
        assert weights.shape == (4, length)
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(4))
        for head in range(4):
            rows = slice(head * size, (head + 1) * size)
            group = slice(head // 2 * size, (head // 2 + 1) * size)
            queries = turned(x @ block.attention.query.weight[rows].T)
            keys = turned(x @ block.attention.key.weight[group].T)
            scores = keys[-CONTEXT:] @ queries[-1] / math.sqrt(size)
            expected = torch.zeros(length)
            expected[-CONTEXT:] = scores.softmax(dim=0)
            torch.testing.assert_close(weights[head], expected, rtol=0, atol=1e-5)
