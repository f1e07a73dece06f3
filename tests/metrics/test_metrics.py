"""Metrics of real back ends, scraped as Prometheus scrapes them."""

import json
import re
import socket
from pathlib import Path

import pytest

from tests.cluster import Start
from tests.conftest import only_sqlite
from tests.lists import STATE as LISTS
from tests.raw import STATE, RawClient
from tests.scrape import OPENMETRICS, number, scrape
from tests.server import ROOT, BackEnd, Nginx, answers, free_port, until, wait_for

LABELS = {"outcome", "page", "pool", "direction", "result", "le"}
NAME = re.compile(r"\b(?:clickcounter|process)_[a-z_]+")


def listening(back_end: BackEnd) -> set[tuple[str, int]]:
    """Addresses and ports on which the back end's processes listen."""
    inodes: set[str] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (
                back_end.process is None
                or int((folder / "stat").read_text().rpartition(")")[2].split()[2]) != back_end.process.pid
            ):
                continue  # another process group
            inodes |= {str(file.readlink()) for file in (folder / "fd").iterdir()}
        except OSError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            address, _, port = cells[1].partition(":")
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in inodes:
                found.add((address, int(port, 16)))
    return found


async def test_presses_move_the_numbers(back_end: BackEnd, metrics: int):
    before = {family.name: family for family in scrape(metrics)}
    async with RawClient(back_end.port) as tab, RawClient(back_end.port) as other:
        await until(lambda: number(metrics, "clickcounter_tabs") == 2)
        answer = await tab.record(tab.click(), tab.click(), tab.click(amount=0))
        assert sorted(answer["codes"].values())[-2:] == ["saved", "saved"]
        await other.sees(tab.frame["count"])
        assert number(metrics, "clickcounter_presses_total", outcome="saved") == 2
        assert number(metrics, "clickcounter_presses_total") == 3
        await tab.event(f"{STATE}.record", tab.payload("nonsense", device="nobody"))
        assert (await tab.answer())["error"] == "malformed"
        assert number(metrics, "clickcounter_presses_total", outcome="malformed") == 1
        assert (
            number(metrics, "clickcounter_commit_seconds_count") == number(metrics, "clickcounter_commit_presses_count") >= 1
        )
        assert number(metrics, "clickcounter_commit_presses_sum") == 3
        assert number(metrics, "clickcounter_commit_presses_bucket", le="5.0") >= 1
        assert number(metrics, "clickcounter_waiting_presses") == 0
        assert number(metrics, "clickcounter_watching_tabs", page="counter") == 2
        assert number(metrics, "clickcounter_frame_sends_total") >= number(metrics, "clickcounter_frames_total") >= 1
    await until(lambda: number(metrics, "clickcounter_tabs") == 0)
    assert before.keys() == {family.name for family in scrape(metrics)}, "no name appears later"


async def test_questions_lists_and_rereads_are_counted(back_end: BackEnd, metrics: int):
    asked = number(metrics, "clickcounter_pool_seconds_count", pool="opening")
    async with RawClient(back_end.port, "/counters") as tab:
        await tab.event(f"{LISTS}.look", {"search": "", "archived": False, "before": None})
        await until(lambda: number(metrics, "clickcounter_watching_tabs", page="list") == 1)
        await tab.introduce()
    await until(lambda: number(metrics, "clickcounter_pool_seconds_count", pool="opening") > asked)
    rereads, late = (
        number(metrics, name) for name in ("clickcounter_rereads_total", "clickcounter_event_loop_lag_seconds_count")
    )
    await until(lambda: number(metrics, "clickcounter_rereads_total") > rereads)
    await until(lambda: number(metrics, "clickcounter_event_loop_lag_seconds_count") > late)
    await until(lambda: number(metrics, "clickcounter_pool_running") == number(metrics, "clickcounter_pool_waiting") == 0)
    assert number(metrics, "process_resident_memory_bytes") > 10_000_000


async def test_two_workers_of_one_server_are_scraped_apart(start: Start):
    first, _ = free_port(), [free_port() for _ in range(4)]  # whose neighbours stay free
    cluster = start({"CLICKCOUNTER_METRICS": str(first), "CLICKCOUNTER_WORKERS": "2"})
    said = re.compile(r"metrics at http://127\.0\.0\.1:(\d+)/metrics")
    await until(lambda: len(said.findall(cluster.workers[0].printed())) == 2)
    ports = {int(port) for port in said.findall(cluster.workers[0].printed())}
    assert len(ports) == 2
    async with RawClient(cluster.workers[0].port) as tab:
        for _ in range(5):
            await tab.record(tab.click())
        assert sum(number(port, "clickcounter_presses_total", outcome="saved") for port in ports) == 5
        assert sum(number(port, "clickcounter_tabs") for port in ports) == 1
    received = "clickcounter_relay_messages_total"
    await until(lambda: all(number(port, received, direction="received") > 0 for port in ports))
    assert sum(number(port, "clickcounter_relay_missed_total") for port in ports) == 0


