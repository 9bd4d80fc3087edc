"""Where a text ends that is to end with a whole line, and not in the middle of a word."""

from genai.text.request import MAX_LENGTH

REACH = 80
"""Characters after the asked length in which an end is looked for."""
BLOCK_END = "\n\n"
LINE_END = "\n"


def find_end(text: str, length: int) -> int | None:
    """Return where a text ends: at the end of a block, else of a line, at most 80 characters after its length.

    A block, such as a speech, a stanza or a function, ends before a blank line. Where neither a block nor a line
    ends within reach, the text ends at its length. So a text has never fewer characters than were asked for, and
    begins with the text of the same length that is not finished.

    Args:
        text: What was written so far.
        length: Characters that were asked for.

    Returns:
        The number of characters, without the line break; None if more have to be written to know it.
    """
    if len(text) < length:
        return None
    last = min(length + REACH, MAX_LENGTH)
    block = text.find(BLOCK_END, max(0, length - len(BLOCK_END)), last)
    if block >= 0:
        return max(block, length)
    if len(text) < last:
        return None
    line = text.find(LINE_END, length - 1, last)
    return max(line, length)
