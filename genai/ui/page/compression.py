"""Gradio's compression, of the page too: half a million characters, which it sends as they are."""

from gradio.brotli_middleware import BrotliMiddleware
from starlette.types import Scope


class Compression(BrotliMiddleware):
    """A pure ASGI middleware; arguments as of Gradio's."""

    def _is_compressible_file_type(self, scope: Scope) -> bool:
        """Gradio goes by the ending of the path, and the page has none."""
        return scope.get("path") == "/" or super()._is_compressible_file_type(scope)
