"""The page with a source of moving pictures, to measure its event stream. Flags as of app.py.

A topic "load/NAME/RATE-BYTES" is published RATE times a second, each time with the monotonic clock of this machine
and so many random bytes in base64, while somebody watches it.
"""

import base64
import os
import threading
import time
from functools import partial

import app
from genai import serve
from genai.serving.live.hub import Hub
from genai.ui.panel.context import Context
from tests.load.served import STOP_SECONDS


class Pictures:
    """A source with a thread for each topic that is watched."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._ended: dict[str, threading.Event] = {}

    def open(self, topic: str) -> None:
        """Begin to publish, unless somebody watches already."""
        if topic in self._ended:
            return
        rate, size = (int(number) for number in topic.rpartition("/")[2].split("-"))
        self._ended[topic] = threading.Event()
        threading.Thread(target=self._publish, args=(topic, rate, size), daemon=True).start()

    def close(self, topic: str) -> None:
        """Stop."""
        self._ended.pop(topic).set()

    def _publish(self, topic: str, rate: int, size: int) -> None:
        ended, due = self._ended[topic], time.monotonic()
        picture = base64.b64encode(os.urandom(size * 3 // 4)).decode()
        while not ended.wait(due - time.monotonic()):
            self._hub.publish(topic, {"sent": time.monotonic(), "picture": picture})
            due += 1 / rate


def wait_for_connections() -> None:
    """Let the server wait long for its connections, where Gradio's gives up after 5 s.

    What does not end by itself is then told from what is slow on a busy machine.
    """
    from gradio.http_server import Server  # after app, which sets the variables that Gradio reads

    close = Server.close

    def close_at_last(server: Server) -> None:
        server.should_exit = True
        server.thread.join(2 * STOP_SECONDS)
        close(server)

    Server.close = close_at_last  # type: ignore[method-assign]


if __name__ == "__main__":
    wait_for_connections()
    hub = Hub()
    hub.add_source("load", Pictures(hub))
    serve.Context = partial(Context, hub=hub)  # type: ignore[misc, assignment]
    app.main()
