"""Who a request comes from."""

import pytest
from starlette.requests import Request

from clickcounter.access import keys, sessions
from clickcounter.api.caller import caller_of
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Malformed, Refused
from clickcounter.services.validation import secret_sha256
from clickcounter.web.origins import Origins

TOKEN = sessions.new_token()
SESSION = sessions.sha256_of(TOKEN)
COOKIE = f"clickcounter_session={TOKEN}"


def request(method: str = "GET", **headers: str) -> Request:
    Origins([])
    named = {"host": "counter.example", **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    return Request({"type": "http", "method": method, "path": "/", "query_string": b"", "headers": raw})


def test_a_key_counts_alone():
    text = keys.new_text("press")
    caller = caller_of(request(authorization=f"Bearer {text}", cookie=COOKIE, click_counter_device="0" * 32))
    assert caller == keys.caller_with(text)
    assert caller.session is None
    assert caller.device == keys.device_of(keys.sha256_of(text))


@pytest.mark.parametrize("text", ["", "x", "cc_p_short", "cc_r_" + "a" * 33, "cc_x_" + "a" * 32])
def test_what_is_no_key_is_refused_not_ignored(text: str):
    with pytest.raises(Refused, match="key_invalid"):
        caller_of(request(authorization=f"bearer {text}", cookie=COOKIE))


def test_a_session_counts_on_pages_of_this_site_alone():
    assert caller_of(request(cookie=COOKIE)) == Caller(SESSION)
    assert caller_of(request("POST", cookie=COOKIE, origin="https://counter.example")) == Caller(SESSION)
    assert caller_of(request("POST", cookie=COOKIE, origin="https://other.example")) == Caller()


def test_a_proxys_own_password_is_no_key():
    assert caller_of(request(authorization="Basic dXNlcjpwYXNz", cookie=COOKIE)) == Caller(SESSION)


def test_a_program_names_its_device_by_a_secret():
    assert caller_of(request(click_counter_device="0" * 32)) == Caller(None, secret_sha256("0" * 32))
    with pytest.raises(Malformed):
        caller_of(request(click_counter_device="mine"))
