"""The latent space: requests by seed and label, interpolation, walks, and each component's influence."""
