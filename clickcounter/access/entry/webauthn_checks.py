"""The parts of WebAuthn that py_webauthn does: the options for a browser, and whether its answer is right.

The package is imported when somebody first uses a passkey: it brings OpenSSL, which takes a tenth of a second and 15 MB.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clickcounter.access.entry.passkeys import NewPasskey, Passkey
from clickcounter.errors import Refused

TIMEOUT = 120_000  # ms that a browser waits for its person
LONGEST_ID = 1_364  # characters of base64url: 1,023 bytes, as the standard allows
LONGEST_KEY = 1_000
NAME = "Click Counter"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What both sides agreed on: a challenge, for a page of this origin, whose host is the RP ID."""

    challenge: bytes
    origin: str
    rp_id: str


def creation_options(ceremony: Ceremony, name: str, handle: bytes, known: list[Passkey]) -> dict[str, Any]:
    """What the browser asks a device for a new passkey with. The devices that have one are left out."""
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json
    from webauthn.helpers import structs

    here = [one for one in known if one.rp_id == ceremony.rp_id]
    options = generate_registration_options(
        rp_id=ceremony.rp_id,
        rp_name=NAME,
        user_name=name,
        user_id=handle,
        challenge=ceremony.challenge,
        timeout=TIMEOUT,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in here
        ],
    )
    return dict(json.loads(options_to_json(options)))


def request_options(ceremony: Ceremony) -> dict[str, Any]:
    """What the browser asks for any passkey of this host with: it knows which there are."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    options = generate_authentication_options(
        rp_id=ceremony.rp_id,
        challenge=ceremony.challenge,
        timeout=TIMEOUT,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def challenge_of(credential: Mapping[str, Any]) -> bytes:
    """The challenge that an answer says it answers. Raises Refused."""
    from webauthn import base64url_to_bytes
    from webauthn.helpers import parse_client_data_json

    try:
        return parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"])).challenge
    except Exception:  # whatever somebody may send
        raise Refused("passkey_wrong") from None


def new_passkey(ceremony: Ceremony, credential: Mapping[str, Any]) -> NewPasskey:
    """The passkey that an answer proves. Raises Refused."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    try:
        found = verify_registration_response(
            credential=dict(credential),
            expected_challenge=ceremony.challenge,
            expected_rp_id=ceremony.rp_id,
            expected_origin=ceremony.origin,
            require_user_verification=True,
        )
    except Exception:  # its parsers raise whatever the bytes make them
        raise Refused("passkey_wrong") from None
    made = NewPasskey(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        ceremony.rp_id,
        found.sign_count,
    )
    if len(made.credential_id) > LONGEST_ID or len(made.public_key) > LONGEST_KEY:
        raise Refused("passkey_wrong")
    return made


def sign_count_of(ceremony: Ceremony, credential: Mapping[str, Any], passkey: Passkey) -> int:
    """The device's counter after an answer that this passkey signed. Raises Refused."""
    from webauthn import base64url_to_bytes, verify_authentication_response

    try:
        found = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=ceremony.challenge,
            expected_rp_id=passkey.rp_id,
            expected_origin=ceremony.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # as above
        raise Refused("passkey_wrong") from None
    return int(found.new_sign_count)
