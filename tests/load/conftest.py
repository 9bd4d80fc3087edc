"""One page with tiny checkpoints for the tests that leave its process as it is."""

import pytest

from tests.load.served import serve
from tests.ui.tiny import save_all


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The page in a process of its own."""
    checkpoints = save_all(tmp_path_factory.mktemp("load"))
    with serve("--checkpoints", str(checkpoints), "--device", "cpu") as page:
        yield page
