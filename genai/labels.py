"""The labels of a data set: the names of its classes, and of its performers, in each language."""

from dataclasses import dataclass

import torch

from genai.errors import ConfigError, quoted

ANY = "any"


Names = tuple[dict[str, str], ...]
"""For each class or performer a dictionary from language to name, in the order of their numbers."""


@dataclass(frozen=True)
class Labels:
    """The names of the classes; empty for data without labels.

    Sounds may have performers too: who or what makes the sound of that class, a speaker or an instrument. A network
    is told both by one number, the condition.

    Args:
        names: Of the classes.
        performers: Of the performers; empty for data without any.
        shares: Of each class in the training data; empty where they are not known.
    """

    names: Names
    performers: Names = ()
    shares: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def index(self, label: str | int | None) -> int | None:
        """Return the number of a class, or None for any class.

        Args:
            label: Name of the class in any language, or its number; None, "" or "any" for any class. A class
                that is named "3" takes precedence over class number 3.

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

    def performer_index(self, performer: str | int | None) -> int | None:
        """Return the number of a performer, or None for any performer; otherwise as `index`.

        Raises:
            ConfigError: if there is no such performer.
        """
        if _is_any(performer):
            return None
        number = _find(performer, self.performers)
        if number is None and not self.performers:
            raise ConfigError(
                "This model has neither instruments nor speakers to choose from: leave {value} out.",
                value=quoted(performer),
            )
        if number is None:
            raise ConfigError(
                "{value} is no instrument or speaker of this model: it knows {known}, or any.",
                value=quoted(performer),
                known=_list_names(self.performers),
            )
        return number

    def draw(self, rng: torch.Generator) -> int:
        """Draw a class as often as the training data has it; if that is not known, each as often as the others."""
        if self.shares:
            return int(torch.multinomial(torch.tensor(self.shares), 1, generator=rng))
        return int(torch.randint(len(self), (), generator=rng))

    def condition(self, label: int, performer: int | None) -> int:
        """Return the number by which a network is told a class and a performer; without performers, the class."""
        return label * max(1, len(self.performers)) + (performer or 0)

    def split(self, condition: int | None) -> tuple[int | None, int | None]:
        """Return the class and the performer of a condition, each None where the data has none."""
        if condition is None or not self.performers:
            return condition, None
        return divmod(condition, len(self.performers))


def _is_any(value: str | int | None) -> bool:
    return value is None or (isinstance(value, str) and value.strip().casefold() in {"", ANY})


def _find(value: str | int | None, names: Names) -> int | None:
    text = str(value).strip().casefold()
    for index, translations in enumerate(names):
        if text in {name.casefold() for name in translations.values()}:
            return index
    return int(text) if text.isdecimal() and int(text) < len(names) else None


def _list_names(names: Names) -> dict[str, str]:
    """Return all names in one string, by language."""
    return {language: ", ".join(name[language] for name in names) for language in names[0]}


@dataclass(frozen=True)
class Attribute:
    """A property of each item of a data set that people see, such as the hair of a drawn person.

    Args:
        name: By language.
        values: The names of its values.
    """

    name: dict[str, str]
    values: Labels
