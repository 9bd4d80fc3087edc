"""The errors that a person is meant to read.

    GenaiError
    ├── ConfigError       a setting or a request that cannot be carried out
    ├── DataError         training data that is missing, broken or too small
    └── CheckpointError   a file of weights that cannot be used

Anything else that is raised is a bug of ours and is reported as one.
"""

SHOWN = 40


class GenaiError(Exception):
    """A mistake that its reader can mend, told in a sentence: what was wrong, what is allowed, what to do.

    The sentence is a template and its values, so that the page can say the same in another language: the
    template is the key of the translation, as with gettext.

    Args:
        template: English sentence with `str.format` fields; a literal at the place that raises it.
        values: What fills the fields; a dictionary by language where the words differ, as names of classes do.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template = template
        self.values = values
        english = {name: value["en"] if isinstance(value, dict) else value for name, value in values.items()}
        super().__init__(template.format(**english))


class ConfigError(GenaiError):
    """A setting or a request is outside of what is allowed."""


class DataError(GenaiError):
    """Training data is missing, broken or too small."""


class CheckpointError(GenaiError):
    """A checkpoint is missing, broken, foreign or newer than this program."""


def quoted(value: object) -> str:
    """Write a value that somebody gave as a sentence may have it: not longer than 40 characters."""
    if isinstance(value, int) and value.bit_length() > 4 * SHOWN:
        return "…"  # Python refuses to write integers of thousands of digits
    text = repr(value[: SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
