"""Bad requests are client errors; errors of the server stay server errors."""

import httpx
import pytest
from gradio.route_utils import FnIndexInferError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from genai.language.strings import both
from genai.ui.page.error_mapping import ErrorMapping
from tests import loop

API = "/gradio_api"


async def echo(request):
    return JSONResponse({"body": (await request.body()).decode()})


async def unknown(request):
    raise FnIndexInferError("nothing")


async def missing(request):
    asked = await request.json()
    return JSONResponse({}[asked.get("component_id", "a key of ours")])


async def refused(request):
    return JSONResponse({"error": "Count 65 cannot be used"}, 500)


async def broken(request):
    raise ZeroDivisionError


async def named(request):
    raise TypeError("Parameter `text` is not a valid key-word argument.")


async def unlisted(request):
    return JSONResponse({}["/none"])


async def full(request):
    raise OSError(28, "No space left on device")


NAMES = {
    "call/v2/full": full,
    "call/v2/x": named,
    "call/v2/none": unlisted,
    "call/nothing": unknown,
    "component_server": missing,
    "run/x": refused,
    "broken": broken,
}


def post(path, content, functions=NAMES):
    routes = [Route(f"{API}/{path}", function, methods=["POST"]) for path, function in functions.items()]
    routes.append(Route("/{rest:path}", echo, methods=["POST"]))
    app = Starlette(routes=routes, middleware=[Middleware(ErrorMapping)])

    async def run():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://lab") as client:
            return await client.post(path, content=content)

    return loop.run(run())


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"3", b'"x"', b"null", b"[" * 9000, b'{"a": "\\ud83d"}']
)
def test_a_body_that_is_not_a_json_object_is_422(body):
    answer = post(f"{API}/queue/join", body)
    assert answer.status_code == 422
    assert answer.json()["detail"] == " · ".join(both("guard.json").values())


def test_a_valid_body_is_passed_on_unchanged():
    body = '{"data": ["春", "🎲", "\\u6625", NaN, 1e400]}'.encode()
    assert post(f"{API}/queue/join", body).json()["body"].encode() == body
    assert post(f"{API}/upload", b"\xffnot JSON".replace(b"\xff", b"")).json()["body"] == "not JSON"


@pytest.mark.parametrize(
    ("path", "body"),
    [("call/nothing", b"{}"), ("call/v2/none", b"{}"), ("component_server", b'{"component_id": 3}')],
)
def test_an_unknown_endpoint_or_component_is_404(path, body):
    assert post(f"{API}/{path}", body).status_code == 404


def test_an_unknown_parameter_is_422():
    answer = post(f"{API}/call/v2/x", b"{}")
    assert (answer.status_code, answer.json()["detail"]) == (422, " · ".join(both("guard.parameter").values()))


def test_the_error_of_a_direct_call_is_422():
    answer = post(f"{API}/run/x", b"{}")
    assert (answer.status_code, answer.json()["error"]) == (422, "Count 65 cannot be used")


def test_an_error_of_the_server_is_not_mapped():
    with pytest.raises(ZeroDivisionError):
        post(f"{API}/broken", b"{}")
    with pytest.raises(KeyError, match="a key of ours"):
        post(f"{API}/component_server", b"{}")


def test_an_upload_that_cannot_be_stored_is_answered_with_a_sentence():
    answer = post(f"{API}/upload", b"file", {"upload": full})
    assert answer.status_code == 507
    assert answer.text == " · ".join(both("guard.storage").values())


def test_other_errors_of_the_system_stay_errors_of_the_server():
    with pytest.raises(OSError, match="No space left"):
        post(f"{API}/call/v2/full", b"{}")
