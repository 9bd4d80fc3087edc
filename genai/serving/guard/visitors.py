"""Visitors are told apart by a signed cookie: behind a tunnel or a school's router all have one address."""

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

COOKIE = "lab-visitor"


class Visitors:
    """Issues and verifies the cookies of one server process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def identify(self, headers: Headers, address: str) -> str:
        """Return the id in a visitor's cookie; the address where there is no cookie or its signature is wrong."""
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        visitor, _, signature = (cookie.value if cookie else "").partition(".")
        if hmac.compare_digest(self._sign(visitor), signature):
            return visitor
        return f"address {address}"

    def new_cookie(self) -> str:
        """Return a Set-Cookie header for a new visitor: a random id that lasts until the browser is closed."""
        visitor = secrets.token_hex(8)
        return f"{COOKIE}={visitor}.{self._sign(visitor)}; Path=/; HttpOnly; SameSite=Lax"

    def _sign(self, visitor: str) -> str:
        return hmac.new(self._key, visitor.encode(), hashlib.sha256).hexdigest()[:32]
