"""Compression of the page itself, half a million characters, which Gradio sends uncompressed."""

from gradio.brotli_middleware import BrotliMiddleware
from starlette.types import Scope


class Compression(BrotliMiddleware):
    """A pure ASGI middleware with the arguments of Gradio's, which compresses the page too.

    Gradio decides by the ending of the path, which the page's path, "/", does not have; it offers no option for
    that. Without the overridden method the page would be sent uncompressed again, which a test notices.
    """

    def _is_compressible_file_type(self, scope: Scope) -> bool:
        return scope.get("path") == "/" or super()._is_compressible_file_type(scope)
