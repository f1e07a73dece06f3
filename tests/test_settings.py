"""Settings from the environment."""

import pytest
from sqlalchemy.engine import make_url

from clickcounter.errors import SettingInvalid
from clickcounter.places import ROOT
from clickcounter.settings import from_environment


def test_the_default_database_is_in_the_project_root():
    assert from_environment({}).db_url == f"sqlite:///{ROOT}/clickcounter.db"
    assert from_environment({"REFLEX_DB_URL": "sqlite:////elsewhere/a.db"}).db_url == "sqlite:////elsewhere/a.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REFLEX_DB_URL", "nonsense"),
        ("REFLEX_DB_URL", "mysql://a/b"),
        ("CLICKCOUNTER_MAX_WAITING", "many"),
        ("CLICKCOUNTER_FRAME_SHARE", "2"),
        ("CLICKCOUNTER_FIRST_COUNTER", "mine"),
        ("CLICKCOUNTER_DEVICES_PER_HOUR", "none"),
        ("CLICKCOUNTER_METRICS", "on"),
        ("CLICKCOUNTER_METRICS", "0"),
        ("CLICKCOUNTER_METRICS", "65536"),
        ("CLICKCOUNTER_METRICS", "http://localhost:9464"),
        ("CLICKCOUNTER_METRICS", "::1:9464"),
    ],
)
def test_an_invalid_setting_is_named(name: str, value: str):
    with pytest.raises(SettingInvalid, match=name):
        from_environment({name: value})


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("", None),
        ("off", None),
        ("9464", ("127.0.0.1", 9464)),
        ("10.0.0.5:9464", ("10.0.0.5", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        ("localhost:9464", ("localhost", 9464)),
    ],
)
def test_metrics_are_off_or_on_this_machine_unless_named(given: str, address: tuple[str, int] | None):
    assert from_environment({"CLICKCOUNTER_METRICS": given}).metrics == address


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("postgresql://me:p%40w@a:5432,b:5433/db?target_session_attrs=read-write", "a,b"),
        ("postgres://me:p%40w@[::1],[::2]:5433/db?target_session_attrs=read-write", "::1,::2"),
    ],
)
def test_several_hosts_reach_psycopg_in_libpq_form(given: str, host: str):
    url = from_environment({"REFLEX_DB_URL": given}).db_url
    dialect = make_url(url).get_dialect()()
    _, arguments = dialect.create_connect_args(make_url(url))
    assert dialect.driver == "psycopg"
    expected = {"host": host, "port": "5432,5433", "user": "me", "password": "p@w", "dbname": "db"}
    assert arguments == expected | {"target_session_attrs": "read-write"}
    assert from_environment({"REFLEX_DB_URL": url}).db_url == url
