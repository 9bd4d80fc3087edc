"""The latent space: requests by seed and label, interpolation, walks, and the influence of each component."""
