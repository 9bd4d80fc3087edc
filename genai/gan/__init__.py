"""Generative adversarial networks: what image and audio have in common."""
