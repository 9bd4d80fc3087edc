"""What the address asks for when somebody opens the page."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from genai.ui.panel.settings import Setting, Value


def query_of(link: str) -> dict[str, str]:
    """What a link written as an address's end, "?tab=image&seed=7", asks for."""
    return dict(parse_qsl(link.removeprefix("?"), keep_blank_values=True))


def link_of(query: Mapping[str, str]) -> str:
    """Write as an address's end what `query_of` reads."""
    return "?" + urlencode(query)


def requested_tab(query: Mapping[str, str]) -> str | None:
    """The tab that the address names, by itself or by a tour through it."""
    return query.get("tab") or query.get("tour")


def names_any(query: Mapping[str, str], settings: tuple[Setting, ...]) -> bool:
    """Whether the address names a setting, and not only a tab and a model."""
    return any(setting.name in query for setting in settings)


def requested_values(query: Mapping[str, str], settings: tuple[Setting, ...]) -> dict[str, Value]:
    """The settings that the address names, defaults for the others.

    Raises:
        ConfigError: if a value is of the wrong type.
    """
    return {s.name: s.parse(query[s.name]) if s.name in query else s.default for s in settings}
