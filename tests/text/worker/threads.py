"""A text worker in a thread, for tests."""

from genai.text import load
from genai.text.worker.server import Server
from tests.serving import threads

STARTED = []
"""All of them: pages of tests are dropped without a word, and pipes must not be collected while a thread reads."""


class ThreadPipes(threads.ThreadPipes):
    """As `client.ProcessPipes`, in a thread of this process."""

    def __init__(self, device, folder):
        def serve(requests, reports):
            self.server = Server(requests, reports, lambda name: load(name, device, folder))
            self.server.run()

        super().__init__(serve)
        STARTED.append(self)
