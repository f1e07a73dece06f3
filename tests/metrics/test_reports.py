"""What pages report about their presses can be forged by anybody."""

from tests.raw import STATE, RawClient
from tests.scrape import number, scrape
from tests.server import BackEnd, until


async def test_reports_that_no_page_sends_change_nothing(back_end: BackEnd, metrics: int):
    bad = [
        None,
        [],
        {},
        "1",
        [1.5],
        [float("nan")],
        [float("inf")],
        [-1],
        [60_001],
        [True],
        [[1]],
        [1] * 31,
        [1, None],
        [10**400],
    ]
    event, count = f"{STATE}.report_times", "clickcounter_press_seen_seconds_count"
    before = number(metrics, count)
    for times in bad:
        async with RawClient(back_end.port) as tab:
            await tab.event(event, {"times": times})
            await tab.introduce()
    assert number(metrics, count) == before
    async with RawClient(back_end.port) as tab:
        await tab.event(event, {"times": [4, 60_000]})
        await until(lambda: number(metrics, count) == before + 2)
        for _ in range(20):
            await tab.event(event, {"times": [1] * 30})
        await tab.introduce()
    assert number(metrics, count) == before + 2, "a tab reports once a minute"
    assert number(metrics, "clickcounter_press_seen_seconds_bucket", le="0.005") == before + 1


async def test_a_flood_of_reports_takes_no_memory(back_end: BackEnd, metrics: int):
    async def flood(tabs: int) -> float:
        for _ in range(tabs):
            async with RawClient(back_end.port) as tab:
                for sent in range(1_000):
                    await tab.event(f"{STATE}.report_times", {"times": [sent % 100] * 30})
                await tab.record(tab.click())
        return number(metrics, "process_resident_memory_bytes")

    names = {sample.name for family in scrape(metrics) for sample in family.samples}
    warm, counted = await flood(2), number(metrics, "clickcounter_press_seen_seconds_count")
    assert await flood(6) - warm < 3_000_000
    assert number(metrics, "clickcounter_press_seen_seconds_count") <= counted + 6 * 30
    assert names == {sample.name for family in scrape(metrics) for sample in family.samples}


async def test_pages_are_asked_for_reports_only_with_metrics(back_end: BackEnd, back_end_for_all: BackEnd):
    async with RawClient(back_end.port) as asked, RawClient(back_end_for_all.port) as left_alone:
        assert (await asked.introduce())["timed"] is True
        assert "timed" not in await left_alone.introduce()
