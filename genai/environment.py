"""The environment variables of the page's process, set before the libraries that read them are imported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

SERVER_VARIABLES = ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_SHARE")
NO_PROXY = "no_proxy"  # in lower case it takes precedence over NO_PROXY

_user_values: dict[str, str] = {}


def prepare() -> None:
    """Set what numpy, Gradio and its HTTP library read when they are imported."""
    # Else Gradio calls its analytics server, and recomputes statistics after each request.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
    # Else each matrix product of numpy takes all cores, in every thread. genai/process.py does the same for torch.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))
    _move_out(*SERVER_VARIABLES)
    bypass_proxies()


def server_variable(name: str, default: str = "") -> str:
    """Return one of `SERVER_VARIABLES` as the user set it; the default if it is empty or not set."""
    return os.environ.get(name) or _user_values.get(name) or default


def _move_out(*names: str) -> None:
    """Move variables out of the environment: they set flags of ours, and Gradio would read them too.

    A port that is no number would end its import. GRADIO_SHARE would open a link without the limits of --public.
    """
    for name in names:
        if name in os.environ:
            _user_values[name] = os.environ.pop(name)


def bypass_proxies() -> None:
    """Let each request of this process go straight to its host, whatever proxies are set.

    At its start Gradio requests its own loopback address, which a proxy cannot reach. With a proxy whose address
    httpx cannot use, such as socks5://, Gradio cannot even be imported; "*" is the only value that prevents this.
    """
    _user_values.setdefault(NO_PROXY, os.environ.get(NO_PROXY, ""))  # at the second call the value is ours
    os.environ[NO_PROXY] = "*"


@contextmanager
def user_proxies() -> Iterator[None]:
    """Let requests, and programs that are started in the block, use the proxies that the user has set."""
    ours = os.environ.pop(NO_PROXY, None)
    if _user_values.get(NO_PROXY):
        os.environ[NO_PROXY] = _user_values[NO_PROXY]
    try:
        yield
    finally:
        os.environ.pop(NO_PROXY, None)
        if ours is not None:
            os.environ[NO_PROXY] = ours
