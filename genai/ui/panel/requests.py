"""What somebody asks a tab for, by its controls or by a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genai.errors import ConfigError
from genai.ui.panel import links
from genai.ui.panel.settings import Setting, Value


@dataclass(frozen=True)
class PanelRequest:
    """A model's name, and settings whose types were checked."""

    model: str | None
    values: Mapping[str, Value]


@dataclass(frozen=True)
class RequestReader:
    """Reads what is asked of one tab.

    Args:
        tab: Its name.
        settings: Its settings, in the order of its controls.
        ceilings: The most of some: of a number its value, of a text its characters.
        first: The model where a link names none.
    """

    tab: str
    settings: tuple[Setting, ...]
    ceilings: Mapping[str, int]
    first: str | None

    def by_controls(self, model: Any, values: Sequence[object]) -> PanelRequest:  # noqa: ANN401 - the registry refuses
        """Check what the controls hold.

        Raises:
            ConfigError: if a value is of the wrong type, or above its ceiling.
        """
        checked = {s.name: s.read(v) for s, v in zip(self.settings, values, strict=True)}
        self._check_ceilings(checked)
        return PanelRequest(model, checked)

    def by_link(self, query: Mapping[str, str]) -> PanelRequest:
        """Read what a link asks for; raises as `by_controls`."""
        values = links.requested_values(query, self.settings)
        self._check_ceilings(values)
        return PanelRequest(query.get("model", self.first), values)

    def followed(self, notice: object) -> PanelRequest | None:
        """What a notice has left to be followed, if anything; raises as `by_controls`."""
        query = links.query_of(str(notice["follow"])) if isinstance(notice, dict) and "follow" in notice else {}
        asks = links.requested_tab(query) == self.tab and links.names_any(query, self.settings)
        return self.by_link(query) if asks else None

    def _check_ceilings(self, values: Mapping[str, Value]) -> None:
        for setting in self.settings:
            value, most = values[setting.name], self.ceilings.get(setting.name)
            amount = len(value) if isinstance(value, str) else value
            if most is not None and amount > most:
                raise ConfigError(
                    "{name}: {amount} is more than this public page gives, which is at most {most}. Take less, or "
                    "run the lab on your own computer.",
                    name=setting.title,
                    amount=amount,
                    most=most,
                )
