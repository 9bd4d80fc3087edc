"""Serving many visitors: shared models, batching, limits, and how the page is reached."""
