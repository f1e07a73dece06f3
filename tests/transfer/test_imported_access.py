"""Who may view and press an imported counter: an import opens nothing that was closed."""

import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.access import accounts, sessions
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportSource, import_file
from tests.raw import new_key
from tests.sql import ask
from tests.transfer.samples import all_rows, write_export
from tests.writing import order

PRIVATE = {"name": "Secret", "visibility": "members", "press": "members"}
PHONE = Caller(None, "d" * 64)
Query = Callable[[str], list[tuple]]


def sign_up(url: str) -> Caller:
    """A new account that is signed in."""
    session, ledger = new_key() * 2, Ledger(url)
    account = ledger.transact(lambda connection: accounts.create(connection, "Ann", "no hash", now_ms()))
    ledger.transact(lambda connection: sessions.create(connection, account, session, "", now_ms()))
    ledger.close()
    return Caller(session, "e" * 64)


def private_counter(url: str, by: Caller | None) -> str:
    ledger = Ledger(url)
    slug = ledger.transact(lambda connection: counters.create(connection, PRIVATE, rounds.new_round_id(), by))
    ledger.close()
    return slug


def exported(url: str, tmp_path: Path, *without: str) -> ImportSource:
    """An export of everything, without some fields of its counters, as an older version wrote it."""
    path = write_export(url, tmp_path / "all.jsonl", ExportRequest(with_hashes=True))
    records = [json.loads(line) for line in path.read_text().splitlines()]
    kept = [{name: value for name, value in record.items() if name not in without} for record in records]
    path.write_text("".join(json.dumps(record) + "\n" for record in kept))
    return ImportSource(path, "counter", ZoneInfo("UTC"))


def access(url: str) -> dict[str, tuple[str, str]]:
    rows = ask(url, "SELECT slug, visibility, press FROM counter")
    return {slug: (visibility, press) for slug, visibility, press in rows}


def test_a_private_counter_that_moves_stays_private(db_url: str, other_url: str, tmp_path: Path):
    slug = private_counter(db_url, None)
    import_file(other_url, exported(db_url, tmp_path), print)
    assert access(other_url) == {"counter": ("listed", "anyone"), slug: ("members", "members")}


@pytest.mark.parametrize("without", [(), ("visibility", "press")], ids=["this version", "an older one"])
def test_an_import_never_changes_the_access_of_a_counter_that_exists(
    db_url: str, other_url: str, tmp_path: Path, without: tuple[str, ...]
):
    ann = sign_up(other_url)
    slug = private_counter(other_url, ann)  # without clicks: it takes over the file's settings
    ledger = Ledger(db_url)
    public = {"name": "Secret", "description": "from the file"}
    assert ledger.transact(lambda c: counters.create(c, public, rounds.new_round_id(), None)) == slug
    ledger.write([order(counter=slug)])
    ledger.close()
    ask(other_url, "UPDATE counter SET press = 'signed_in', visibility = 'link' WHERE slug = 'counter'")
    import_file(other_url, exported(db_url, tmp_path, *without), print, ann)
    assert access(other_url) == {"counter": ("link", "signed_in"), slug: ("members", "members")}
    assert ask(other_url, f"SELECT description, value FROM counter WHERE slug = '{slug}'") == [("from the file", 1)]


def test_an_older_file_opens_a_new_counter_only_for_its_owner(db_url: str, other_url: str, tmp_path: Path):
    slug = private_counter(db_url, None)
    source = exported(db_url, tmp_path, "visibility", "press")
    import_file(other_url, source, print)
    assert access(other_url)[slug] == ("link", "members")
    ask(other_url, f"DELETE FROM round WHERE counter_id = (SELECT id FROM counter WHERE slug = '{slug}')")
    ask(other_url, f"DELETE FROM counter WHERE slug = '{slug}'")
    import_file(other_url, source, print, PHONE)
    assert access(other_url)[slug] == ("listed", "anyone")
    assert ask(other_url, f"SELECT owner_device IS NULL FROM counter WHERE slug = '{slug}'") == [(0,)]


def test_a_private_counter_needs_an_account_as_its_owner(db_url: str, other_url: str, tmp_path: Path):
    slug = private_counter(db_url, None)
    before = all_rows(other_url)
    for by in (PHONE, Caller(None, None), Caller("nobody's", None)):
        with pytest.raises(Refused, match="needs_account"):
            import_file(other_url, exported(db_url, tmp_path), print, by)
        (tmp_path / "all.jsonl").unlink()
    assert all_rows(other_url) == before
    import_file(other_url, exported(db_url, tmp_path), print, sign_up(other_url))
    assert access(other_url)[slug] == ("members", "members")
    assert ask(other_url, "SELECT role FROM member") == [("owner",)]
