"""The class on its phones: rooms, and the activities in which phones answer and the teacher's screen counts."""
