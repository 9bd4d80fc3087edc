"""Rooms of a class: a code to join by, a token for the teacher, a seat for each phone."""
