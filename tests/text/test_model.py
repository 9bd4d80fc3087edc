"""The char-LSTM against PyTorch's own, against its shapes, and against what dropout promises."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from genai.seeds import make_rng
from genai.text.model import CharLSTM, CharLSTMConfig, initialise, update_cell, variational_dropout


def test_shapes(network):
    logits, (hidden, cell) = network(torch.zeros(2, 7, dtype=torch.int64))
    assert logits.shape == (2, 7, 14)
    assert hidden.shape == cell.shape == (3, 2, 16)


def test_the_largest_shipped_shape_stays_under_its_limit():
    network = CharLSTM(CharLSTMConfig(65, hidden_size=640))
    assert sum(p.numel() for p in network.parameters()) < 5_500_000


def test_without_noise_it_is_a_stacked_nn_lstm(network):
    config = network.config
    stacked = nn.LSTM(config.embedding_size, config.hidden_size, config.layers, batch_first=True)
    for layer, lstm in enumerate(network.lstms):
        for name, weight in lstm.named_parameters():
            stacked.get_parameter(name.replace("l0", f"l{layer}")).data.copy_(weight)
    tokens = torch.randint(14, (2, 9), generator=make_rng(1))
    expected = network.head(stacked(network.embedding(tokens))[0])
    torch.testing.assert_close(network(tokens)[0], expected, rtol=0, atol=1e-6)


def test_the_equations_are_those_of_nn_lstm_cell():
    cell = nn.LSTMCell(5, 8)
    x, h, c = (torch.randn(3, n, generator=make_rng(n)) for n in (5, 8, 9))
    c = c[:, :8]
    expected = cell(x, (h, c))
    sums = x @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh
    hidden, after, gates = update_cell(sums, c)
    torch.testing.assert_close((hidden, after), expected, rtol=0, atol=1e-6)
    assert all(((gate > 0) & (gate < 1)).all() for gate in (gates.input, gates.forget, gates.output))


def test_the_inside_of_every_layer_is_that_of_nn_lstm(network):
    tokens = torch.randint(14, (2, 9), generator=make_rng(1))
    x = network.embedding(tokens)
    for lstm, trace in zip(network.lstms, network.inside(tokens), strict=True):
        x, (hidden, cell) = lstm(x)
        torch.testing.assert_close(trace.hidden, x, rtol=0, atol=1e-6)
        torch.testing.assert_close(trace.hidden[:, -1], hidden[0], rtol=0, atol=1e-6)
        torch.testing.assert_close(trace.cell[:, -1], cell[0], rtol=0, atol=1e-6)
        torch.testing.assert_close(trace.cell[:, 3:4], trace.forget[:, 3:4] * trace.cell[:, 2:3]
                                   + trace.input[:, 3:4] * trace.candidate[:, 3:4])  # fmt: skip
        torch.testing.assert_close(trace.hidden, trace.output * trace.cell.tanh())


def test_the_inside_goes_on_from_a_state(network):
    tokens = torch.randint(14, (1, 8), generator=make_rng(1))
    _, state = network(tokens[:, :5])
    whole, rest = network.inside(tokens), network.inside(tokens[:, 5:], state)
    torch.testing.assert_close(rest[-1].hidden, whole[-1].hidden[:, 5:], rtol=0, atol=1e-6)


def test_two_halves_with_carried_state_equal_the_whole(network):
    tokens = torch.randint(14, (2, 10), generator=make_rng(1))
    whole, end = network(tokens)
    first, state = network(tokens[:, :4])
    second, carried_end = network(tokens[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, rtol=0, atol=1e-6)
    torch.testing.assert_close(carried_end, end, rtol=0, atol=1e-6)


def test_every_weight_gets_a_gradient_with_noise_and_without(network):
    for noise in (None, make_rng(3)):
        network.zero_grad()
        logits, _ = network(torch.randint(14, (4, 6), generator=make_rng(1)), noise=noise)
        F.cross_entropy(logits.flatten(0, 1), torch.arange(24) % 14).backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_noise_is_repeatable_and_leaves_the_weights_alone(network):
    tokens = torch.zeros(1, 5, dtype=torch.int64)
    before = {n: p.clone() for n, p in network.named_parameters()}
    a, b, c = (network(tokens, noise=make_rng(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    assert all(torch.equal(p, before[n]) for n, p in network.named_parameters())


def test_variational_dropout_uses_one_mask_a_sequence_and_keeps_the_mean():
    x = torch.ones(200, 3, 50)
    dropped = variational_dropout(x, 0.4, make_rng(0))
    assert torch.equal(dropped[:, 0], dropped[:, 2])
    assert dropped.unique().tolist() == pytest.approx([0, 1 / 0.6])
    assert dropped.mean().item() == pytest.approx(1, abs=0.03)
    assert variational_dropout(x, 0.4, None) is x


def test_weight_drop_zeroes_its_share_of_the_recurrent_matrix(network):
    dropped = network._dropped(network.lstms[0], make_rng(0))["weight_hh_l0"]
    share = (dropped == 0).float().mean().item()
    assert share == pytest.approx(network.config.weight_drop, abs=0.05)
    assert network._dropped(network.lstms[0], None) == {}


def test_the_forget_gate_starts_open(network):
    for lstm in network.lstms:
        bias = lstm.bias_ih_l0 + lstm.bias_hh_l0
        assert bias[16:32].tolist() == [1.0] * 16
        assert bias[:16].abs().sum() + bias[32:].abs().sum() == 0


def test_initialisation_depends_on_the_seed_only():
    networks = [CharLSTM(CharLSTMConfig(5, 4, 8)) for _ in range(2)]
    for network in networks:
        initialise(network, make_rng(3))
    for a, b in zip(*(n.parameters() for n in networks), strict=True):
        assert torch.equal(a, b)
