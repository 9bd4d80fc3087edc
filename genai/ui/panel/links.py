"""Links to results: query strings that name a tab, a model and settings."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from genai.labels import ANY
from genai.ui.panel.settings import Setting, Value

LEFT_OUT: Mapping[str, Value] = {"variant": ANY, "typical_p": 1.0}
"""Settings that few requests use, and the value at which a link leaves them out."""


def link(tab: str, model: str, values: Mapping[str, object]) -> str:
    """Return the query string that reproduces a result, readable by hand; the page adds its language.

    Every setting is written out, defaults too: a default may change one day, a link's result must not. Only a
    setting that is off is left out, and one of `LEFT_OUT` at its value there.
    """
    written = {
        name: _format(value) for name, value in values.items() if value is not False and value != LEFT_OUT.get(name)
    }
    return format_query({"tab": tab, "model": model, **written})


def _format(value: object) -> str:
    if value is True:
        return "1"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def format_query(query: Mapping[str, str]) -> str:
    """Write a query as the end of an address, such as "?tab=image&seed=7"."""
    return "?" + urlencode(query)


def parse_query(link: str) -> dict[str, str]:
    """Read what `format_query` writes."""
    return dict(parse_qsl(link.removeprefix("?"), keep_blank_values=True))


def requested_tab(query: Mapping[str, str]) -> str | None:
    """Return the tab that a query names, directly or by a tour of it, whose name begins with that of the tab."""
    return query.get("tab") or query.get("tour", "").split("-")[0] or None


def names_a_setting(query: Mapping[str, str], settings: tuple[Setting, ...]) -> bool:
    """Return whether a query names a setting, and not only a tab and a model."""
    return any(setting.name in query for setting in settings)


def requested_values(query: Mapping[str, str], settings: tuple[Setting, ...]) -> dict[str, Value]:
    """Return the settings of a query, and defaults for those that it leaves out.

    Raises:
        ConfigError: if a value is of the wrong type.
    """
    return {
        setting.name: setting.parse(query[setting.name]) if setting.name in query else setting.default
        for setting in settings
    }
