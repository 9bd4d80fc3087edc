"""The games in a process of their own.

A step is made of many small operations, each of which would wait for the interpreter lock of a busy page, and
60 games take half of a core. The page sends questions through a pipe; answers and pictures come through another.
"""

from genai.learn.game.worker.client import GameProcess

__all__ = ["GameProcess"]
