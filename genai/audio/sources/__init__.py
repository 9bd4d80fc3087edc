"""How the named sound sets are prepared."""
