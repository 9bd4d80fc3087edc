"""The page's address in the local network, as text and as a QR code for phones."""

import io
import re
import socket

import segno

from genai.console import can_print
from genai.errors import DataError
from genai.language.strings import both

DOCUMENTATION_ADDRESS = "192.0.2.1"  # reserved for documentation (RFC 5737)
DISCARD_PORT = 9
PAGE_ADDRESS = re.compile(r"(https?://)([\w.\-]{1,200}|\[[\da-fA-F:.]{1,60}\])(:\d{1,5})?(/[\w./~%\-]{0,200})?")
"""Scheme, host, port and path, as a browser knows them."""
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def address() -> str:
    """Return this machine's address in the local network; 127.0.0.1 if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((DOCUMENTATION_ADDRESS, DISCARD_PORT))  # sends nothing over UDP, only chooses the route
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def lan_message(port: int, scheme: str = "http") -> str:
    """Return the text to print: a QR code of the page's address, and the address.

    The code is left out where the encoding of standard output lacks the blocks that it is drawn with.

    Args:
        port: Of the page.
        scheme: http or https.
    """
    url = f"{scheme}://{address()}:{port}/"
    said = f"For everybody in this network: {url}"
    qr_code = io.StringIO()
    segno.make(url, micro=False).terminal(qr_code, compact=True)
    return f"{qr_code.getvalue()}\n{said}" if can_print(qr_code.getvalue()) else said


def join_code(url: str) -> str:
    """Return the QR code of an address as a picture: the data URL of an SVG, black on white."""
    return segno.make(url, micro=False).svg_data_uri(scale=4, border=2, light="#fff")


def page_address(value: object) -> str:
    """Return the address of the page for phones, without what follows a question mark.

    A page that was opened on the server itself has an address that means another machine on a phone: it is replaced
    by that of this machine in the network.

    Raises:
        DataError: if it is no address of a page.
    """
    found = PAGE_ADDRESS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise DataError("The address of the page cannot be read: open the room again.")
    scheme, host, port, path = found.groups(default="")
    reachable = address() if host in THIS_MACHINE else host
    return f"{scheme}{reachable}{port}{path}"


def certificate_message(fingerprint: str) -> str:
    """Return the explanation of the warning that browsers show, in both languages, and how to verify it."""
    return "\n".join(both("https.warning", fingerprint=fingerprint).values())
