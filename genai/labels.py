"""The labels of a data set: the names of its classes, and of its variants, in each language."""

from dataclasses import dataclass

import torch

from genai.errors import ConfigError, quoted

ANY = "any"
MAX_DIGITS = 9
"""Of a number of a class; Python refuses to read thousands of them."""

Names = tuple[dict[str, str], ...]
"""For each class or variant a dictionary from language to name, in the order of their numbers."""


@dataclass(frozen=True)
class Labels:
    """The names of the classes; empty for data without labels.

    Classes may come in variants too, a second label: the speaker or the instrument of a sound, the hairstyle of a
    drawn person. A network is told both by one number, the condition.

    Args:
        names: Of the classes.
        variants: Of the variants; empty for data without any.
        shares: Of each class in the training data; empty where they are not known.
        variant_shares: For each class, the share of each variant in it; empty where every class has all alike.
    """

    names: Names
    variants: Names = ()
    shares: tuple[float, ...] = ()
    variant_shares: tuple[tuple[float, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def index(self, label: str | int | None) -> int | None:
        """Return the number of a class, or None for any class.

        Args:
            label: Name of the class in any language, or its number; None, "" or "any" for any class. The text
                "3" is the class of this name, if there is one, else class number 3; the number 3 is always that.

        Raises:
            ConfigError: if there is no such class.
        """
        if _is_any(label):
            return None
        number = _find(label, self.names)
        if number is None and not self.names:
            raise ConfigError("This model has no classes: leave the label {value} out.", value=quoted(label))
        if number is None:
            raise ConfigError(
                "Label {value} is unknown to this model: it knows {known}, or any.",
                value=quoted(label),
                known=_list_names(self.names),
            )
        return number

    def variant_index(self, variant: str | int | None) -> int | None:
        """Return the number of a variant, or None for any variant; otherwise as `index`.

        Raises:
            ConfigError: if there is no such variant.
        """
        if _is_any(variant):
            return None
        number = _find(variant, self.variants)
        if number is None and not self.variants:
            raise ConfigError(
                "This model has no variants, such as instruments, speakers or hairstyles: leave {value} out.",
                value=quoted(variant),
            )
        if number is None:
            raise ConfigError(
                "{value} is no variant that this model knows, such as an instrument, a speaker or a hairstyle: it "
                "knows {known}, or any.",
                value=quoted(variant),
                known=_list_names(self.variants),
            )
        return number

    def draw(self, rng: torch.Generator, variant: int | None = None) -> int:
        """Draw a class as often as the training data has it; if that is not known, each as often as the others.

        Args:
            rng: Source of randomness.
            variant: Where not every class has it, those that do are drawn as often as they have it.

        Raises:
            ConfigError: if no class has it.
        """
        limited = variant is not None and bool(self.variant_shares)
        if not self.shares and not limited:
            return int(torch.randint(len(self), (), generator=rng))
        weights = torch.tensor(self.shares or [1.0] * len(self))
        if limited:
            weights = weights * torch.tensor(self.variant_shares)[:, variant]
        if not weights.any():
            raise ConfigError(
                "{variant} does not occur in what this model has learnt: choose another, or any.",
                variant=self.variants[variant or 0],
            )
        return int(torch.multinomial(weights, 1, generator=rng))

    def variant_at(self, label: int, position: float) -> int:
        """Return the variant of a class at a position from 0 to below 1, of which each takes up its share."""
        if not self.variant_shares:
            return int(position * len(self.variants))
        bounds = torch.tensor(self.variant_shares[label], dtype=torch.float64).cumsum(dim=0)
        return int(torch.searchsorted(bounds, position * bounds[-1], right=True))

    def check_pair(self, label: int, variant: int) -> None:
        """Check that a class comes in a variant.

        Raises:
            ConfigError: if it does not.
        """
        if not self.variant_shares or self.variant_shares[label][variant]:
            return
        known = [name for name, share in zip(self.variants, self.variant_shares[label], strict=True) if share]
        raise ConfigError(
            "{label} does not go with {variant} in what this model has learnt: leave one of them open, or choose "
            "one of {known}.",
            label=self.names[label],
            variant=self.variants[variant],
            known=_list_names(tuple(known)),
        )

    def condition(self, label: int, variant: int | None) -> int:
        """Return the number by which a network is told a class and a variant; without variants, the class."""
        return label * max(1, len(self.variants)) + (variant or 0)

    def split(self, condition: int | None) -> tuple[int | None, int | None]:
        """Return the class and the variant of a condition, each None where the data has none."""
        if condition is None or not self.variants:
            return condition, None
        return divmod(condition, len(self.variants))


def _is_any(value: str | int | None) -> bool:
    return value is None or (isinstance(value, str) and value.strip().casefold() in {"", ANY})


def _find(value: str | int | None, names: Names) -> int | None:
    if isinstance(value, int):
        return value if 0 <= value < len(names) else None
    text = str(value).strip().casefold()
    for index, translations in enumerate(names):
        if text in {name.casefold() for name in translations.values()}:
            return index
    is_number = text.isdecimal() and len(text) <= MAX_DIGITS
    return int(text) if is_number and int(text) < len(names) else None


def _list_names(names: Names) -> dict[str, str]:
    """Return all names in one string, by language; with semicolons where a name has a separator of its own."""
    result = {}
    for language in names[0]:
        words = [name[language] for name in names]
        separator, instead = ("、", "；") if language == "zh-CN" else (", ", "; ")
        is_ambiguous = any(separator.strip() in word for word in words)
        result[language] = (instead if is_ambiguous else separator).join(words)
    return result


@dataclass(frozen=True)
class Attribute:
    """A property of each item of a data set that people see, such as the hair of a drawn person.

    Args:
        name: By language.
        values: The names of its values.
    """

    name: dict[str, str]
    values: Labels
