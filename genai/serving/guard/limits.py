"""How much one visitor and all together may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args


@dataclass(frozen=True)
class Limits:
    """Those of a page among people who know each other; `PUBLIC` is stricter.

    Args:
        visitor_a_minute: Requests that compute, of one visitor. Who drags a point sends some ten a second.
        everybody_a_minute: The same of all visitors.
        wrong_logins: Wrong tries a minute and name; then even the right password has to wait.
        body_bytes: Of a request; 413 above it.
        upload_bytes: Of a file for the tab that checks files.
        waiting: Results that wait in the queue; 503 above it, with the time to wait.
        questions: Questions of views answered at once; more wait for their turn.
        visitor_seconds: Of computing for the views of one visitor, a minute.
        ceilings: The most of a setting: of a number its value, of a text its characters.
        closed: Questions of views that are not answered.
    """

    visitor_a_minute: int = 900
    everybody_a_minute: int = 6000
    wrong_logins: int = 5
    body_bytes: int = 2_000_000
    upload_bytes: int = 50_000_000
    waiting: int = 400
    questions: int = 8
    visitor_seconds: float = 60.0
    ceilings: Mapping[str, int] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()


Expensive = Literal["census", "film", "ranking", "look"]
"""Counting 500 results, a walk as a film, the influence of all components, the X-ray: each takes the machine for a
second or more, so they are closed on a public page unless --allow names them."""
PUBLIC_CEILINGS = {"prompt": 1000, "length": 1000, "count": 16}


def public(allowed: frozenset[str] = frozenset()) -> Limits:
    """Limits for a page that strangers find."""
    return Limits(
        visitor_a_minute=300,
        everybody_a_minute=3000,
        upload_bytes=10_000_000,
        waiting=120,
        questions=4,
        visitor_seconds=20.0,
        ceilings=PUBLIC_CEILINGS,
        closed=frozenset(get_args(Expensive)) - allowed,
    )
