"""The process of the games in a thread, for tests."""

from genai.learn.game.arena import Arena
from genai.learn.game.worker.server import Server
from tests.serving import threads


class ThreadPipes(threads.ThreadPipes):
    """As `client.ProcessPipes`, in a thread of this process."""

    def __init__(self):
        super().__init__(lambda requests, reports: Server(requests, reports, Arena()).run())
