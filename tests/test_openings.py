"""Choosing what a model shows first."""

import pytest
import torch

from genai import checkpoint
from genai.errors import ConfigError
from genai.header import Header
from genai.openings import main


@pytest.fixture
def saved(tmp_path):
    header = Header(modality="image", architecture="x", config={}, title={"en": "x", "zh-CN": "x"}, data_set="x",
                    licence="x", attribution="x", source="x", training={"steps": 3})  # fmt: skip
    checkpoint.save(tmp_path / "x.safetensors", header, {"w": torch.tensor([0.1, 1 / 3, 65504.0])})
    return tmp_path / "x.safetensors"


def test_openings_are_written_and_nothing_else_changes(saved):
    before, weights = checkpoint.load(saved, "image")
    main(saved, '[{"label": "Bag", "seed": 7}]')
    after, same = checkpoint.load(saved, "image")
    assert after.openings == [{"label": "Bag", "seed": 7}]
    assert after.training == before.training
    assert torch.equal(weights["w"], same["w"])


@pytest.mark.parametrize("text", ["{", "7", "[7]"])
def test_what_is_no_list_of_requests_is_refused(saved, text):
    with pytest.raises(ConfigError, match="The openings"):
        main(saved, text)
