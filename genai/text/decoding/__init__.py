"""Writing text: one step of the network on a CPU or a GPU, sampling, and continuous batching."""
