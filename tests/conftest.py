"""One thread for small networks: waiting for a second one on a busy machine costs more than it brings."""

import torch

torch.set_num_threads(1)
