"""The settings of a game and their form in addresses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai.errors import ConfigError
from genai.learn.game.config import RATES, GameConfig, begins_anew, decode_points

POINTS = tuple((x / 10, -x / 20) for x in range(-15, 15))

configs = st.builds(
    GameConfig,
    data=st.sampled_from(["ring", "moons", "spiral", "blobs", "person"]),
    loss=st.sampled_from(["zero-sum", "non-saturating", "hinge", "wasserstein", "relativistic"]),
    latent_size=st.sampled_from([1, 2]),
    width=st.sampled_from([8, 16, 32, 64]),
    batch_size=st.sampled_from([32, 64, 128, 256]),
    generator_rate=st.sampled_from(RATES),
    discriminator_rate=st.sampled_from(RATES),
    discriminator_steps=st.integers(1, 20),
    penalty=st.sampled_from([0.0, 0.01, 0.5, 10.0]),
    optimiser=st.sampled_from(["adam", "sgd"]),
    seed=st.integers(0, 2**32 - 1),
    order=st.sampled_from(["alternating", "simultaneous"]),
)


@given(configs)
def test_the_address_form_gives_the_same_settings(config):
    assert GameConfig.parse(str(config)) == config


def test_drawn_points_are_in_the_address_to_the_nearest_of_256_places():
    config = GameConfig(data="drawn", points=POINTS)
    again = GameConfig.parse(str(config))
    for point, other in zip(POINTS, again.points, strict=True):
        assert point == pytest.approx(other, abs=1.5 / 255 + 1e-9)
    assert GameConfig.parse(str(again)) == again
    both = replace(again, order="simultaneous")
    assert GameConfig.parse(str(both)) == both


def test_an_address_from_before_there_was_an_order_is_an_alternating_game():
    assert str(GameConfig()).endswith(",adam,0")
    assert GameConfig.parse("ring,hinge,2,16,64,0.01,0.01,1,0,sgd,7").order == "alternating"


def test_settings_that_are_left_out_have_their_defaults():
    assert GameConfig.parse("") == GameConfig()
    assert GameConfig.parse("moons,hinge") == GameConfig(data="moons", loss="hinge")
    assert str(GameConfig(generator_rate=0.0001)).split(",")[5] == "0.0001"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("square", "Data 'square'"),
        ("ring,l2", "Loss 'l2'"),
        ("ring,hinge,3", "Size of z 3"),
        ("ring,hinge,2,17", "Width 17"),
        ("ring,hinge,2,wide", "Width 'wide'"),
        ("ring,hinge,2,16,100", "Batch size 100"),
        ("ring,hinge,2,16,64,0.03", "Learning rate of G 0.03"),
        ("ring,hinge,2,16,64,nan", "Learning rate of G nan"),
        ("ring,hinge,2,16,64,0.01,0.01,21", "D steps in a round 21"),
        ("ring,hinge,2,16,64,0.01,0.01,1,-1", "Penalty -1.0"),
        ("ring,hinge,2,16,64,0.01,0.01,1,0,rms", "Optimiser 'rms'"),
        ("ring,hinge,2,16,64,0.01,0.01,1,0,sgd,-1", "Seed -1"),
        ("ring,hinge,2,16,64,0.01,0.01,1,0,sgd,1,AAAAAAAA", "Drawn points"),
        ("drawn,hinge", "0 points are drawn"),
        ("drawn,hinge,2,16,64,0.01,0.01,1,0,sgd,1,A", "drawn points 'A'"),
        ("drawn,hinge,2,16,64,0.01,0.01,1,0,sgd,1,äöü", "drawn points"),
        ("ring" + 13 * ",", "14 settings"),
        ("x" * 2001, "at most 2000"),
        (None, "at most 2000"),
        (7, "at most 2000"),
    ],
)
def test_what_cannot_be_used_is_named(text, named):
    with pytest.raises(ConfigError, match=named):
        GameConfig.parse(text)


@given(st.text())
def test_any_text_is_a_game_or_a_sentence(text):
    try:
        GameConfig.parse(text)
    except ConfigError:
        return


def test_points_that_cannot_be_decoded():
    for text in ("====", "AA", "AAA!", " "):
        with pytest.raises(ConfigError):
            decode_points(text)


def test_which_changes_begin_a_game_anew():
    config = GameConfig()
    assert not begins_anew(config, GameConfig(generator_rate=0.1, penalty=1.0, discriminator_steps=3, loss="hinge"))
    for change in ({"data": "moons"}, {"width": 8}, {"seed": 4}, {"batch_size": 128}, {"optimiser": "sgd"}):
        assert begins_anew(config, GameConfig(**change))
