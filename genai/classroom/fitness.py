"""Which passages are not put before a class of 13-year-olds, by the words in them."""

UNFIT = (
    "slave", "whore", "bawd", "wench", " hag", "with child", "bereft of beauty", "ravish", "strumpet", "maidenhead",
    "kill a wife", "妓", "露胸",
)  # fmt: skip


def is_fit(passage: str) -> bool:
    """Return whether a passage has none of the words, whatever their case."""
    lower = passage.lower()
    return not any(word in lower for word in UNFIT)
