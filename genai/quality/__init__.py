"""Measuring generators: feature networks, distances between distributions, nearest training items."""
