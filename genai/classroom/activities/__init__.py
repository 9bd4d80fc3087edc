"""The activities of a room, a module for each."""

from genai.classroom.activities import count, fool, next_letter, poll, real_or_made, teams
from genai.classroom.activities.activity import Activity, Json, Make, Quick, Services

__all__ = ["ACTIVITIES", "ALONE", "Activity", "Json", "Make", "Quick", "Services"]

ACTIVITIES: dict[str, Make] = {
    "poll": poll.make,
    "real_or_made": real_or_made.make,
    "fool": fool.make,
    "next_letter": next_letter.make,
    "teams": teams.make,
    "count": count.make,
}
"""By the name that the page asks for."""
ALONE = ("real_or_made", "next_letter", "fool")
"""Those that one person can play alone, against the network."""
