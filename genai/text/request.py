"""What to write: a prompt, a length, and how the dice are thrown."""

from dataclasses import dataclass

from genai.errors import ConfigError
from genai.seeds import check_seed
from genai.validation import check_range

MAX_LENGTH, MAX_PROMPT, MAX_TEMPERATURE = 5000, 10_000, 5.0


@dataclass(frozen=True)
class TextRequest:
    """What to write.

    Args:
        prompt: Text to go on from, any length up to 10,000 characters.
        length: Characters to write, 1 to 5000.
        temperature: 0 to 5; divides the logits: 0 always takes the likeliest character, 1 keeps the model's odds.
        top_k: Choose among the k likeliest characters; 0 means all.
        top_p: Choose among the likeliest characters that together have this probability, above 0 to 1 (nucleus).
        seed: Start of the dice.
        stop: Writing ends after this text was written; empty means never.
    """

    prompt: str = ""
    length: int = 400
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    stop: str = ""

    def __post_init__(self) -> None:
        check_range("Length", self.length, 1, MAX_LENGTH, whole=True)
        check_range("Temperature", self.temperature, 0, MAX_TEMPERATURE)
        check_range("Top-k", self.top_k, 0, 1_000_000, whole=True)
        check_range("Top-p", self.top_p, 1e-6, 1)
        check_seed(self.seed)
        if len(self.prompt) > MAX_PROMPT:
            raise ConfigError(
                "The prompt has {count} characters: at most {high} are read. Shorten it.",
                count=len(self.prompt),
                high=MAX_PROMPT,
            )
