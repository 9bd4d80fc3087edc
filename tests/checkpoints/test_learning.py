"""A shipped text model that learns an own text: one sees soon that it changes."""

import pydoc_data.topics
from dataclasses import replace

import pytest

from genai.learn.runs.spec import RunSpec
from genai.text.training import train
from tests.load.learner import NEAREST

PROSE = "".join(text for _, text in sorted(pydoc_data.topics.topics.items()))[20_000:32_000]


@pytest.fixture
def run(tmp_path):
    """Train on from the model that the page offers first, for two steps; return the folder of the run."""
    (tmp_path / "own.txt").write_text(PROSE, encoding="utf-8")
    spec = RunSpec("text", str(tmp_path / "own.txt"), len(PROSE), NEAREST["text"], 1.0, {"steps": 2})
    config = replace(spec.config(tmp_path, "cpu", None), keep_models=0, evaluate_characters=200)
    return train(config).parent


def test_the_text_changes_with_the_second_step(run):
    first, second = ((run / "samples" / f"step-00000{step}.txt").read_text("utf-8") for step in (1, 2))
    assert first != second
