"""The certificate for https, and a page that is served with it."""

import ipaddress
import ssl
import stat

import httpx
import pytest
from cryptography import x509

from genai.image import tab as image_tab
from genai.serving import certificate, lan
from genai.serving.certificate import make_certificate, own_hosts
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from tests.ui.tiny import save_all


def test_it_names_the_machine_s_addresses_and_only_its_owner_can_read_the_key():
    made = make_certificate([*own_hosts(), "192.168.1.20"])
    parsed = x509.load_pem_x509_certificate(made.path.read_bytes())
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    for address in ("127.0.0.1", "192.168.1.20", lan.address()):
        assert ipaddress.ip_address(address) in addresses
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert stat.S_IMODE(made.key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.key_path.parent.stat().st_mode) == 0o700
    assert len(made.fingerprint) == 32 * 3 - 1


@pytest.mark.parametrize("name", ["", "教师机"])
def test_a_name_that_cannot_stand_in_a_certificate_is_left_out(monkeypatch, name):
    monkeypatch.setattr(certificate.socket, "gethostname", lambda: name)
    assert name not in certificate.own_hosts()
    certificate.make_certificate(certificate.own_hosts())


def test_each_start_makes_another_key():
    one, other = (make_certificate(["localhost"]) for _ in range(2))
    assert one.fingerprint != other.fingerprint
    assert one.key_path.read_bytes() != other.key_path.read_bytes()


def test_a_page_is_served_with_it(tmp_path):
    made = make_certificate(own_hosts())
    page = Page([image_tab.build], Context(folder=save_all(tmp_path), device="cpu"))
    address = page.launch("127.0.0.1", None, certificate=made)
    assert address.startswith("https://")
    with httpx.Client(verify=ssl.create_default_context(cafile=str(made.path)), timeout=60) as client:
        answer = client.get(address)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(address)
    page.blocks.close()
    assert answer.status_code == 200
    assert answer.headers["set-cookie"].endswith("SameSite=None; Secure; Partitioned")
