"""Which addresses webhooks accept and which they reach."""

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from clickcounter.errors import Refused
from clickcounter.webhooks.addresses import LONGEST_URL, is_allowed, read_url
from clickcounter.webhooks.deliveries import Message
from clickcounter.webhooks.http_client import Client
from tests.webhooks.receiver import Receiver

PRIVATE = (
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200"),
    *("0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.0.192", "192.0.2.1"),
    *("198.18.0.1", "168.63.129.16", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:1::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
)
PUBLIC = ("8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808")

HOSTS = ("intranet", "no-such-host", "xn--", "." * 70)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address: str):
    assert not is_allowed(ip_address(address), ())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(address: str):
    assert is_allowed(ip_address(address), ())


def test_the_operator_allows_networks_in_any_form():
    networks = (ip_network("10.1.0.0/16"), ip_network("::1/128"))
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "::1"):
        assert is_allowed(ip_address(address), networks)
    for address in ("10.2.0.1", "127.0.0.1", "::ffff:10.2.0.1"):
        assert not is_allowed(ip_address(address), networks)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            None,
            7,
            ["http://example.org/"],
            "example.org",
            "ftp://example.org/",
            "file:///etc/passwd",
            "http://",
            "http:///x",
        ),
        *("http://user:secret@example.org/", "http://user@example.org/", "http://example.org:22/", "https://example.org:0/"),
        *("http://example.org:65536/", "http://exam ple.org/", "javascript:alert(1)", "http://[::1/", "http://\0/"),
        "https://example.org/" + "x" * LONGEST_URL,
        "https://example.org/" + "я" * 400,  # longer once it is encoded
        "http://example.org:80\r\nX: y/",
    ],
)
def test_what_is_no_address_for_a_webhook_is_refused(url: object):
    with pytest.raises(Refused, match="webhook_url"):
        read_url(url)


def test_addresses_are_kept_in_their_usual_form():
    assert read_url(" https://Example.org/a?b=c ") == "https://example.org/a?b=c"
    assert read_url("https://пример.рф:8443/") == "https://xn--e1afmkfd.xn--p1ai:8443/"


async def test_a_name_is_checked_by_the_address_that_it_leads_to(monkeypatch: pytest.MonkeyPatch):
    """The name is public when it is added, and leads to this machine when the message is sent."""
    looked_up: list[str] = []

    def rebound(host: str, port: int, *_: Any) -> list[tuple[Any, ...]]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    async with Receiver().run() as receiver:
        url = read_url(f"http://rebind.example:{receiver.port}/")
        message = Message(1, url, "whsec_c2VjcmV0", "msg_1", "reset", "{}", shaky=False)
        client = Client(())
        assert (await client.send(message, 0)).error == "address"
        await client.close()
        assert receiver.got == []
        client = Client([ip_network("127.0.0.1/32")])
        assert (await client.send(message, 0)).status == 200
        await client.close()
        assert receiver.got[0][0]["host"] == f"rebind.example:{receiver.port}"
        assert looked_up == ["rebind.example"] * 2, "each message asks once, and goes where the answer said"


async def test_the_answer_does_not_tell_which_hosts_exist(monkeypatch: pytest.MonkeyPatch):
    def resolver(host: str, port: int, *_: Any) -> list[tuple[Any, ...]]:
        if host == "intranet":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    client = Client(())
    messages = [Message(1, f"http://{host}/", "whsec_c2VjcmV0", "msg_1", "reset", "{}", shaky=False) for host in HOSTS]
    answers = {(answer.status, answer.error) for answer in [await client.send(message, 0) for message in messages]}
    await client.close()
    assert len(answers) == 1
