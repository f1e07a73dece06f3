"""Where a URL with Sentinels leads; tests/ha and test_relay.py connect to real ones."""

import pytest

from clickcounter.live.redis_connection import connected
from clickcounter.settings import from_environment


@pytest.mark.parametrize(
    ("url", "sentinels", "login", "number", "sentinel_password"),
    [
        ("redis+sentinel://a/mymaster", [("a", 26379)], (None, None), 0, None),
        ("redis+sentinel://a:1,b:2/mymaster/", [("a", 1), ("b", 2)], (None, None), 0, None),
        ("redis+sentinel://:p%40w@a:1,[::1]:2/mymaster/3", [("a", 1), ("::1", 2)], (None, "p@w"), 3, None),
        ("redis+sentinel://me:pw@[::1]/mymaster/0?sentinel_password=s%2F", [("::1", 26379)], ("me", "pw"), 0, "s/"),
    ],
)
async def test_a_url_names_sentinels_and_what_they_watch(url, sentinels, login, number, sentinel_password):
    assert from_environment({"REFLEX_REDIS_URL": url}).redis_url == url
    async with connected(url) as redis:
        pool = redis.connection_pool
        asked = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert pool.service_name == "mymaster"
    assert [(of["host"], of["port"]) for of in asked] == sentinels
    assert {of["password"] for of in asked} == {sentinel_password}
    master = pool.connection_kwargs
    assert (master["username"], master["password"], master["db"]) == (*login, number)
