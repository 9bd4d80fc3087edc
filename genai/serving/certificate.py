"""A certificate for https in the local network, made at the start of the page.

Browsers allow microphone, camera and clipboard only over https, or on the computer itself. No authority certifies
addresses of a local network, so the certificate is signed by its own key, and each browser warns once.
"""

import atexit
import datetime
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from genai.serving.lan import address

DAYS = 90  # that it is valid
OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, in files that are removed at exit.

    Args:
        path: Of the certificate (PEM).
        key_path: Of the key (PEM), which only its owner can read.
        fingerprint: SHA-256 of the certificate, as browsers show it: bytes in hexadecimal.
    """

    path: Path
    key_path: Path
    fingerprint: str


def make_certificate(hosts: Iterable[str]) -> Certificate:
    """Make a certificate for some names and IP addresses of this machine, signed by its own key.

    Raises:
        OSError: if there is no folder for temporary files.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(key, sorted(set(hosts)))
    folder = Path(tempfile.mkdtemp(prefix="genai-lab-certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path, key_path = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(private)
    return Certificate(path, key_path, certificate.fingerprint(hashes.SHA256()).hex(":").upper())


def own_hosts() -> list[str]:
    """Return the names and addresses by which browsers may reach this machine."""
    name = socket.gethostname()
    try:
        found = [str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(name, None)]
    except OSError:  # the name is in no directory
        found = []
    names = [name] if name and name.isascii() else []  # others cannot stand in a certificate as they are
    return ["localhost", *names, "127.0.0.1", "::1", address(), *found]


def _sign(key: ec.EllipticCurvePrivateKey, hosts: Iterable[str]) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Generative AI Lab")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks of phones may be slow
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
