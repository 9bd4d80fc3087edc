"""One thread for small networks: waiting for a second one on a busy machine costs more than it brings."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import hypothesis
import pytest
import torch

from genai.environment import user_proxies
from tests.text.worker.threads import ThreadPipes

torch.set_num_threads(1)
hypothesis.settings.register_profile("busy", deadline=None)  # a busy machine is slow, not wrong
hypothesis.settings.load_profile("busy")


@pytest.fixture(scope="session", autouse=True)
def text_workers_are_threads():
    """A page of a test writes texts in this process: a process of its own takes seconds to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("genai.text.worker.client.ProcessPipes", ThreadPipes)
        yield


@pytest.fixture(autouse=True)
def proxies_for_public_sources(request):
    """A test that fetches from a public source does so as the user would."""
    if request.node.get_closest_marker("network") is None:
        yield
    else:
        with user_proxies():
            yield


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """Return a function that serves a folder over HTTP until the end of the test and returns its address."""
    servers = []

    def start(folder):
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()
