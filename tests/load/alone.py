"""The page without batching, to compare with: one request after another. Flags as of app.py."""

import app
from genai.ui.panel import batched, streamed

if __name__ == "__main__":
    batched.VISITORS = streamed.AT_ONCE = 1
    app.main()
