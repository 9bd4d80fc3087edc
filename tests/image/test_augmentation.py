"""Changes of pictures: what each does, and that all together can be differentiated."""

import pytest
import torch

from genai.image.augmentation import augment, cut_out, recolour, translate
from genai.seeds import make_rng

ALL = ("colour", "translation", "cutout")


@pytest.fixture
def images():
    return torch.rand(6, 3, 16, 16, generator=make_rng(0)) * 2 - 1


def test_without_strength_nothing_changes(images):
    assert augment(images, ALL, 0.0, make_rng(1)) is images


def test_a_shift_moves_pixels_and_grey_moves_in():
    image = torch.arange(1.0, 10.0).view(1, 1, 3, 3)
    down_one_left_two = translate(image, torch.tensor([[1], [-2]]))
    assert down_one_left_two.tolist() == [[[[0, 0, 0], [3, 0, 0], [6, 0, 0]]]]
    assert torch.equal(translate(image, torch.tensor([[0], [0]])), image)


def test_each_shift_up_to_an_eighth_is_equally_frequent():
    image = torch.zeros(5000, 1, 16, 16)
    image[:, :, 8, 8] = 1
    shifted = augment(image, ("translation",), 1.0, make_rng(1))
    shares = shifted.mean(dim=(0, 1))
    assert shares[6:11, 6:11].sum() == pytest.approx(1)
    assert shares[6:11, 6:11].min() > 0.025
    assert shares[6:11, 6:11].max() < 0.055


def test_a_square_is_cut_out(images):
    cut = cut_out(images, torch.tensor([[0.5] * 6, [0.0] * 6]), 0.5)
    assert cut[:, :, 4:12, :4].abs().max() == 0
    untouched = torch.ones(16, 16, dtype=torch.bool)
    untouched[4:12, :4] = False
    assert torch.equal(cut[..., untouched], images[..., untouched])


def test_brightness_saturation_and_contrast(images):
    def changes(*values):
        return torch.tensor(values).view(3, 1, 1, 1, 1).expand(3, 6, 1, 1, 1)

    torch.testing.assert_close(recolour(images, changes(0.25, 0, 0), 1.0), images + 0.25)
    grey = recolour(images, changes(0, -0.5, 0), 1.0)
    torch.testing.assert_close(grey, images.mean(dim=1, keepdim=True).expand_as(images))
    flat = recolour(images, changes(0, 0, -0.5), 1.0)
    torch.testing.assert_close(flat.std(dim=(1, 2, 3)), images.std(dim=(1, 2, 3)) / 2)
    torch.testing.assert_close(flat.mean(dim=(1, 2, 3)), images.mean(dim=(1, 2, 3)))


def test_the_gradient_reaches_the_pictures(images):
    """All changes are affine, so a step along the gradient changes the result by exactly its product with it."""
    weights = torch.randn(images.shape, generator=make_rng(2))

    def score(pictures):
        return (augment(pictures, ALL, 0.5, make_rng(1)) * weights).sum()

    leaf = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(leaf), leaf)
    step = torch.randn(images.shape, generator=make_rng(3))
    assert (gradient * step).sum().item() == pytest.approx((score(images + step) - score(images)).item(), abs=1e-2)
    assert gradient.square().sum() > 100


def test_one_draw_differs_from_the_next(images):
    assert torch.equal(augment(images, ALL, 1.0, make_rng(1)), augment(images, ALL, 1.0, make_rng(1)))
    assert not torch.equal(augment(images, ALL, 1.0, make_rng(1)), augment(images, ALL, 1.0, make_rng(2)))
