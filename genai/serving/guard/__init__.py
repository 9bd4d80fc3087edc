"""ASGI middleware between the server and Gradio: limits, headers, a cache, and bilingual refusals."""
