"""The GPT beside the char-LSTM: a transformer of the same size for the same texts."""
