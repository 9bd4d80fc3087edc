"""The game with two parameters against the theory of its paper."""

import math

import pytest
import torch
from torch.nn import functional as F

from genai.errors import ConfigError
from genai.gan.losses import squared_gradient
from genai.learn.game import dirac
from genai.learn.game.losses import discriminator_terms, generator_terms


def radius(path):
    return [math.hypot(*point) for point in path]


@pytest.mark.parametrize("loss", dirac.LOSSES)
@pytest.mark.parametrize(("theta", "psi"), [(0.7, -0.4), (-1.2, 0.3), (0.5, 1.5)])
def test_both_directions_are_autograds(loss, theta, psi):
    theta_tensor, psi_tensor = (torch.tensor(value, requires_grad=True) for value in (theta, psi))
    real_point, fake_point = torch.zeros(1, 1, requires_grad=True), theta_tensor.view(1, 1)
    real, fake = psi_tensor * real_point, psi_tensor * fake_point
    (ours,) = torch.autograd.grad(generator_terms(loss, real, fake).mean(), theta_tensor, retain_graph=True)
    assert dirac.change_of_theta(loss, theta, psi) == pytest.approx(-ours.item(), rel=1e-5)
    objective = discriminator_terms(loss, real, fake).mean()
    if loss == "wasserstein":
        objective = objective + 0.3 * (psi_tensor.abs() - 1).square()
    else:
        at_fake = fake_point.detach().requires_grad_()
        both = squared_gradient([psi_tensor * real_point], real_point) + squared_gradient(
            [psi_tensor * at_fake], at_fake
        )
        objective = objective + 0.3 / 2 * both
    (theirs,) = torch.autograd.grad(objective, psi_tensor)
    assert dirac.change_of_psi(loss, theta, psi, 0.3) == pytest.approx(-theirs.item(), rel=1e-5)


def test_without_penalty_it_circles_and_with_it_comes_to_rest():
    simultaneous = radius(dirac.path("wasserstein", 0.1, 0, "simultaneous", 300))
    # Exactly: each simultaneous step of the bilinear game multiplies the radius by sqrt(1 + rate^2).
    assert simultaneous[100] == pytest.approx(math.sqrt(2) * 1.01**50, rel=1e-9)
    alternating = radius(dirac.path("wasserstein", 0.1, 0, "alternating", 2000))
    assert 1.2 < min(alternating) < max(alternating) < 1.6
    assert radius(dirac.path("zero-sum", 0.1, 0.5, "alternating", 2000))[-1] < 1e-3
    assert radius(dirac.path("zero-sum", 0.1, 0, "simultaneous", 2000))[-1] > 1.4


def test_an_answer_and_its_errors():
    answer = dirac.answer({"loss": "zero-sum", "rate": 0.1, "penalty": 0, "update": "simultaneous", "steps": 5})
    assert len(answer["path"]) == 6
    assert len(answer["field"]) == 225
    theta, psi, dtheta, dpsi = answer["field"][17]
    assert dtheta == pytest.approx(F.sigmoid(torch.tensor(theta * psi)).item() * psi)
    assert dpsi == pytest.approx(-F.sigmoid(torch.tensor(theta * psi)).item() * theta)
    far = dirac.answer({"loss": "wasserstein", "rate": 1, "penalty": 0, "update": "simultaneous", "steps": 2000})
    assert len(far["path"]) < 100
    for wrong in (
        {"loss": "l2"},
        {"rate": "1"},
        {"rate": math.nan},
        {"steps": 0},
        {"update": None},
        {"penalty": []},
    ):
        with pytest.raises(ConfigError):
            dirac.answer(wrong)
