"""The activities of a room, a module for each."""

from genai.classroom.activities import fool, poll, real_or_made
from genai.classroom.activities.activity import Activity, Json, Make, Quick, Services

__all__ = ["ACTIVITIES", "Activity", "Json", "Make", "Quick", "Services"]

ACTIVITIES: dict[str, Make] = {
    "poll": poll.make,
    "real_or_made": real_or_made.make,
    "fool": fool.make,
}
"""By the name that the page asks for."""
