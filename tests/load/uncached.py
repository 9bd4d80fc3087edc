"""The page as Gradio alone sends it, to compare with. Flags as of app.py."""

import app
from genai.serving.guard.cache import Cache
from genai.ui.page.compression import Compression

if __name__ == "__main__":
    Cache.__call__ = lambda self, *request: self._app(*request)  # type: ignore[method-assign]
    Compression.__call__ = lambda self, *request: self.app(*request)  # type: ignore[method-assign]
    app.main()
