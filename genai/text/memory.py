"""What a network remembers of the texts it is reading, while it is trained."""

from torch import Tensor, nn

from genai.text.model import State


class StreamState(nn.Module):
    """The state that the streams carry from one window to the next; a module, so that it is saved.

    The first process saves its own: a run of several that is resumed gives it to all, until the next epoch begins.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self.hidden: Tensor
        self.cell: Tensor
        self.register_buffer("hidden", state[0])
        self.register_buffer("cell", state[1])

    def keep(self, state: State) -> None:
        """Remember a state, cut off from the gradient."""
        self.hidden, self.cell = state[0].detach().float(), state[1].detach().float()

    def restart(self, streams: Tensor) -> None:
        """Empty the state of some streams: (B,), true for those."""
        kept = (~streams).to(self.hidden)[:, None]
        self.hidden, self.cell = self.hidden * kept, self.cell * kept
