"""The Home tab: what the models here make, what generative models are, and ways into the other tabs."""
