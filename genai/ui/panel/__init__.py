"""The left column of a tab: model, settings, seed, buttons, and the links that name them."""
