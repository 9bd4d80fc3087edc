"""Lessons of 45 and 90 minutes on the page: the teacher's view, the class's view, hand-outs and a quiz."""
