"""A pair: an LSTM and a GPT of one text, which write together by the mean of their probabilities."""
