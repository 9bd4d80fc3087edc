"""A generator's forward pass on a CPU or a GPU: layer fusion, CUDA graphs, batch padding, memory fallback."""
