"""Drawings: read, fitted, simplified, bent, and drawn with one width of pen."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genai.errors import DataError
from genai.learn.data import raster, strokes
from genai.seeds import make_rng

STROKES = st.lists(
    st.lists(st.tuples(st.integers(-300, 900), st.integers(-300, 900)), min_size=2, max_size=30),
    min_size=1,
    max_size=5,
).filter(lambda drawing: len({point for stroke in drawing for point in stroke}) > 1)


def flat(drawing):
    return [[number for point in stroke for number in point] for stroke in drawing]


@given(STROKES)
@example([[(0, 0), (0, 842), (0, 2), (399, -230), (329, 1), (192, 369)]])  # rounding moves a point onto a line
@example([[(0, 0), (255, 1), (254, 0)]])  # the outermost point is left out
def test_a_drawing_fills_its_square_and_reading_it_again_changes_nothing(drawn):
    drawing = strokes.read_drawing(flat(drawn))
    points = np.concatenate(drawing.strokes)
    assert points.min() == 0
    assert points.max() == 255
    again = strokes.read_drawing(drawing.to_json())
    assert again.to_json() == drawing.to_json()
    assert again.digest == drawing.digest


@given(STROKES)
def test_a_simplified_stroke_stays_within_two_units_of_what_was_drawn(drawn):
    for stroke in strokes.fit([np.array(stroke, np.float32) for stroke in drawn]):
        kept = strokes.simplify(stroke, strokes.EPSILON)
        assert (kept[0] == stroke[0]).all()
        assert (kept[-1] == stroke[-1]).all()
        distances = [strokes.distance_to_segment(stroke, *pair) for pair in itertools.pairwise(kept)]
        assert np.min(distances, axis=0).max() <= strokes.EPSILON + 1e-3


def test_a_long_scribble_needs_about_300_bytes():
    turns = np.linspace(0, 6 * np.pi, 1500)
    spiral = np.stack([turns * np.cos(turns), turns * np.sin(turns)], 1).ravel().tolist()
    assert len(json.dumps(strokes.read_drawing([spiral]).to_json(), separators=(",", ":"))) < 450


def test_a_straight_line_keeps_its_ends_only():
    line = np.stack([np.arange(50.0), np.arange(50.0)], 1).astype(np.float32)
    assert len(strokes.simplify(line, 1.0)) == 2


@pytest.mark.parametrize("sent", [[], [[]], [[3, 3]], [[3, 3, 3, 3], [3, 3]]])
def test_a_blank_drawing_is_named(sent):
    with pytest.raises(DataError, match="blank"):
        strokes.read_drawing(sent)


@pytest.mark.parametrize(
    "sent",
    [None, "a", 3, {}, [3], [["a", "b"]], [[1, 2, 3]], [[float("nan"), 1]], [[1e9, 1]], [[True, False]],
     [[10**400, 0]], [[0, 0] * 6000], [[0, 1]] * 201, [[None, None]]],
)  # fmt: skip
def test_what_is_no_drawing_is_refused(sent):
    with pytest.raises(DataError, match="not a drawing"):
        strokes.read_drawing(sent)


def test_a_line_is_as_wide_as_the_pen_and_centred():
    """A level line covers its length by the pen's width, and half a disc at each end."""
    size, length = 64, raster.FILLED * 64
    covered = raster.coverage([np.array([[0, 0], [255, 0]], np.float32)], size)
    width = raster.PEN * size
    assert covered.sum() == pytest.approx(length * width + np.pi * (width / 2) ** 2, rel=0.02)
    assert covered == pytest.approx(covered[::-1], abs=1e-5)
    assert covered == pytest.approx(covered[:, ::-1], abs=1e-5)
    assert covered[:, size // 2].sum() == pytest.approx(width, rel=0.02)


@given(STROKES, st.integers(-100, 100))
def test_where_it_was_drawn_does_not_matter(drawn, shift):
    lines = [np.array(stroke, np.float32) for stroke in drawn]
    fitted = strokes.fit(lines)
    moved = strokes.fit([line + shift for line in lines])
    assert raster.coverage(fitted, 32) == pytest.approx(raster.coverage(moved, 32), abs=0.01)


def test_paper_and_ink_have_the_colours_of_the_form():
    form = raster.Form(32, paper=(255, 255, 255), ink=(32, 42, 120))
    picture = raster.draw([np.array([[0, 0], [255, 255]], np.float32)], form)
    assert picture.shape == (32, 32, 3)
    assert picture[0, -1].tolist() == [255, 255, 255]
    assert picture[16, 16].tolist() == [32, 42, 120]
    assert raster.Form().is_grey
    assert not form.is_grey


def test_variations_differ_repeat_by_seed_and_stay_in_the_picture():
    square = strokes.read_drawing([[0, 0, 100, 0, 100, 100, 0, 100, 0, 0]])
    pictures = [raster.coverage(strokes.vary(square, make_rng(0, n)), 32) for n in range(20)]
    again = raster.coverage(strokes.vary(square, make_rng(0, 3)), 32)
    assert (again == pictures[3]).all()
    assert len({picture.tobytes() for picture in pictures}) == 20
    plain = raster.coverage(square.strokes, 32)
    for picture in pictures:
        assert picture[[0, -1]].sum() + picture[:, [0, -1]].sum() < 3  # of 124 pixels
        assert 0.6 * plain.sum() < picture.sum() < 1.4 * plain.sum()
        assert np.corrcoef(picture.ravel(), plain.ravel())[0, 1] < 0.999
