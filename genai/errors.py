"""The errors that users see.

    GenaiError
    ├── ConfigError       a setting or a request that cannot be carried out
    │   └── UnknownCharactersError    a text that a model cannot read
    ├── DataError         training data that is missing, broken or too small; a file that cannot be written
    └── CheckpointError   a file of weights that cannot be used

Any other exception is a bug of ours and is reported as one.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from genai.console import escape_unknown_characters
from genai.signals import BY_OTHERS, INTERRUPTED, interrupt, on_signals

MAX_QUOTED = 40  # characters
CLOSED_PIPE = 128 + 13  # exit status; SIGPIPE is 13, and Windows does not have its name


class GenaiError(Exception):
    """An error that the user can correct; its message says what was wrong, what is allowed, and what to do.

    The message is a template and its values, so that the page can show it in another language: the template is the
    key of the translation, as in gettext.

    Args:
        template: English sentence with `str.format` fields; a literal where the error is raised.
        values: For the fields; a dictionary by language where the words differ, such as names of classes.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template = template
        self.values = values
        english = {name: value["en"] if isinstance(value, dict) else value for name, value in values.items()}
        super().__init__(template.format(**english))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle template and values; by default Exception pickles its finished sentence only."""
        return rebuild, (type(self), self.template, self.values)


def rebuild(kind: type[GenaiError], template: str, values: dict[str, object]) -> GenaiError:
    """Return an error that another process raised, or wrote to a file."""
    return kind(template, **values)


class ConfigError(GenaiError):
    """A setting or a request that cannot be carried out."""


class UnknownCharactersError(ConfigError):
    """A text with characters that a model does not know."""


class DataError(GenaiError):
    """Training data that is missing, broken or too small, or a file that cannot be read or written."""


class CheckpointError(GenaiError):
    """A checkpoint that is missing, broken, of another program, or newer than this one."""


@contextmanager
def exit_with_sentence() -> Iterator[None]:
    """End a command by a `GenaiError`'s sentence on standard error and exit status 1, without a traceback.

    Whoever reads the output through a pipe may stop early, as head does. Then the command ends without a word, with
    the status that a shell reports for the signal SIGPIPE. SIGTERM and SIGHUP end it as Ctrl-C does, so that
    its temporary files are removed.
    """
    escape_unknown_characters()
    try:
        with on_signals(BY_OTHERS, interrupt):
            try:
                yield
            except SystemExit:  # of --help, for one
                _flush()
                raise
            _flush()
    except GenaiError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # What is still in the buffer goes nowhere: else Python would complain when it flushes it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLOSED_PIPE)


def _flush() -> None:
    """Write what is in the buffer of standard output, so that a closed pipe is noticed before the command ends."""
    print(end="", flush=True)


def quoted(value: object) -> str:
    """Return a value of a request as error messages show it, cut to 40 characters."""
    if isinstance(value, int) and value.bit_length() > 4 * MAX_QUOTED:
        return "…"  # Python refuses to write integers of thousands of digits
    text = repr(value[: MAX_QUOTED + 1] if isinstance(value, str) else value)
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
