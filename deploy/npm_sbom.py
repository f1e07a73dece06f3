"""Prints the packages of the pages, those of reflex.lock/package-lock.json, as CycloneDX.

npm's own `npm sbom` refuses a lock in which one package asks for another version of a peer than it gets; Reflex's has two.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

LOCK = Path(__file__).parent.parent / "reflex.lock" / "package-lock.json"


def bill_of_materials(lock: dict[str, Any]) -> dict[str, Any]:
    """The lock's packages as CycloneDX 1.6."""
    named = [(path.rpartition("node_modules/")[2], entry) for path, entry in lock["packages"].items() if path]
    components = {found["purl"]: found for found in (_component(name, entry) for name, entry in named)}
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": list(components.values())}


def _component(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    scope, _, short = name.rpartition("/")
    purl = f"pkg:npm/{quote(scope, safe='') + '/' if scope else ''}{short}@{entry['version']}"
    digest = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
    licence = {"licenses": [{"license": {"id": entry["license"]}}]} if "license" in entry else {}
    named = {"group": scope, "name": short} if scope else {"name": short}
    hashes = [{"alg": "SHA-512", "content": digest}]
    return {
        "type": "library",
        "bom-ref": purl,
        **named,
        "version": entry["version"],
        "hashes": hashes,
        **licence,
        "purl": purl,
    }


if __name__ == "__main__":
    json.dump(bill_of_materials(json.loads(LOCK.read_text(encoding="utf-8"))), sys.stdout, indent=2)
