"""The page without batching, to compare with: one request after another. Flags as of app.py."""

import app
from genai.ui.panel import batched, streamed

if __name__ == "__main__":
    batched.MAX_VISITORS = 1
    streamed.MAX_STREAMS = 1
    app.main()
