"""One thread for small networks: waiting for a second one on a busy machine costs more than it brings."""

import hypothesis
import torch

torch.set_num_threads(1)
hypothesis.settings.register_profile("busy", deadline=None)  # a busy machine is slow, not wrong
hypothesis.settings.load_profile("busy")
