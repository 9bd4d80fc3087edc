"""How fast the lab is on this machine."""