@only_sqlite
async def test_messages_that_never_arrived_are_counted(start: Start):
    port = free_port()
    cluster = start({"CLICKCOUNTER_METRICS": str(port)})
    [channel] = wait_for(lambda: cluster.redis.client.pubsub_channels("*:relay"), "the relay listens")
    for turn in (7, 8, 11):
        message = {"from": "stranger", "turn": turn, "snapshots": [], "lookers": None}
        assert cluster.redis.client.publish(channel, json.dumps(message)) == 1
    await until(lambda: number(port, "clickcounter_relay_messages_total", direction="received") == 3)
    assert number(port, "clickcounter_relay_missed_total") == 2


def test_metrics_are_off_by_default(back_end_for_all: BackEnd):
    assert {port for _, port in listening(back_end_for_all)} == {back_end_for_all.port}


def test_metrics_listen_on_this_machine_alone(back_end: BackEnd, metrics: int):
    assert ("0100007F", metrics) in listening(back_end)
    assert len(listening(back_end)) == 2


def test_the_public_addresses_have_no_metrics(back_end: BackEnd, tmp_path: Path):
    site = tmp_path / "no-pages"
    site.mkdir()
    nginx = Nginx(site, free_port(), tmp_path / "nginx", [back_end.port] * 3)
    nginx.start()
    try:
        wait_for(lambda: answers(f"{nginx.origin}/readyz"), "it is ready")
        assert not answers(f"{nginx.origin}/metrics")
        assert not answers(f"{back_end.url}/metrics")
    finally:
        nginx.stop()


def test_an_address_that_cannot_be_had_does_not_stop_the_server(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path, CLICKCOUNTER_METRICS="192.0.2.1:9464")  # nobody has this address
    server.start()
    try:
        assert "no metrics at 192.0.2.1" in server.printed()
    finally:
        server.kill()


def test_a_client_that_says_nothing_blocks_no_other(back_end: BackEnd, metrics: int):
    with socket.create_connection(("127.0.0.1", metrics)) as silent:
        silent.sendall(b"GET /metrics HTTP/1.1\r\n")
        assert number(metrics, "process_open_fds") > 0


async def test_no_metric_names_a_counter_a_device_or_a_person(back_end: BackEnd, metrics: int):
    async with RawClient(back_end.port) as tab:
        await tab.record(tab.click())
        await tab.introduce()
        families = scrape(metrics, OPENMETRICS)
    values = {(name, value) for family in families for sample in family.samples for name, value in sample.labels.items()}
    assert {name for name, _ in values} == LABELS
    assert not {value for _, value in values} & {"", tab.device}
    assert {value for name, value in values if name == "page"} == {"counter", "list"}
    assert len(values) < 80


@pytest.mark.parametrize("document", ["docs/metrics.md", "docs/ru/metrics.md"])
def test_the_document_lists_every_metric(back_end: BackEnd, metrics: int, document: str):
    listed = {
        line.split("|")[1].strip(" `") for line in (ROOT / document).read_text().splitlines() if line.startswith("| `")
    }
    ours = {family.name + ("_total" if family.type == "counter" else "") for family in scrape(metrics)}
    assert listed == {name for name in ours if name.startswith("clickcounter_")}
    text = (ROOT / document).read_text()
    assert set(NAME.findall(text)) <= samples(metrics) | listed


def test_every_panel_of_the_dashboard_asks_for_what_exists(back_end: BackEnd, metrics: int):
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    queries = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in panels}
    assert len(queries) == len(panels) > 10
    exist = samples(metrics)
    for title, asked in queries.items():
        names = {name for query in asked for name in NAME.findall(query)}
        assert names, title
        assert names <= exist, title
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    shown = {
        re.sub(r"_(bucket|count|sum)$", "", name) for asked in queries.values() for q in asked for name in NAME.findall(q)
    }
    assert {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in exist if name.startswith("clickcounter_")} <= shown


def samples(port: int) -> set[str]:
    return {sample.name for family in scrape(port) for sample in family.samples}
