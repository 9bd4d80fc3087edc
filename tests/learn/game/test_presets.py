"""Each preset fails as its name says, and its cure helps, with three seeds; measured as the page measures it."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from genai.learn.game.config import GameConfig
from genai.learn.game.pair import make_pair
from genai.learn.game.picture import look, measure
from genai.learn.game.presets import PRESETS
from genai.learn.game.rounds import advance

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Run:
    """Numbers of one seed at several steps, and how far the middle of the generated points went between them."""

    numbers: list
    travel: float

    def mean(self, name):
        return sum(numbers[name] for numbers in self.numbers) / len(self.numbers)


def play(config, rounds, looks=2, every=40):
    """Play three seeds, and look at them several times at the end."""
    pairs = [make_pair(replace(config, seed=seed)) for seed in SEEDS]
    advance(pairs, rounds - (looks - 1) * every)
    seen = [[] for _ in SEEDS]
    for turn in range(looks):
        if turn:
            advance(pairs, every)
        for place, pair in enumerate(pairs):
            shown = look(pair)
            seen[place].append((shown.numbers | measure(pair).numbers, shown.fake.mean(dim=0)))
    runs = []
    for moments in seen:
        middles = [middle for _, middle in moments]
        steps = [float((new - old).norm()) for old, new in pairwise(middles)]
        runs.append(Run([numbers for numbers, _ in moments], sum(steps) / len(steps)))
    return runs


def both(name, **options):
    preset = next(preset for preset in PRESETS if preset.name == name)
    return zip(play(preset.config, **options), play(preset.cured, **options), strict=True)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_both_games_of_a_preset_have_addresses(preset):
    assert GameConfig.parse(preset.game) == preset.config
    assert GameConfig.parse(preset.cure) == preset.cured
    assert preset.game != preset.cure


def test_circles():
    for failing, cured in both("circles", rounds=180, looks=6, every=10):
        assert failing.travel > 3 * cured.travel
        assert failing.mean("gradient") > 3 * cured.mean("gradient")
        assert failing.mean("wasserstein") > cured.mean("wasserstein")


def test_collapse():
    for failing, cured in both("collapse", rounds=260):
        assert failing.mean("wasserstein") > 2 * cured.mean("wasserstein")
        assert failing.mean("modes") < cured.mean("modes")


def test_frozen():
    for failing, cured in both("frozen", rounds=90, every=10):
        assert failing.mean("gradient") < 0.01
        assert failing.mean("wasserstein") > 0.8
        assert failing.mean("progress_to_best") > 0.9  # the discriminator is nearly as good as it can be
        assert cured.mean("gradient") > 1
        assert cured.mean("wasserstein") < 0.35


def test_explodes():
    for failing, cured in both("explodes", rounds=600):
        assert failing.numbers[-1]["gradient"] is None
        assert failing.numbers[-1]["wasserstein"] is None
        assert 0.2 < cured.mean("gradient") < 2
        assert cured.mean("wasserstein") < 1.2
