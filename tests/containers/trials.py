"""What is tried with the images: the commands of docs/deploy/containers.md as they stand there, and then the promises."""

import asyncio
import re
import time
import urllib.request

from tests.containers.engine import Engine
from tests.raw import RawClient, record_until_saved
from tests.server import ROOT, answers, wait_for

PAGE = ROOT / "docs" / "deploy" / "containers.md"
MOST_MEGABYTES = 250
PORT, FRONT = 3000, 8080
STOPPED_WITHIN, READY_WITHIN = 10.0, 10.0  # seconds
COMPOSE = "docker compose -f deploy/compose.yaml"
SERVERS = ("back-1", "back-2", "back-3", "front", "postgres", "valkey")


def commands(section: str) -> list[str]:
    """The docker commands of one section of the page, a command on several lines as one."""
    text = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.M | re.S)
    assert text, section
    blocks = re.findall(r"(?:^ {4}.*\n)+", text[1], re.M)
    lines = re.sub(r" \\\n +", " ", "".join(blocks)).splitlines()
    return [line.strip() for line in lines if re.match(r" {4}(\w+=\S+ )?(docker|curl|export) ", line)]


def said(what: str, kept: bool) -> bool:
    """Print whether a promise was kept, and return it."""
    print(f"{'ok  ' if kept else 'FAIL'} {what}", flush=True)
    return kept


async def press(port: int) -> int:
    """One press through a socket. Returns the number that its tab then sees."""
    async with RawClient(port) as client:
        await client.until(lambda: "count" in client.frame)
        before = client.frame["count"]
        await record_until_saved(client, client.click())
        await client.sees(before + 1)
        return int(before) + 1


def pressed(port: int, number: int) -> bool:
    """Whether a press makes the counter this number."""
    found = asyncio.run(press(port))
    return said(f"a press through a socket makes it {found}", found == number)


def sizes(engine: Engine) -> list[bool]:
    """How large the image is, and what it lacks."""
    whole, base = (int(engine.about(name)["Size"]) / 1e6 for name in ("clickcounter", base_image()))
    packed = int(engine.shell("docker save clickcounter | gzip -6 | wc -c")) / 1e6
    inside = engine.shell(
        "docker run --rm --user 0 --entrypoint find clickcounter / -xdev -name node -o -path '*/tests/raw.py'"
    )
    compiled = [
        len(engine.shell(f"docker run --rm --entrypoint find clickcounter /opt -name '*.{ending}'").split())
        for ending in ("py", "pyc")
    ]
    user = engine.shell("docker run --rm --entrypoint id clickcounter -u").strip()
    return [
        said(f"the image has {whole:.0f} MB, {base:.0f} of them its base", whole <= MOST_MEGABYTES),
        said(f"it is a download of {packed:.0f} MB", packed <= MOST_MEGABYTES),
        said("without Node and tests", inside == ""),
        said(f"{compiled[1]} of {compiled[0]} Python files are compiled", compiled[1] > 0.99 * compiled[0]),
        said(f"as user {user}", user.isdigit() and user != "0"),
    ]


