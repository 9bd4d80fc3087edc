"""What is published with the checkpoints: curated header fields, model cards, contact sheets."""
