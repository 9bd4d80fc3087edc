"""Text, image and audio generation with small networks that you can train, play with and look into."""

__version__ = "0.1.0"
