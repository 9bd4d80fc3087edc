"""A few hundred bad requests to a page with tiny checkpoints: no server error, and it still answers."""

from tests import loop
from tests.load.fuzz import Fuzz, fire


def test_bad_requests_are_refused(served):
    counts, wrong = loop.run(fire(served, Fuzz(requests=400, seed=5, at_once=4)))
    assert wrong == []
    assert sum(counts.values()) > 390
    assert sum(number for (_, status), number in counts.items() if 400 <= status < 500) > 250
