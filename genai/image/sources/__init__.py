"""Preparation of the named sets of pictures."""
