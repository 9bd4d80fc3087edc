"""The Image tab's views: result, latent walk as a film."""
