"""A text worker in a thread, for tests: it starts in no time, and speaks through real pipes."""

import os
import threading

from genai.text import load
from genai.text.worker.server import Server

STARTED = []
"""All of them: pages of tests are dropped without a word, and pipes must not be collected while a thread reads."""


class ThreadPipes:
    """As `client.ProcessPipes`, in a thread of this process."""

    def __init__(self, device, folder):
        theirs, ours = os.pipe()
        self.requests = os.fdopen(ours, "wb")
        incoming = os.fdopen(theirs, "rb")
        ours, theirs = os.pipe()
        self.reports = os.fdopen(ours, "rb")
        outgoing = os.fdopen(theirs, "wb")

        self.server = Server(incoming, outgoing, lambda name: load(name, device, folder))

        def work():
            with incoming, outgoing:
                self.server.run()

        self.thread = threading.Thread(target=work, name="text-worker", daemon=True)
        self.thread.start()
        STARTED.append(self)

    def close(self):
        self.requests.close()
        self.thread.join()
