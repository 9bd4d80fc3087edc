"""Trainings that visitors start in the page: each in a process of its own, with files that the page reads."""
