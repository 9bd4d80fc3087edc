"""Models of some moments of a run."""

import itertools
import math

import pytest

from genai.errors import CheckpointError
from genai.training.journal import Journal
from genai.training.kept_models import keep_model, list_models, superfluous


def write(path):
    path.write_bytes(b"model")


def test_the_step_with_the_nearest_neighbours_goes_and_never_the_first_or_the_last():
    assert superfluous([1, 2, 3]) == 2
    assert superfluous([1, 10, 100, 110, 2000]) == 100  # ratios of the neighbours: 100, 11, 20
    assert superfluous([1, 2, 4, 8, 9]) == 8


def test_what_is_kept_of_a_long_run_is_spread_by_the_ratio_of_the_steps(tmp_path):
    journal = Journal(tmp_path, {})
    for step in [1, 2, 5, *range(10, 2000, 10)]:
        keep_model(journal, step, 8, write)
    steps = list(list_models(tmp_path))
    assert len(steps) == 8
    assert (steps[0], steps[-1]) == (1, 1990)
    ratios = [math.log(after / before) for before, after in itertools.pairwise(steps)]
    assert max(ratios) < 0.4 * math.log(1990)  # no gap takes up most of the run


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), CheckpointError("not finite")])
def test_a_model_that_cannot_be_written_is_left_out_and_said(tmp_path, capsys, error):
    def fail(path):
        raise error

    keep_model(Journal(tmp_path, {}), 10, 3, fail)
    assert list_models(tmp_path) == {}
    assert "goes on without it" in capsys.readouterr().err
