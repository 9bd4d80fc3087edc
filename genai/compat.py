"""Private functions of libraries and settings of the whole process, each with the reason why it is needed.

Everything here may break with a new release of its library, or concerns code elsewhere in the process.
tests/test_compat.py shows what goes wrong without it.
"""

import torch


def reset_accelerator_state() -> None:
    """Let the next `Accelerator` have another precision or device than the one before in this process.

    Accelerate keeps both in a singleton and refuses to change them; the documented way is to restart Python. But
    two training runs in one process, as in a test or a notebook, may differ in them. The function is private, but
    accelerate's own tests and error messages name it.
    """
    from accelerate.state import AcceleratorState  # here, since the page does without accelerate and starts sooner

    AcceleratorState._reset_state()


def use_deterministic_cudnn() -> None:
    """Let cuDNN choose only among algorithms that add up in a fixed order, in the whole process and for good.

    Others add up in the order in which threads of the GPU finish: the same z would give other last bits each time.
    Not `torch.backends.cudnn.flags`, which restores the setting at its end: of two threads that record a graph at
    the same time, the first to end would switch it off for the other.
    """
    torch.backends.cudnn.deterministic = True
