"""Evaluation of generators: feature networks, distances between distributions, nearest training items."""
