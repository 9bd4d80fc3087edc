"""How the named texts are prepared."""
