"""The classes of a labelled data set, by their names in every language."""

from dataclasses import dataclass

from genai.errors import ConfigError, quoted

ANY = "any"


@dataclass(frozen=True)
class Labels:
    """Names of the classes in the order of their numbers; empty for data without labels.

    Args:
        names: One dictionary a class, language to name.
    """

    names: tuple[dict[str, str], ...]

    def __len__(self) -> int:
        return len(self.names)

    def index(self, label: str | int | None) -> int | None:
        """Find a class by its name in any language or by its number; None and "any" mean whichever.

        A name wins over a number: with the classes "0" to "9" the two agree anyway.

        Raises:
            ConfigError: if there is no such class.
        """
        if label is None or (isinstance(label, str) and label.strip().casefold() in {"", ANY}):
            return None
        wanted = str(label).strip().casefold()
        for index, name in enumerate(self.names):
            if wanted in {text.casefold() for text in name.values()}:
                return index
        if wanted.isdecimal() and int(wanted) < len(self):
            return int(wanted)
        raise ConfigError(
            "Label {value} is unknown to this model: it knows {known}, or any.",
            value=quoted(label),
            known=self._listed() if self.names else "no labels",
        )

    def _listed(self) -> dict[str, str]:
        """All names, in each language."""
        return {language: ", ".join(name[language] for name in self.names) for language in self.names[0]}
