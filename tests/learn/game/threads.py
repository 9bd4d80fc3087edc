"""The process of the games in a thread, for tests: it starts in no time, and speaks through real pipes."""

import os
import threading

from genai.learn.game.arena import Arena
from genai.learn.game.worker.server import Server


class ThreadPipes:
    """As `client.ProcessPipes`, in a thread of this process."""

    def __init__(self):
        theirs, ours = os.pipe()
        self.requests = os.fdopen(ours, "wb")
        incoming = os.fdopen(theirs, "rb")
        ours, theirs = os.pipe()
        self.reports = os.fdopen(ours, "rb")
        outgoing = os.fdopen(theirs, "wb")
        server = Server(incoming, outgoing, Arena())

        def work():
            with incoming, outgoing:
                server.run()

        self.thread = threading.Thread(target=work, name="games", daemon=True)
        self.thread.start()

    def close(self):
        self.requests.close()
        self.thread.join()
