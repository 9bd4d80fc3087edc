"""Text in processes of its own.

The page serves dozens of visitors in one Python process, whose threads share one global interpreter lock (GIL). The
character loop is made of many small operations, each of which would wait for that lock behind all other threads. So
worker processes own the text models and the loop; requests and texts go through pipes.
"""

from genai.text.worker.client import TextWorkers, WorkerText
from genai.text.worker.server import Server

__all__ = ["Server", "TextWorkers", "WorkerText"]
