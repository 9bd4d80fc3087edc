"""The browser draws the dice's bars by the server's sampler, whatever the settings are."""

from pathlib import Path

import pytest
import torch

from genai.text import page as text_page
from genai.text.decoding.odds import SamplingDistribution
from genai.text.request import TextRequest

pytestmark = pytest.mark.browser
SCRIPT = (Path(text_page.__file__).parent / "sampler.js").read_text("utf-8")
SETTINGS = [
    {},
    {"temperature": 0},
    {"temperature": 1e-10},
    {"temperature": 0.05},
    {"temperature": 1.5},
    {"temperature": 5},
    {"top_k": 1},
    {"top_k": 7},
    {"top_k": 10**6},
    {"top_p": 0.3, "temperature": 1.3},
    {"top_p": 0.999999},
    {"top_p": 1e-6},
    {"top_k": 5, "top_p": 0.6, "temperature": 0.7},
    {"typical_p": 0.5},
    {"typical_p": 0.2, "temperature": 0},
    {"typical_p": 0.999999, "temperature": 0.4},
    {"typical_p": 1e-6},
    {"typical_p": 0.7, "top_k": 3, "top_p": 0.6, "temperature": 1.2},
]


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("spread", [0.5, 3.0, 40.0])
@pytest.mark.parametrize("count", [2, 65, 3000])
def test_the_numbers_are_the_server_s(page, spread, count):
    logits = torch.randn(count, generator=torch.Generator().manual_seed(count)) * spread
    ordered = logits.sort(descending=True).values
    requests = [TextRequest(**settings) for settings in SETTINGS]
    names = ("temperature", "top_k", "top_p", "typical_p")
    asked = [{name: getattr(request, name) for name in names} for request in requests]
    found = page.evaluate(
        f"""([logits, asked]) => {{ {SCRIPT}
            return asked.map((settings) => [...samplingProbabilities(Float32Array.from(logits), settings)]); }}""",
        [ordered.tolist(), asked],
    )
    for request, probabilities in zip(requests, found, strict=True):
        expected = SamplingDistribution.of([request]).probabilities(logits[None])[0][0]
        assert probabilities == pytest.approx(expected.tolist(), rel=1e-9, abs=1e-15)
        assert [p > 0 for p in probabilities] == (expected > 0).tolist()
