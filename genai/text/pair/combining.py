"""From two models to the one that they are together."""

from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.text.gpt.model import CharGPT
from genai.text.model import CharLSTM
from genai.text.pair.listing import fits, join, pair_header
from genai.text.pair.network import CharPair
from genai.text.sampling import TextModel


def combine(lstm: TextModel, gpt: TextModel) -> TextModel:
    """Make a model that writes by the mean of two models' probabilities.

    Args:
        lstm: With its header, as loaded from a file.
        gpt: The same, on the same device.

    Raises:
        ConfigError: if they are not an LSTM and a GPT that read the same text in the same way.
    """
    name = join(lstm.name, gpt.name)
    header = _header(lstm, gpt, name)
    if header is None or not isinstance(lstm.network, CharLSTM) or not isinstance(gpt.network, CharGPT):
        raise ConfigError(
            "{lstm} and {gpt} cannot write together: name an LSTM and a GPT of one data set, with the same "
            "characters.",
            lstm=lstm.name,
            gpt=gpt.name,
        )
    network = CharPair(lstm.network, gpt.network)
    return TextModel(name, network, lstm.vocabulary, header, join(lstm.sha256, gpt.sha256))


def _header(lstm: TextModel, gpt: TextModel, name: str) -> Header | None:
    """Return the header of a pair; None if the two do not fit each other."""
    if lstm.header is None or gpt.header is None or not fits(lstm.header, gpt.header):
        return None
    return pair_header(lstm.header, gpt.header, name)
