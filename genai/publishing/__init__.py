"""What is published with the checkpoints: curated openings, model cards, contact sheets."""
