"""The labels of a data set: the names of its classes in each language."""

from dataclasses import dataclass

from genai.errors import ConfigError, quoted

ANY = "any"


@dataclass(frozen=True)
class Labels:
    """The names of the classes, in the order of their numbers; empty for data without labels.

    Args:
        names: For each class a dictionary from language to name.
    """

    names: tuple[dict[str, str], ...]

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
        if label is None or (isinstance(label, str) and label.strip().casefold() in {"", ANY}):
            return None
        text = str(label).strip().casefold()
        for index, translations in enumerate(self.names):
            if text in {name.casefold() for name in translations.values()}:
                return index
        if text.isdecimal() and int(text) < len(self):
            return int(text)
        raise ConfigError(
            "Label {value} is unknown to this model: it knows {known}, or any.",
            value=quoted(label),
            known=self._list_names() if self.names else "no labels",
        )

    def _list_names(self) -> dict[str, str]:
        """Return all names in one string, by language."""
        return {language: ", ".join(name[language] for name in self.names) for language in self.names[0]}


@dataclass(frozen=True)
class Attribute:
    """A property of each item of a data set that people see, such as the hair of a drawn person.

    Args:
        name: By language.
        values: The names of its values.
    """

    name: dict[str, str]
    values: Labels
