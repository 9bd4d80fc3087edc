"""A graph without a GPU: recorded work is computed only when it is replayed, into the same tensors each time."""

from genai.inference.cuda_graph import Recording


def record(work, device):
    outputs = work()
    for output in outputs:
        output.fill_(-1)  # a real recording has computed nothing yet

    def replay():
        for output, result in zip(outputs, work(), strict=True):
            output.copy_(result)

    return Recording(replay, outputs)
