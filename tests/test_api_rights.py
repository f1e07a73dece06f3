"""Every route of the HTTP API, asked with each kind of key and compared with the table of docs/rights.md."""

import pytest

from tests.rights_api import DIALOGS, ROUTES
from tests.rights_world import MEMBERS, OPEN, world_of
from tests.server import ROOT, BackEnd
from tests.test_rights import back_end_for_all  # noqa: F401  a fixture

ASKED = ROUTES | DIALOGS
SECTION = "The HTTP API with a key"


def table() -> dict[str, dict[str, bool]]:
    """Whether each kind of key may ask for a route: {route: {kind: right}}."""
    section = (ROOT / "docs" / "rights.md").read_text().split(f"## {SECTION}")[1].split("\n## ")[0]
    head, _, *rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(head[1:], (cell == "yes" for cell in row[1:]), strict=True)) for row in rows}


def test_the_table_lists_every_route():
    assert table().keys() == ASKED.keys()


@pytest.mark.parametrize("title", [MEMBERS, OPEN])
async def test_a_keys_rights_over_http_are_what_the_table_says(back_end_for_all: BackEnd, title: str):  # noqa: F811
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(title)
        for route, kinds in table().items():
            for kind, may in kinds.items():
                headers = world.bearer(kind, slug)
                before = world.everything()
                assert await ASKED[route](world, headers, slug) == may, f"{kind}: {route}"
                assert may or world.everything() == before, f"{kind}: {route}"
                if may and not route.startswith("GET "):
                    slug, _ = world.counter(title)  # the other one is no longer as it was


async def test_a_key_that_is_none_is_refused_everywhere(back_end_for_all: BackEnd):  # noqa: F811
    async with world_of(back_end_for_all) as world:
        before = world.everything()
        for text in ("x", "cc_p_" + "a" * 32, "cc_m_" + "b" * 32):
            for route, ask in ASKED.items():
                assert not await ask(world, {"Authorization": f"Bearer {text}"}, "counter"), route
        assert world.everything() == before
