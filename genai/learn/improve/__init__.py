"""Three ways to improve a model, each shown by two runs: another algorithm, more data, other settings."""
