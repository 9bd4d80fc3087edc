"""A worker in a thread, for tests: it starts in no time, and speaks through real pipes."""

import os
import threading


class ThreadPipes:
    """As `genai.serving.worker.WorkerProcess`, in a thread of this process.

    Args:
        serve: Serves a pipe of requests, and writes to one of reports, until the first is closed.
    """

    def __init__(self, serve):
        theirs, ours = os.pipe()
        self.requests = os.fdopen(ours, "wb")
        incoming = os.fdopen(theirs, "rb")
        ours, theirs = os.pipe()
        self.reports = os.fdopen(ours, "rb")
        outgoing = os.fdopen(theirs, "wb")

        def work():
            with incoming, outgoing:
                serve(incoming, outgoing)

        self.thread = threading.Thread(target=work, name="worker", daemon=True)
        self.thread.start()

    def close(self):
        self.requests.close()
        self.thread.join()
