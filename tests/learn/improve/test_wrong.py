"""A network that cannot learn, beside one that can."""

import math

import pytest
import torch

from genai.learn.improve import duels
from genai.learn.improve.duels import Duels
from genai.learn.improve.wrong import Duel, WrongNetwork, passage, wrong_loss

TEXT = "the cat sat on the mat. " * 60


@pytest.fixture(scope="module")
def duel():
    """A duel after twelve steps, and its first report."""
    duel = Duel(TEXT, held_out=200)
    first = duel.report()
    for _ in range(12):
        duel.advance()
    return duel, first, duel.report()


def test_a_softmax_over_one_unit_is_1_and_its_gradient_exactly_0():
    network = WrongNetwork()
    outputs = network(torch.rand(3, 7))
    assert (outputs == 1).all()
    wrong_loss(outputs, torch.rand(3, 7)).backward()
    assert all((parameter.grad == 0).all() for parameter in network.parameters())


def test_the_loss_of_the_output_1_depends_on_the_targets_alone():
    targets = torch.tensor([[0.0, 0.25, 1.0]], dtype=torch.float64)
    outputs = torch.ones(1, 3, dtype=torch.float64)
    # -y log p - (1 - y) log(1 - p) at p = 1 - 1e-7
    expected = -(targets * math.log(1 - 1e-7) + (1 - targets) * math.log(1e-7)).mean()
    assert wrong_loss(outputs, targets).item() == pytest.approx(expected.item())


def test_the_wrong_network_stays_what_it_was_and_the_right_one_learns(duel):
    _, first, last = duel
    assert last.wrong_loss == first.wrong_loss
    assert (last.wrong_lowest, last.wrong_highest, last.wrong_gradient, last.wrong_moved) == (1, 1, 0, 0)
    assert last.right_loss < first.right_loss - 0.3
    assert last.right_gradient > 0 < last.right_moved


def test_the_wrong_network_writes_the_last_character_of_the_alphabet(duel):
    _, _, last = duel
    assert last.wrong_text == max(TEXT) * 60
    assert len(last.right_text) == 60


def test_the_flat_loss_is_that_of_the_mean_place_in_the_alphabet(duel):
    _, _, last = duel
    places = {character: n for n, character in enumerate(sorted(set(TEXT)))}
    held_out = TEXT[-200:]
    targets = [places[c] / (len(places) - 1) for block in (held_out[:100], held_out[100:]) for c in block[1:]]
    mean = sum(targets) / len(targets)
    low = torch.tensor(1 - 1e-7).item()  # as float32 has it
    assert last.wrong_loss == pytest.approx(-(1 - mean) * math.log(1 - low) - mean * math.log(low), rel=1e-4)


def test_the_same_seed_gives_the_same_duel(duel):
    _, _, last = duel
    again = Duel(TEXT, held_out=200)
    for _ in range(12):
        again.advance()
    assert again.report() == last
    assert Duel(TEXT, seed=1, held_out=200).report().right_loss != Duel(TEXT, held_out=200).report().right_loss


def test_the_shipped_passage_is_a_text_of_plays():
    assert len(passage()) == 40_000
    assert "First Citizen" in passage()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(duels, "SLICE", 0.01)
    monkeypatch.setattr(duels, "SECONDS", 0.03)
    monkeypatch.setattr(duels, "passage", lambda: passage()[:6000])


def test_a_duel_goes_on_until_its_time_is_over_and_is_then_forgotten(quick):
    ask = Duels().duel
    reports = [ask({})]
    while not reports[-1]["over"]:
        reports.append(ask({"id": reports[-1]["id"]}))
    assert [report["step"] for report in reports] == sorted({report["step"] for report in reports})
    assert len(reports) == 3
    assert len({report["id"] for report in reports}) == 1
    assert reports[-1]["when"]["zh-CN"].startswith("第 ")
    assert "start it again" in ask({"id": reports[-1]["id"]})["sentence"]["en"]


def test_new_duels_displace_the_one_that_nobody_asked_about(quick, monkeypatch):
    monkeypatch.setattr(duels, "MAX_DUELS", 2)
    ask = Duels().duel
    first, second = ask({})["id"], ask({})["id"]
    assert "step" in ask({"id": first})
    ask({})
    assert "sentence" in ask({"id": second})
    assert "step" in ask({"id": first})


@pytest.mark.parametrize("name", ["", "nothing", 7, [], {}, True])
def test_a_duel_that_does_not_exist_is_refused(name):
    assert set(Duels().duel({"id": name})["sentence"]) == {"en", "zh-CN"}
