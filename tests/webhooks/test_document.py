"""The receivers in the documents work as they are printed."""

import asyncio
import os
import re
import subprocess
import sys
from ipaddress import ip_network

import pytest

from clickcounter.domain.clicks import now_ms
from clickcounter.webhooks.deliveries import Message
from clickcounter.webhooks.http_client import Client
from clickcounter.webhooks.registry import new_secret
from tests.server import ROOT, free_port, listens, wait_for

BODY = '{"type":"counter.changed","data":{"counter":"door","value":7}}'


async def send(port: int, *messages: tuple[str, str, int]) -> list[int | None]:
    """The answers to messages: each with its secret, id and time."""
    client = Client([ip_network("127.0.0.1/32")])
    url = f"http://127.0.0.1:{port}/"
    answers = [await client.send(Message(1, url, s, i, "changed", BODY, shaky=False), at) for s, i, at in messages]
    await client.close()
    return [answer.status for answer in answers]


@pytest.mark.parametrize("document", ["docs/webhooks.md", "docs/ru/webhooks.md"])
def test_the_printed_receiver_accepts_what_is_signed(document: str):
    [source] = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.S)
    port, secret, now = free_port(), new_secret(), now_ms()
    environ = os.environ | {"SECRET": secret, "PORT": str(port)}
    command = [sys.executable, "-c", source]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as receiver:
        wait_for(lambda: listens(port), "the receiver listens")
        forged, signed, old = (new_secret(), "msg_0", now), (secret, "msg_1", now), (secret, "msg_2", now - 3_600_000)
        answers = asyncio.run(send(port, forged, signed, signed, old))
        receiver.kill()
        printed = receiver.stdout.read() if receiver.stdout else ""
    assert answers == [400, 204, 204, 400]
    assert printed == "counter.changed door 7\n", "once, although it came twice"
