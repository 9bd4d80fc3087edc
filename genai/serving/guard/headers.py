"""Headers that tell the browser what this page will never do."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

# Gradio's page has inline scripts and styles, and compiles the scripts of views; nothing comes from elsewhere.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self' data: blob:",  # downloads are packed from the pictures in the page
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def add_security_headers(send: Send, *, framed: bool, cookie: str | None = None) -> Send:
    """Add the headers to whatever is sent.

    Args:
        send: Of the server.
        framed: Whether other sites may show the page inside of theirs, as a school's course pages do. A page with a
            login must not be: a site around it could have its visitor click blindly.
        cookie: To set as well.
    """
    policy = POLICY if framed else {**POLICY, "frame-ancestors": "'self'"}

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = "; ".join(f"{kind} {sources}" for kind, sources in policy.items())
            headers.update(FIXED)
            if cookie is not None:
                headers.append("Set-Cookie", cookie)
        await send(message)

    return send_secured
