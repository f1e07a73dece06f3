"""What a history tells of deleted notes: the last ones, however many there were."""

from clickcounter.database.engines import open_engine
from clickcounter.history.ledger_pages import MOST_DELETED, deleted_notes
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from tests.writing import add_note


def test_the_last_deleted_notes_are_told_and_whether_there_were_more(ledger: Ledger, db_url: str):
    engine = open_engine(db_url, pooled=False)
    assert deleted_notes(engine, "counter") == {"newest": 0, "oldest": 0, "keys": []}
    keys = [ledger.transact(lambda connection: add_note(connection, "counter")) for _ in range(MOST_DELETED + 1)]
    for key in keys[:-2]:
        ledger.transact(lambda connection, key=key: entries.remove(connection, "counter", key, None))
    told = deleted_notes(engine, "counter")
    assert (told["oldest"], told["keys"]) == (0, keys[-3::-1])
    for key in keys[-2:]:
        ledger.transact(lambda connection, key=key: entries.remove(connection, "counter", key, None))
    more = deleted_notes(engine, "counter")
    assert told["newest"] < more["newest"]
    assert 0 < more["oldest"] <= told["newest"]
    assert more["keys"] == keys[:0:-1]
    engine.dispose()
