"""What a visitor requests of a tab, read from its controls or from a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genai.errors import ConfigError
from genai.ui.panel import links
from genai.ui.panel.settings import Setting, Value


@dataclass(frozen=True)
class PanelRequest:
    """A model and settings for it.

    Args:
        model: Name of the model, unchecked: the registry refuses whatever is not the name of one.
        values: Settings by name, of the right types.
    """

    model: object
    values: Mapping[str, Value]


@dataclass(frozen=True)
class RequestReader:
    """Reads the requests of one tab.

    Args:
        tab: Its name.
        settings: Its settings, in the order of its controls.
        ceilings: Upper limits of some settings: of a number its value, of a text its characters.
        first: The model where a link names none.
    """

    tab: str
    settings: tuple[Setting, ...]
    ceilings: Mapping[str, int]
    first: str | None

    def from_controls(self, model: object, values: Sequence[object]) -> PanelRequest:
        """Read the values of the controls, in the order of the settings.

        Raises:
            ConfigError: if a value is of the wrong type, or above its ceiling.
        """
        checked = {setting.name: setting.read(value) for setting, value in zip(self.settings, values, strict=True)}
        self._check_ceilings(checked)
        return PanelRequest(model, checked)

    def from_link(self, query: Mapping[str, str]) -> PanelRequest:
        """Read the query of a link.

        Raises:
            ConfigError: if a value is of the wrong type, or above its ceiling.
        """
        values = links.requested_values(query, self.settings)
        self._check_ceilings(values)
        return PanelRequest(query.get("model", self.first), values)

    def from_notice(self, notice: object) -> PanelRequest | None:
        """Read the link that a `Notice` has under "follow"; None without one for this tab.

        Raises:
            ConfigError: if a value is of the wrong type, or above its ceiling.
        """
        if not isinstance(notice, dict) or "follow" not in notice:
            return None
        query = links.parse_query(str(notice["follow"]))
        if links.requested_tab(query) != self.tab or not links.names_a_setting(query, self.settings):
            return None
        return self.from_link(query)

    def _check_ceilings(self, values: Mapping[str, Value]) -> None:
        for setting in self.settings:
            if setting.name not in self.ceilings:
                continue
            most = self.ceilings[setting.name]
            value = values[setting.name]
            amount = len(value) if isinstance(value, str) else value
            if amount > most:
                raise ConfigError(
                    "{name}: {amount} is more than this public page gives, which is at most {most}. Take less, or "
                    "run the lab on your own computer.",
                    name=setting.title,
                    amount=amount,
                    most=most,
                )
