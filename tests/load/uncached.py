"""The page as Gradio alone sends it, to compare with. Flags as of app.py."""

import app
from genai.ui.guard.cache import Cache
from genai.ui.guard.document import Document

if __name__ == "__main__":
    for layer in (Cache, Document):
        layer.__call__ = lambda self, *request: self._app(*request)  # type: ignore[method-assign]
    app.main()
