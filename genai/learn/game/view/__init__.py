"""The page of the game in the plane."""
