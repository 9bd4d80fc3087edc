"""A graph without a GPU: what is recorded is computed only when replayed, into the same places each time."""


def record(work, device):
    outputs = work()
    for output in outputs:
        output.fill_(-1)  # a real recording has computed nothing yet

    def replay():
        for place, result in zip(outputs, work(), strict=True):
            place.copy_(result)

    return replay, outputs
