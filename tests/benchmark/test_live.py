"""The benchmark of a training in the page: its drawings, its judge, and what it reads from a run."""

import numpy as np
import torch

from genai.benchmark import live, shapes
from genai.seeds import make_rng


def test_drawings_of_one_shape_differ_and_variations_of_one_drawing_are_alike():
    one, same, varied, other = (
        shapes.draw(1, make_rng(1, drawing), make_rng(2, shake)).astype(float)
        for drawing, shake in ((0, 0), (0, 0), (0, 1), (1, 0))
    )
    assert np.array_equal(one, same)
    assert np.abs(one - varied).mean() > 0
    assert np.abs(one - other).mean() > 0
    for picture in (one, other):
        assert 0.03 < (picture > 127).mean() < 0.4  # lines on a dark ground
        assert picture[0].max() == picture[:, 0].max() == 0  # inside the picture


def test_files_of_drawings_are_in_folders_of_their_shapes(tmp_path):
    shapes.write(tmp_path, drawings=8, variations=3)
    counts = {folder.name: len(list(folder.glob("*.png"))) for folder in tmp_path.iterdir()}
    assert counts == dict.fromkeys(shapes.NAMES, 6)


def test_the_judge_names_drawings_that_it_has_not_seen(monkeypatch):
    monkeypatch.setattr(live, "SHAPES_LEARNT", 200)
    judge = live.make_judge(steps=40)
    pictures, kinds = shapes.labelled(80, seed=9)
    assert live.share(judge, pictures, kinds) > 0.9
    assert live.share(judge, pictures, (kinds + 1) % 4) < 0.1
    noise = torch.rand(80, 1, 32, 32, generator=make_rng(1)) * 2 - 1
    assert live.share(judge, noise, kinds) < 0.5


def test_a_text_is_below_the_trigram_only_by_its_own_losses():
    state = {"curves": {"held_out": [None, 2.0]}, "baselines": {"3-gram": 1.9}}
    assert not live.is_below(state)
    state["curves"]["held_out"].append(1.8)
    assert live.is_below(state)
    assert not live.is_below({"curves": {}, "baselines": {"3-gram": 1.9}})


def test_the_own_text_has_its_length(tmp_path):
    assert len(live.own_text(tmp_path).read_text("utf-8")) == live.CHARACTERS
