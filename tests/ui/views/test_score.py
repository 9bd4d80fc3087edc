"""What a score means: its place among others, and the losses that it comes from."""

import math
from types import SimpleNamespace

import pytest
import torch

from genai.quality.figures import percentiles, share_below
from genai.ui.views.inside import PART
from genai.ui.views.score import LOSSES, explain_game, explain_score
from genai.ui.views.view import template

REAL = [n / 10 for n in range(101)]  # 0 to 10
FAKE = [n / 10 - 4 for n in range(101)]  # -4 to 6


def header(scores=None, modality="image", **settings):
    return SimpleNamespace(
        modality=modality, scores=scores or {}, training={"settings": settings} if settings else {}
    )


BOTH = {"real": REAL, "fake": FAKE}


def test_the_share_of_uniform_percentiles_is_the_value():
    for value in (0, 0.25, 1, 3.33, 10):
        assert share_below(REAL, value) == pytest.approx(value / 10)


def test_the_share_at_and_beyond_the_ends():
    assert [share_below(REAL, value) for value in (-100, -1e-9, 0, 10, 10.001)] == pytest.approx([0, 0, 0, 1, 1])


def test_the_share_rises_with_the_value():
    levels = percentiles(torch.randn(1000, generator=torch.Generator().manual_seed(0))).tolist()
    shares = [share_below(levels, value / 50) for value in range(-250, 250)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_the_share_is_the_inverse_of_percentiles():
    numbers = torch.randn(5000, generator=torch.Generator().manual_seed(1))
    levels = percentiles(numbers).tolist()
    for value in (-2, -0.5, 0, 0.1, 1.7):
        assert share_below(levels, value) == pytest.approx((numbers < value).float().mean().item(), abs=0.005)


def test_of_equal_numbers_half_are_below():
    assert share_below([2.0] * 101, 2) == 0.5
    assert (share_below([2.0] * 101, 1.9), share_below([2.0] * 101, 2.1)) == (0, 1)
    assert share_below([0] * 50 + [1] * 51, 1) == pytest.approx(0.75)


def test_a_score_is_placed_among_both_kinds():
    answer = explain_score(2.3, header(BOTH))
    assert answer["logit"] == 2.3
    assert (answer["place"]["real"], answer["place"]["fake"]) == pytest.approx((0.23, 0.63))
    assert answer["place"]["boxes"]["real"] == [0.5, 2.5, 5, 7.5, 9.5]
    for text in answer["sentence"].values():
        assert "23\N{NO-BREAK SPACE}%" in text
        assert "63\N{NO-BREAK SPACE}%" in text


@pytest.mark.parametrize("scores", [{}, {"real": REAL}, {"real": REAL, "fake": FAKE[:9]}])
def test_without_scores_to_compare_with_it_is_said(scores):
    answer = explain_score(-6.1, header(scores, "audio"))
    assert (answer["logit"], answer["place"]) == (-6.1, None)
    for text in answer["sentence"].values():
        assert "python -m genai.audio.evaluation" in text
        assert "%" not in text


def test_losses_for_this_score_are_those_of_the_formulas():
    fake, real = 2.0, 5.0  # the median of the real ones
    expected = {
        "relativistic": (math.log1p(math.exp(fake - real)), math.log1p(math.exp(real - fake))),
        "logistic": (math.log1p(math.exp(-real)) + math.log1p(math.exp(fake)), math.log1p(math.exp(-fake))),
        "hinge": (0 + (1 + fake), -fake),
        "wasserstein": (fake - real, -fake),
    }
    assert set(expected) == set(LOSSES)
    for loss, (discriminator, generator) in expected.items():
        game = explain_game(fake, header(BOTH, loss=loss))
        assert game["loss"] == loss
        assert game["here"]["discriminator"] == pytest.approx(discriminator, rel=1e-5)
        assert game["here"]["generator"] == pytest.approx(generator, rel=1e-5)


def test_each_loss_and_each_term_has_a_formula():
    markup = template(PART.parent, PART.name)
    for loss in (*LOSSES, "unknown"):
        assert f'data-game="{loss}"' in markup
    everything = {"r1": 1, "r2": 1, "gradient_penalty": 1, "classification": 1, "feature_matching": 1,
                  "finishing_steps": 1}  # fmt: skip
    for term in explain_game(0, header(loss="hinge", **everything))["terms"]:
        assert f'data-term="{term}"' in markup


def test_only_what_was_used_is_added():
    terms = explain_game(0, header(loss="relativistic", r1=20.0, r2=0.0, penalty_floor=0.2, feature_matching=3.0))
    assert terms["terms"] == {"r1": "20 → 4", "feature_matching": "3"}
    assert explain_game(0, header(loss="logistic", r1=0.3))["terms"] == {"r1": "0.3"}


@pytest.mark.parametrize("model", [None, header(), header(loss="another")])
def test_a_file_that_does_not_say_how_it_was_trained(model):
    assert explain_game(0, model) == {"loss": None, "terms": {}, "here": None}
