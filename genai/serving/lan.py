"""The page's address in the local network, as text and as a QR code for phones."""

import io
import socket

import segno

from genai.console import can_print
from genai.language.strings import both

DOCUMENTATION_ADDRESS = "192.0.2.1"  # reserved for documentation (RFC 5737)
DISCARD_PORT = 9


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


def certificate_message(fingerprint: str) -> str:
    """Return the explanation of the warning that browsers show, in both languages, and how to verify it."""
    return "\n".join(both("https.warning", fingerprint=fingerprint).values())
