"""`/admin/` asks superusers for their second factor."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from clickcounter.access.entry import recovery_codes, second_factors, totp
from clickcounter.access.entry.totp import STEP
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger
from tests.admin_world import World
from tests.conftest import only_sqlite
from tests.server import BackEnd, free_port

SECRET = totp.new_secret()
pytestmark = only_sqlite
Start = Callable[..., World]


@pytest.fixture
def start(db_url: str, ledger: Ledger, tmp_path: Path):
    """Starts a back end with these settings."""
    made: list[World] = []

    def start(**environ: str) -> World:
        server = BackEnd(free_port(), tmp_path, REFLEX_DB_URL=db_url, **environ)
        server.start()
        made.append(World(server, ledger))
        return made[-1]

    yield start
    for world in made:
        world.http.close()
        world.server.stop()
        assert "Traceback" not in world.server.printed()


def set_up(world: World) -> list[str]:
    """Give the superuser a second factor; returns the recovery codes."""
    now, codes = now_ms(), recovery_codes.new_codes(SECRET, "")
    first, account = totp.code_at(SECRET, now // STEP - 1), world.accounts["superuser"]
    world.ledger.transact(lambda c: second_factors.set_up(c, account, SECRET, first, codes, now))
    return codes


def shown() -> str:
    return totp.code_at(SECRET, now_ms() // STEP)


def refusal(answer: httpx.Response, code: str) -> bool:
    """Whether this is why, with a form for the code."""
    asked = 'name="code"' in answer.text and 'action="/admin/second-factor"' in answer.text
    return answer.status_code == 403 and f'data-code="{code}"' in answer.text and asked


def test_the_pages_open_with_a_code_and_close_again_after_a_while(start: Start):
    world = start()
    assert world.get("/").status_code == 200
    codes = set_up(world)
    before = world.everything()
    for page in ("/", "/accounts", "/nothing/here"):
        assert refusal(world.get(page), "second_factor_due")
    assert refusal(world.post(f"/counters/{world.slug}/archive"), "second_factor_due")
    for code, why in (("000000", "second_factor_wrong"), ("", "second_factor"), ("é" * 6, "second_factor_wrong")):
        assert refusal(world.post("/second-factor", code=code), why)
    assert world.post("/second-factor", "owner", code=shown()).status_code == 403
    assert world.post("/second-factor", headers={"Origin": "https://evil.example"}, code=shown()).status_code == 403
    assert world.everything() == before
    code = shown()
    assert world.post("/second-factor", code=code).headers["Location"] == "/admin/?done=1"
    assert world.get("/").status_code == 200
    assert world.post(f"/counters/{world.slug}/archive").status_code == 303
    world.server.query(f"UPDATE session SET factor_at = {now_ms() - second_factors.LASTS}")
    assert refusal(world.get("/"), "second_factor_due")
    assert refusal(world.post("/second-factor", code=code), "second_factor_used")
    assert world.post("/second-factor", code=codes[0]).status_code == 303
    assert world.get("/").status_code == 200


def test_guessing_waits(start: Start):
    world = start(CLICKCOUNTER_SIGN_IN_TRIES="3")
    set_up(world)
    answers = [world.post("/second-factor", code=f"{n:06}") for n in range(6)]
    assert 'data-code="too_many"' in answers[-1].text
    assert 'data-code="too_many"' in world.post("/second-factor", code=shown()).text
    assert world.get("/").status_code == 403


def test_a_server_may_require_a_second_factor(start: Start):
    world = start(CLICKCOUNTER_ADMIN_SECOND_FACTOR="required")
    answer = world.get("/")
    assert (answer.status_code, 'data-code="second_factor_missing"' in answer.text) == (403, True)
    assert 'href="/account?from=/admin/"' in answer.text
    assert world.post(f"/counters/{world.slug}/archive").status_code == 403
    set_up(world)
    assert refusal(world.get("/"), "second_factor_due")
    assert world.post("/second-factor", code=shown()).status_code == 303
    assert world.get("/").status_code == 200
