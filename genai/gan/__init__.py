"""Everything about adversarial training that image and audio share."""
