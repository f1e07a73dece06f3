"""Firefox as Playwright can drive it: run as a program, it starts the real one and stands between the two.

Playwright speaks a newer WebDriver BiDi than Debian's Firefox ESR. What that one does not know yet, and no test needs, is
answered here. So no driver is to be installed.
"""

import asyncio
import json
import re
import shutil
import sys

import aiohttp
from aiohttp import web

from tests.needs import FIREFOXES

UNKNOWN = {"emulation.setMediaFeaturesOverride"}
LISTENS = re.compile(r"(WebDriver BiDi listening on )(ws://\S+)")


def firefox_path() -> str:
    """The path of the installed Firefox."""
    return next(p for name in FIREFOXES if (p := shutil.which(name)))


async def serve(target: str) -> str:
    """A websocket server that hands everything on to `target` and back; its address."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse(max_msg_size=0)
        await client.prepare(request)
        async with aiohttp.ClientSession() as session, session.ws_connect(target + request.path, max_msg_size=0) as firefox:

            async def back() -> None:
                async for message in firefox:
                    await client.send_str(message.data)
                await client.close()

            answering = asyncio.create_task(back())
            async for message in client:
                command = json.loads(message.data)
                if command["method"] in UNKNOWN:
                    await client.send_json({"type": "success", "id": command["id"], "result": {}})
                else:
                    await firefox.send_str(message.data)
            answering.cancel()
        return client

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"ws://127.0.0.1:{runner.addresses[0][1]}"


async def main(arguments: list[str]) -> int:
    """Run Firefox until it ends; its exit code."""
    firefox = await asyncio.create_subprocess_exec(firefox_path(), *arguments, stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    async for line in firefox.stderr:
        said = line.decode(errors="replace").rstrip()
        if found := LISTENS.search(said):
            said = found[1] + await serve(found[2])
        print(said, file=sys.stderr, flush=True)
    return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
