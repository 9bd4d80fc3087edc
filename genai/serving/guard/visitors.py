"""Who is who: a signed cookie, since behind a tunnel or a school's router all come from one address."""

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

NAME = "lab-visitor"


class Visitors:
    """Hands out names that nobody can make up."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def known(self, headers: Headers, address: str) -> str:
        """The name in a visitor's cookie; the address of one who has none, or one that is not of this server."""
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(NAME)
        except CookieError:
            cookie = None
        name, _, signature = (cookie.value if cookie else "").partition(".")
        return name if hmac.compare_digest(self._sign(name), signature) else f"address {address}"

    def cookie(self) -> str:
        """A Set-Cookie header for a new visitor; it holds nothing but a random name and ends with the browser."""
        name = secrets.token_hex(8)
        return f"{NAME}={name}.{self._sign(name)}; Path=/; HttpOnly; SameSite=Lax"

    def _sign(self, name: str) -> str:
        return hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()[:32]
