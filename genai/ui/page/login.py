"""Whether a request comes from somebody who is logged in, which Gradio knows."""

from starlette.requests import Request

from genai.serving.guard.bodies import buffered_response

LOGIN_CHECK = "/gradio_api/login_check"
"""Gradio's route that answers 200 to who may see the page: everybody, where there is no login."""


async def is_logged_in(request: Request) -> bool:
    """Return whether Gradio would show the page; a route beside Gradio's own must ask this itself."""
    scope = {
        **request.scope,
        "method": "GET",
        "path": request.scope.get("root_path", "") + LOGIN_CHECK,
        "raw_path": LOGIN_CHECK.encode(),
        "query_string": b"",
    }
    response = await buffered_response(request.app.router, scope)
    return response.status_code == 200
