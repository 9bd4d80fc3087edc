"""Figures of a text model: baselines by n-grams and compression, and properties of its samples."""
