"""The game in the plane: generator and discriminator play with points, step by step, before the visitor's eyes."""
