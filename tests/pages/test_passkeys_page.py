"""Passkeys in a real Chromium, whose devtools have a device with a fingerprint reader."""

from typing import Any

from playwright.sync_api import CDPSession, expect

from tests.browser import TabPage
from tests.conftest import Open
from tests.pages.accounts import PASSWORD, fill, register, shows_error
from tests.server import BackEnd

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_in(tab: TabPage) -> tuple[CDPSession, str]:
    """Give the tab's browser a device that keeps passkeys."""
    devtools = tab.page.context.new_cdp_session(tab.page)
    devtools.send("WebAuthn.enable")
    added: dict[str, Any] = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return devtools, added["authenticatorId"]


def test_a_passkey_signs_in_without_a_password_until_it_is_removed(back_end: BackEnd, tab: Open):
    here = tab()
    start = here.page.url
    devtools, device = plug_in(here)
    here.page.goto(start + "account")
    register(here, "Ann")
    here.page.goto(start + "account")
    here.element("passkeys_title").locator("summary").click()
    fill(here, "passkey-add", name="", password=PASSWORD)
    shows_error(here, "passkey-add", "key_name")
    fill(here, "passkey-add", name="Phone <b>", password=PASSWORD)
    expect(here.element("passkey").locator("bdi")).to_have_text("Phone <b>")
    fill(here, "passkey-add", name="Again", password=PASSWORD)
    shows_error(here, "passkey-add", "passkey_known")

    here.element("sign-out").click()
    here.element("passkey-sign-in").locator("button").click()
    here.is_state("connected")
    here.has("person", name="Ann")
    [(used, count)] = back_end.query("SELECT used_at IS NOT NULL, sign_count FROM passkey")
    assert (bool(used), count > 1) == (True, True)

    here.page.goto(start + "account")
    here.element("passkeys_title").locator("summary").click()
    here.element("passkey-remove").click()
    expect(here.element("passkey")).to_have_count(0)
    here.element("sign-out").click()
    here.element("passkey-sign-in").locator("button").click()
    shows_error(here, "passkey-sign-in", "passkey_unknown")
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    here.element("passkey-sign-in").locator("button").click()
    shows_error(here, "passkey-sign-in", "passkey_cancelled")
