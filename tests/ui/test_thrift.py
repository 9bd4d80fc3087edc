"""What is left out at every event."""

import importlib.util
import logging
import logging.config
import sys

import pytest
from uvicorn.config import LOGGING_CONFIG

from genai.ui.thrift import spare


@pytest.fixture
def as_before(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # put back as it was in the end
    del sys.modules["matplotlib"]
    logging.config.dictConfig(LOGGING_CONFIG)


def test_a_library_that_is_not_there_is_not_searched_for(as_before, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    spare()
    monkeypatch.setattr(sys, "meta_path", [])  # whoever searched now would find nothing, not even pytest's own
    with pytest.raises(ModuleNotFoundError, match=r"None in sys\.modules"):
        import matplotlib  # noqa: F401


def test_a_library_that_is_there_stays(as_before, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    spare()
    assert "matplotlib" not in sys.modules


def test_no_line_of_an_access_log_is_worded(as_before):
    log = logging.getLogger("uvicorn.access")
    assert log.hasHandlers()
    spare()
    assert not log.hasHandlers()
