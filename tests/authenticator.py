"""A device with passkeys, in software: it answers a server's options as a browser passes them on."""

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """With one passkey; `flags`, `rp_id` and `count` are what it says of itself, rightly or not."""

    def __init__(self, rp_id: str = "localhost") -> None:
        self.rp_id, self.count, self.flags = rp_id, 10, PRESENT | VERIFIED
        self.key, self.id, self.handle = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16), ""

    def creates(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        """The answer of navigator.credentials.create()."""
        self.handle = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        client = self._client("webauthn.create", options, origin)
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(attestation))

    def gets(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        """The answer of navigator.credentials.get()."""
        self.count += 1
        client, data = self._client("webauthn.get", options, origin), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        answer = self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)
        answer["response"]["userHandle"] = self.handle
        return answer

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", self.flags | more, self.count)

    def _answer(self, **parts: bytes) -> dict[str, Any]:
        own = bytes_to_base64url(self.id)
        response = {name: bytes_to_base64url(part) for name, part in parts.items()}
        return {"id": own, "rawId": own, "type": "public-key", "response": response}

    @staticmethod
    def _client(kind: str, options: dict[str, Any], origin: str) -> bytes:
        client = {"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": False}
        return json.dumps(client).encode()
