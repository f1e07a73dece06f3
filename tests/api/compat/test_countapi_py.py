"""countapi, the Python client of CountAPI, unchanged from PyPI. It comes without tests: each of its functions is called."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.api.compat.test_countapi_js import countapi  # noqa: F401  a fixture
from tests.server import BackEnd

LISTED = Path(__file__).parent / "countapi_py" / "requirements.txt"
ITS_SERVER = "https://api.countapi.xyz/"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, in a folder of its own."""
    folder = str(tmp_path_factory.mktemp("countapi-py"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    subprocess.run([*install, "--target", folder, "--requirement", str(LISTED)], check=True, timeout=300)
    sys.path.insert(0, folder)
    yield importlib.import_module("countapi")
    sys.path.remove(folder)


@pytest.fixture
def here(countapi: BackEnd, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The client knows one server by name. Its requests to it lead to the server under test instead."""
    send = HTTPAdapter.send

    def sending(self: HTTPAdapter, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        assert str(request.url).startswith(ITS_SERVER), request.url
        request.url = str(request.url).replace(ITS_SERVER, f"{countapi.url}/")
        return send(self, request, **how)

    monkeypatch.setattr(HTTPAdapter, "send", sending)


@pytest.mark.usefixtures("here")
def test_every_function_of_the_client_works(client: ModuleType):
    made = client.create_counter(namespace="test", enable_reset=True, update_lower_bound=-5, update_upper_bound=30)
    of_counter = {"key": made.key, "namespace": made.namespace}
    assert made.value == 0
    assert [client.hit_counter(**of_counter).value for _ in range(3)] == [1, 2, 3]
    assert [client.update_counter(amount, **of_counter).value for amount in (30, -5, 1)] == [33, 28, 29]
    with pytest.raises(RuntimeError, match="403"):
        client.update_counter(31, **of_counter)
    assert client.get_value(**of_counter).value == 29
    moved = client.set_value(302, **of_counter)
    assert (moved.old_value, moved.value) == (29, 302)
    info = client.get_info(**of_counter)
    assert (info.value, info.enable_reset, info.update_lower_bound, info.update_upper_bound) == (302, True, -5, 30)
    assert info.created_at.year > 2025
    assert client.get_stats().keys_created > 0
    assert client.hit_counter("alone").value == client.get_value("alone").value == 1, "without a namespace"
    with pytest.raises(RuntimeError, match="404"):
        client.get_value("nobody-has-made-this")
