"""A class opens the page: what comes to a browser, beside what Gradio alone would send."""

import pytest

from tests import loop
from tests.load.opening import Lesson, figures, files, teach
from tests.load.served import serve
from tests.ui.tiny import save_all

pytestmark = pytest.mark.browser


def test_the_page_comes_whole_and_smaller(chromium, tmp_path):
    flags = "--checkpoints", str(save_all(tmp_path)), "--device", "cpu"
    with serve(*flags) as page, serve(*flags, program=("-m", "tests.load.uncached")) as alone:
        paths, served = files(chromium, page.address), {"page": page, "alone": alone}
        try:
            opened = loop.run(teach(Lesson(visitors=2, rounds=1), served, paths))
        finally:
            for each in served.values():
                each.process.resume()
    assert any(path.startswith("/assets/index-") for path in paths)
    found = {name: figures(visits) for name, visits in opened.items()}
    assert found["page"]["n"] == found["alone"]["n"] == 2
    assert found["page"]["kilobytes"] < 0.7 * found["alone"]["kilobytes"]
