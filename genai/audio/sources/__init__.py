"""Preparation of the named sets of sounds."""
