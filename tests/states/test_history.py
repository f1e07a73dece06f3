"""What any client can send to a counter's history."""

from datetime import UTC, datetime

import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.raw import RawClient
from tests.server import BackEnd

STATE = "reflex___state____state.clickcounter___states___history____history_state"
GOOD = {"counter": "counter", "span": "day", "zone": "Asia/Kathmandu", "round": None, "device": None} | {
    "since": None,
    "until": None,
    "by_device": False,
}
DAY = 86_400_000
PAGE = {"counter": "counter"}


class RawHistory(RawClient):
    """A tab that shows a history."""

    def _receive_replies(self, delta: dict) -> None:
        super()._receive_replies(delta)
        for name, value in delta.get(STATE, {}).items():
            self.received[name.removesuffix("_rx_state_")] = value

    async def __aenter__(self) -> "RawHistory":
        self.received: dict = {}
        await super().__aenter__()
        return self

    async def look(self, **changes: object) -> dict:
        self.received = {}
        await self.event(f"{STATE}.look", GOOD | changes)
        return dict(await self.until(lambda: self.received.get("view")))

    async def page(self, **payload: object) -> dict:
        self.received = {}
        await self.event(f"{STATE}.page", dict.fromkeys(("round", "device", "since", "until", "after")) | PAGE | payload)
        return dict(await self.until(lambda: self.received.get("older")))


async def test_weeks_start_on_the_day_that_the_browser_says_or_its_language_has(back_end_for_all: BackEnd):
    async with RawHistory(back_end_for_all.port, "/c/counter/history") as client:
        await client.hears({"counter": "counter"})
        for week_start in range(1, 8):
            week = await client.look(span="week", zone="UTC", week_start=week_start)
            assert datetime.fromtimestamp(week["bars"][0][0] / 1000, UTC).isoweekday() == week_start
        usual = await client.look(span="week", zone="UTC")  # as tabs of an older version ask
        assert datetime.fromtimestamp(usual["bars"][0][0] / 1000, UTC).isoweekday() == 1
        for wrong in (0, 8, "1", 1.5, True):
            assert (await client.look(week_start=wrong))["error"] == "malformed"


async def test_history_shows_chart_leaders_rounds_and_pages_of_clicks(back_end_for_all: BackEnd):
    async with RawHistory(back_end_for_all.port, "/c/counter/history") as client:
        await client.hears({"counter": "counter"})
        await client.record(*(client.click() for _ in range(120)))
        view = await client.look()
        assert (view["amount"], view["width"], view["rounds"][0]["total"]) == (120, "hour", 120)
        assert sum(amount for _, _, amount, _, _ in view["bars"]) == 120
        assert [leader["up"] for leader in view["leaders"]] == [120]
        assert len(view["rows"]) == 50
        rows, after = view["rows"], view["next"]
        while after:
            page = await client.page(after=after)
            rows, after = rows + page["rows"], page["next"]
        assert [row["total"] for row in rows] == list(range(120, 0, -1))
        assert (await client.look(span="week"))["width"] == "day"
        assert (await client.look(span="round", round=1))["amount"] == 120
        assert (await client.look(span="round", round=2))["error"] == "no_counter"
        mine = await client.look(span="round", device=view["leaders"][0]["number"])
        assert (mine["amount"], mine["width"], len(mine["rows"])) == (120, "quarter", 50)
        assert (await client.look(device=2**40))["amount"] == 0
        every = await client.look(span="all", by_device=True)
        assert (every["amount"], every["width"], [leader["up"] for leader in every["leaders"]]) == (120, "quarter", [120])
        assert [sum(amounts) for *_, amounts in every["parts"]] == [120]
        now = every["now"]
        lately = await client.look(span="between", since=now - DAY, until=now)
        assert (lately["amount"], len(lately["rows"]), lately["leaders"][0]["up"]) == (120, 50, 120)
        assert lately["bars"][0][0] % 900_000 == lately["bars"][-1][1] % 900_000 == 0
        earlier = await client.look(span="between", since=now - 2 * DAY, until=now - DAY)
        assert (earlier["amount"], earlier["rows"], earlier["leaders"], earlier["bars"][-1][4]) == (0, [], [], 0)
        assert (await client.page(since=now - DAY, until=now))["rows"] == lately["rows"]
        assert (await client.page(since=0, until=now - DAY))["rows"] == []


async def test_an_answer_names_its_question_and_calls_without_a_name_work(back_end_for_all: BackEnd):
    async with RawHistory(back_end_for_all.port, "/c/counter/history") as client:
        assert (await client.look(turn="7f"))["turn"] == "7f"
        assert (await client.look(turn="8a", span="century"))["turn"] == "8a"
        assert (await client.page(turn="9b"))["turn"] == "9b"
        for nameless in ({}, {"turn": None}, {"turn": 7}, {"turn": ["x"]}, {"turn": "x" * 65}):
            assert (await client.look(**nameless))["turn"] is None
            assert (await client.page(**nameless))["turn"] is None


async def test_a_zone_that_the_server_does_not_know_is_utc(back_end_for_all: BackEnd):
    async with RawHistory(back_end_for_all.port, "/c/counter/history") as client:
        year = {"span": "between", "since": 1_735_689_600_000, "until": 1_767_225_600_000}  # 2025, by months
        expected = (await client.look(zone="UTC", **year))["bars"]
        assert (await client.look(zone="Asia/Tokyo", **year))["bars"] != expected
        for zone in ("Europe/Nowhere", "../x"):
            assert (await client.look(zone=zone, **year))["bars"] == expected


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"counter": "nowhere"}, "no_counter"),
        ({"counter": None}, "no_counter"),
        ({"span": "century"}, "malformed"),
        ({"span": []}, "malformed"),
        ({"zone": 7}, "malformed"),
        ({"span": "between"}, "period"),
        ({"span": "between", "since": 1}, "period"),
        ({"span": "between", "since": 2, "until": 1}, "period"),
        ({"span": "between", "since": 1, "until": 1}, "period"),
        ({"span": "between", "since": 0, "until": 5_000_000_000_000}, "stretches"),
        ({"span": "between", "since": 0, "until": 2**60}, "malformed"),
        ({"span": "between", "since": "0", "until": 1}, "malformed"),
        ({"by_device": 1}, "malformed"),
        ({"round": "1"}, "malformed"),
        ({"device": [1]}, "malformed"),
        ({"account": "1"}, "malformed"),
    ],
)
async def test_a_malformed_history_query_gets_an_explanation(back_end_for_all: BackEnd, changes, error):
    async with RawHistory(back_end_for_all.port, "/c/counter/history") as client:
        view = await client.look(**changes)
        assert (view["error"], set(view["sentences"])) == (error, set(LANGUAGES))
        assert (await client.page(after=[1, 2]))["error"] == "malformed"
    assert "Traceback" not in back_end_for_all.printed()
