"""A request for a text: a prompt, a length, and the settings of sampling."""

from dataclasses import dataclass

from genai.errors import ConfigError, quoted
from genai.seeds import check_seed
from genai.validation import check_range

MAX_LENGTH = 5000
MAX_PROMPT = 10_000
MAX_TEMPERATURE = 5.0
MAX_LEAD_IN = 100


@dataclass(frozen=True)
class TextRequest:
    """A text to be written.

    Args:
        prompt: Text to go on from, any length up to 10,000 characters.
        length: Characters to write, 1 to 5000.
        temperature: 0 to 5; divides the logits: 0 always takes the likeliest character, 1 leaves them as they are.
        top_k: Choose among the k likeliest characters; 0 means all.
        top_p: Choose among the likeliest characters that together have this probability, above 0 to 1 (nucleus).
        typical_p: Choose among the characters whose surprise is nearest to the one that the network expects, as
            many as together have this probability at temperature 1, above 0 to 1 (locally typical sampling).
        seed: Of the random numbers that choose the characters.
        stop: Writing ends after this text was written; empty means never.
        lead_in: What is read before the prompt and not shown, at most 100 characters; None means what the model's
            header says, and empty a line break.
        finish: Whether writing goes on, at most 80 characters, to the end of a block or a line.
    """

    prompt: str = ""
    length: int = 400
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    stop: str = ""
    lead_in: str | None = None
    finish: bool = False
    typical_p: float = 1.0

    def __post_init__(self) -> None:
        check_range("Length", self.length, 1, MAX_LENGTH, whole=True)
        check_range("Temperature", self.temperature, 0, MAX_TEMPERATURE)
        check_range("Top-k", self.top_k, 0, 1_000_000, whole=True)
        check_range("Top-p", self.top_p, 1e-6, 1)
        check_range("Typical-p", self.typical_p, 1e-6, 1)
        check_seed(self.seed)
        check_range("The lead-in's length", len(self.lead_in or ""), 0, MAX_LEAD_IN, whole=True)
        if not isinstance(self.finish, bool):
            raise ConfigError(
                "{name} is {value}: 1 (yes) or 0 (no) is needed.", name="Finish", value=quoted(self.finish)
            )
        if len(self.prompt) > MAX_PROMPT:
            raise ConfigError(
                "The prompt has {count} characters: at most {high} are read. Shorten it.",
                count=len(self.prompt),
                high=MAX_PROMPT,
            )
