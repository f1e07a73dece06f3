"""Which address a limit counts."""

import pytest

from clickcounter.web.client_address import address, of_client


@pytest.mark.parametrize(
    ("ip", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_one_client_counts_as_one_on_ipv4_and_ipv6(ip: str, counted: str):
    assert of_client(ip) == counted
    assert address({"client": (ip, 1), "headers": []}, 0) == counted
    assert address({"client": ("::1", 1), "headers": [(b"x-forwarded-for", ip.encode())]}, 1) == (counted or "::/64")
