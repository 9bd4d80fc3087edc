"""Preparation of the named texts."""
