"""Visitors are told apart by a signed cookie: behind a tunnel or a school's router all have one address."""

import hashlib
import hmac
import os
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

COOKIE = "lab_visitor"
"""With an underscore: proxies that share out visitors by a cookie name variables after it."""
SECRET = "LAB_SECRET"
"""Environment variable with the key of the signatures: servers with the same key accept each other's cookies."""


_current: ContextVar[str] = ContextVar("visitor", default="")
_has_cookie: ContextVar[bool] = ContextVar("has_cookie", default=False)
_address: ContextVar[str] = ContextVar("address", default="")


def current_visitor() -> str:
    """Return who asks the question that is being answered: a visitor's id, or an address; "" outside of one."""
    return _current.get()


def current_cookie() -> str | None:
    """Return the id in the cookie of who asks; None where there is none, so that all at one address are one."""
    return _current.get() if _has_cookie.get() else None


def current_address() -> str:
    """Return the address of who asks, which a whole school may share; "" outside of a question."""
    return _address.get()


def set_current_visitor(visitor: str, *, has_cookie: bool = False, address: str = "") -> None:
    """Note who asks, whether by a cookie, and from which address, for what is called from here on."""
    _current.set(visitor)
    _has_cookie.set(has_cookie)
    _address.set(address)


class Visitors:
    """Issues and verifies the cookies of a server.

    Args:
        secret: Key of the signatures; None takes LAB_SECRET of the environment, and without that a random one, so
            that cookies are valid until the server ends.
    """

    def __init__(self, secret: str | None = None) -> None:
        chosen = secret or os.environ.get(SECRET)
        self._key = hashlib.sha256(chosen.encode()).digest() if chosen else secrets.token_bytes(32)

    def identify(self, headers: Headers) -> str | None:
        """Return the id in a visitor's cookie; None where there is no cookie or its signature is wrong."""
        # http.cookies would give up at the first cookie that it dislikes, and those of other pages may be anything.
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        visitor, _, signature = cookie.partition(".")
        is_ours = hmac.compare_digest(self._sign(visitor).encode(), signature.encode())
        return visitor if is_ours else None

    def new_cookie(self, *, encrypted: bool) -> str:
        """Return a Set-Cookie header for a new visitor: a random id that lasts until the browser is closed.

        Args:
            encrypted: Whether the page comes over https. Then the cookie also works in a frame of another site, as
                of a course page or a Space; browsers allow that only over https, and keep such a cookie apart for
                each site around it (CHIPS).
        """
        visitor = secrets.token_hex(8)
        scope = "SameSite=None; Secure; Partitioned" if encrypted else "SameSite=Lax"
        return f"{COOKIE}={visitor}.{self._sign(visitor)}; Path=/; HttpOnly; {scope}"

    def _sign(self, visitor: str) -> str:
        return hmac.new(self._key, visitor.encode(), hashlib.sha256).hexdigest()[:32]