def base_image() -> str:
    """The base image's name in the Dockerfile."""
    return str(re.findall(r"^FROM (debian:\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.M)[0])


def one_container(engine: Engine) -> list[bool]:
    """The quick start; then the same data with nothing that the server does not need."""
    build, simple, strict, *later = commands("One container")
    engine.shell(build)
    kept = sizes(engine)
    for number, command in enumerate((simple, strict), 1):
        began = time.monotonic()
        engine.shell(command)
        wait_for(lambda: answers(f"http://127.0.0.1:{PORT}/readyz"), "/readyz answers")
        took = time.monotonic() - began
        kept.append(said(f"{command}: /readyz after {took:.1f} s", took <= READY_WITHIN))
        kept.append(said("the page is served", _page(PORT)))
        kept.append(said("a picture of the number is drawn", _picture(PORT)))
        kept.append(pressed(PORT, number))
        kept.append(said(f"healthy after {engine.is_healthy('counter'):.0f} s more", True))
        print(f"     {engine.docker('stats', '--no-stream', '--format', '{{.MemUsage}}, {{.PIDs}} processes', 'counter')}")
        if command == strict:
            kept.append(said("it cannot write outside its folders", _cannot_write(engine)))
            _follow(engine, later, PORT)
            kept.append(pressed(PORT, number + 1))
        began = time.monotonic()
        engine.docker("stop", "--time", "30", "counter")
        took, code = time.monotonic() - began, engine.about("counter")["State"]["ExitCode"]
        ended = took <= STOPPED_WITHIN and code in (0, 143)
        kept.append(said(f"SIGTERM ends it within {took:.1f} s, with code {code}", ended))
        engine.docker("rm", "counter")
    return kept


def _follow(engine: Engine, lines: list[str], port: int) -> None:
    """Run commands as they stand in the page; then the server answers."""
    for line in lines:
        engine.shell(line)
        print(f"ok   {line}", flush=True)
    wait_for(lambda: answers(f"http://127.0.0.1:{port}/readyz"), "/readyz answers", 60)


def _picture(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/c/counter/picture.png", timeout=30) as answer:
        return answer.read().startswith(b"\x89PNG")


def _page(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/c/counter", timeout=10) as answer:
        return b"data-back-end" in answer.read()


def _cannot_write(engine: Engine) -> bool:
    outside = "for folder in / /opt/clickcounter /etc /usr; do touch $folder/x 2>/dev/null && echo $folder; done"
    return engine.docker("exec", "counter", "sh", "-c", f"{outside}; touch /data/x /tmp/x") == ""


def several(engine: Engine) -> list[bool]:
    """The topology of compose.yaml from nothing, each part replaced, and the whole once more on the same data."""
    up, *replacing = commands("Several back ends")
    began = time.monotonic()
    engine.shell(up)
    password = up.partition(" ")[0]
    wait_for(lambda: answers(f"http://127.0.0.1:{FRONT}/readyz"), "/readyz answers through nginx", 120)
    kept = [said(f"{up}: /readyz through nginx after {time.monotonic() - began:.0f} s", True)]
    names = {name: engine.shell(f"{password} {COMPOSE} ps -q {name}").strip() for name in SERVERS}
    for name in SERVERS:
        engine.is_healthy(names[name])
    kept.append(said("every service is healthy", True))
    kept += [_confined(engine, name, container) for name, container in names.items()]
    kept.append(said("nginx serves the page", _page(FRONT)))
    kept.append(pressed(FRONT, 1))
    for number, victim in enumerate(("back-1", "valkey", "postgres", "front"), 2):
        engine.docker("kill", names[victim])
        engine.docker("start", names[victim])
        wait_for(lambda: answers(f"http://127.0.0.1:{FRONT}/readyz"), "/readyz answers again", 60)
        print(f"     {victim} was killed and started")
        kept.append(pressed(FRONT, number))
    for line in replacing:
        engine.shell(f"export {password}; {line}")
        name = line.split()[-1]
        if name in SERVERS:
            engine.is_healthy(engine.shell(f"{password} {COMPOSE} ps -q {name}").strip())
        wait_for(lambda: answers(f"http://127.0.0.1:{FRONT}/readyz"), "/readyz answers again", 60)
        print(f"ok   {line}", flush=True)
    kept.append(pressed(FRONT, 6))
    engine.shell(f"{password} {COMPOSE} down")
    engine.shell(up)
    wait_for(lambda: answers(f"http://127.0.0.1:{FRONT}/readyz"), "/readyz answers through nginx", 120)
    print("     down and up")
    kept.append(pressed(FRONT, 7))
    printed = engine.shell(f"{password} {COMPOSE} exec -T back-2 clickcounter verify")
    kept.append(said(f"verify: {printed.strip().splitlines()[-1]}", True))
    engine.shell(f"{password} {COMPOSE} down --volumes")
    return kept


def _confined(engine: Engine, name: str, container: str) -> bool:
    about = engine.about(container)
    host, user = about["HostConfig"], about["Config"]["User"]
    limits = f"{host['Memory'] / 2**20:.0f} MiB, {host['NanoCpus'] / 1e9:g} processors, {host['PidsLimit']} processes"
    confined = (
        host["ReadonlyRootfs"]
        and host["CapDrop"] == ["ALL"]
        and host["SecurityOpt"] == ["no-new-privileges:true"]
        and {"max-size", "max-file"} <= set(host["LogConfig"]["Config"])
        and all((host["Memory"], host["NanoCpus"], host["PidsLimit"]))
        and re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", user) is not None
    )
    return said(f"{name} is confined: user {user}, {limits}", confined)
