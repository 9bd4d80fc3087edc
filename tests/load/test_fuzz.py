"""A few hundred bad requests to a page with tiny checkpoints: no server error, and it still answers."""

from genai.serve import BESIDE, TABS
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from tests import loop
from tests.load.fuzz import QUESTIONS, Fuzz, fire
from tests.ui.tiny import save_all


def test_bad_requests_are_refused(served):
    counts, wrong = loop.run(fire(served, Fuzz(requests=400, seed=5, at_once=4)))
    assert wrong == []
    assert sum(counts.values()) > 390
    assert sum(number for (_, status), number in counts.items() if 400 <= status < 500) > 250


def test_every_question_of_the_page_is_asked(tmp_path):
    page = Page(TABS, Context(folder=save_all(tmp_path), device="cpu"), BESIDE)
    components = page.blocks.blocks.values()
    names = {ask.__name__ for component in components for ask in getattr(component, "server_fns", None) or []}
    assert "kit" in names
    assert names <= set(QUESTIONS)
