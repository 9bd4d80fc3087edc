"""The address under which others in the room find the page, as text and as a picture to point a phone at."""

import io
import socket

import segno

ANYWHERE = "192.0.2.1"  # an address for documentation (RFC 5737): nothing is sent there


def address() -> str:
    """This machine's address in its network; 127.0.0.1 if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ANYWHERE, 9))  # of UDP: only chooses the way out
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def lan_invitation(port: int) -> str:
    """What to print: a QR code of the address, and the address."""
    url = f"http://{address()}:{port}/"
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    return f"{drawn.getvalue()}\nFor everybody in this network: {url}"
