"""How the named picture sets are prepared."""
