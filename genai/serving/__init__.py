"""Serving many visitors: shared models, request coalescing, limits, and the address in the local network."""
