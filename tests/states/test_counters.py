"""What any client can send to the list of counters."""

import pytest

from clickcounter.i18n.languages import LANGUAGES
from tests.lists import RawList
from tests.server import BackEnd


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"search": None, "archived": False, "before": None},
        {"search": 7, "archived": False, "before": None},
        {"search": "\ud800", "archived": False, "before": None},
        {"search": "a\0", "archived": False, "before": None},
        {"search": "x" * 1001, "archived": False, "before": None},
        {"search": "", "archived": "no", "before": None},
        {"search": "", "archived": 1, "before": None},
        {"search": "", "archived": False, "before": True},
        {"search": "", "archived": False, "before": 2**60},
        {"search": "", "archived": False, "before": [1]},
        {"search": {"a": 1}, "archived": [], "before": {}},
        {"search": "", "archived": False, "before": None, "device": 7},
        {"search": "", "archived": False, "before": None, "device": "d" * 31},
    ],
)
async def test_a_malformed_list_query_gets_an_explanation(back_end_for_all: BackEnd, payload: dict):
    async with RawList(back_end_for_all.port, "/counters") as client:
        board = await client.look(payload)
        assert board["error"] == "malformed"
        assert set(board["sentences"]) == set(LANGUAGES)
        assert (await client.look({"search": "", "archived": False, "before": None}))["total"] == 1
    assert "Traceback" not in back_end_for_all.printed()
