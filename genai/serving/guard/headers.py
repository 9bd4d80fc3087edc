"""Security headers: what the browser must not let this page do."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

# Gradio's page has inline scripts and styles, and compiles the scripts of views; everything comes from this server.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self' data: blob:",  # archives are packed from the data URLs of the pictures in the page
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
OTHER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(self)",
}


def add_security_headers(send: Send, *, embeddable: bool, cookie: str | None = None) -> Send:
    """Return a Send that adds the headers to a response.

    Args:
        send: Of the server.
        embeddable: Whether other sites may show the page in a frame, as a school's course pages do. A page with a
            login must not be embeddable: a site around it could trick its visitors into clicks (clickjacking).
        cookie: A Set-Cookie header to add.
    """
    policy = POLICY if embeddable else {**POLICY, "frame-ancestors": "'self'"}
    policy_header = "; ".join(f"{directive} {sources}" for directive, sources in policy.items())

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy_header
            headers.update(OTHER_HEADERS)
            if cookie is not None:
                headers.append("Set-Cookie", cookie)
        await send(message)

    return send_with_headers
