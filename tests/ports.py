"""Ports for the servers of tests."""

import random
import socket
from contextlib import suppress

PORTS = range(20_000, 32_000)
"""Below those that a system gives to connections, one of which may take a port before a page serves at it."""


def free_port() -> int:
    """Return a port of this machine that nothing uses."""
    while True:
        port = random.SystemRandom().choice(PORTS)  # the seed of a test would give two workers the same one
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
