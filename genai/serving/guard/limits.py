"""How much one visitor, and all visitors together, may request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args


@dataclass(frozen=True)
class Limits:
    """Limits of a server; the defaults are for people who know each other, `public` is stricter.

    Args:
        visitor_requests_per_minute: Requests of one visitor that compute. Dragging a point sends some ten a second.
        requests_per_minute: The same of all visitors together.
        failed_logins_per_minute: Failed logins for one name; then even the right password has to wait.
        body_bytes: Size of a request's body; 413 above it.
        upload_bytes: Size of a file for the tab that checks files.
        max_queue: Requests that wait in the queue; 503 above it, with the time to wait.
        concurrent_questions: Questions of views that are answered at the same time; more wait.
        visitor_seconds_per_minute: Seconds of computing for the questions of one visitor.
        visitor_streams: Event streams of one visitor, one for each open page. A browser holds six connections to
            one server over http: a sixth stream would leave none for all else.
        streams: Event streams of all visitors together.
        ceilings: Upper limits of some settings: of a number its value, of a text its characters.
        closed: Names of questions of views that are not answered.
        rooms_need_word: Whether class rooms are opened only by those who know the teacher's word.
    """

    visitor_requests_per_minute: int = 900
    requests_per_minute: int = 6000
    failed_logins_per_minute: int = 5
    body_bytes: int = 2_000_000
    upload_bytes: int = 50_000_000
    max_queue: int = 400
    concurrent_questions: int = 8
    visitor_seconds_per_minute: float = 60.0
    visitor_streams: int = 5
    streams: int = 1000
    ceilings: Mapping[str, int] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    rooms_need_word: bool = False


Expensive = Literal["census", "film", "ranking", "look", "differ", "cost", "by_place", "train"]
"""Counting 500 results, a walk as a film, the influence of all components, the X-ray, a text read by two networks,
what context costs and gives them, a training: each computes for a second or more, so that they are closed on a
public page unless --allow names them."""
PUBLIC_CEILINGS = {"prompt": 1000, "length": 1000, "count": 16}


def public(allowed: frozenset[str] = frozenset()) -> Limits:
    """Return the limits of a page that strangers find.

    Args:
        allowed: Expensive questions that are answered nevertheless.
    """
    return Limits(
        visitor_requests_per_minute=300,
        requests_per_minute=3000,
        upload_bytes=10_000_000,
        max_queue=120,
        concurrent_questions=4,
        visitor_seconds_per_minute=20.0,
        streams=500,
        ceilings=PUBLIC_CEILINGS,
        closed=frozenset(get_args(Expensive)) - allowed,
        rooms_need_word=True,
    )
