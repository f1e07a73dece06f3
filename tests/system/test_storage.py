"""A browser that stores nothing, or takes away what it stored, loses no press, or says so in time."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser import COUNT_STORED, READ_OUTBOX, Profile, TabPage, until
from tests.conftest import rows, value_of
from tests.installed import Phone
from tests.server import BackEnd

# Its database fails while window.broken; window.asked counts how often the page asked for lasting storage.
BREAKABLE_STORAGE = """
window.asked = 0;
navigator.storage.persist = async () => { window.asked += 1; return false; };
const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (...args) {
  if (window.broken) throw new DOMException('lost', 'InvalidStateError');
  return transaction.apply(this, args);
};
"""
# The clicks' database, and whether there is one.
DELETE_STORAGE = """() => new Promise((resolve, reject) => {
  const deleted = indexedDB.deleteDatabase('clickcounter');
  [deleted.onsuccess, deleted.onerror] = [resolve, reject];
})"""
STORAGE_EXISTS = "indexedDB.databases().then((all) => all.some(({ name }) => name === 'clickcounter'))"
# Whether this browser refuses even to open the clicks' database.
DENIED = "new Promise((denied) => { try { indexedDB.open('x').onerror = () => denied(true) } catch { denied(true) } })"


def test_a_browser_without_storage_counts_in_memory_and_warns(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.page.add_init_script("indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }")
    tab.page.reload()
    tab.is_state("connected")
    tab.press(2)
    tab.all_saved()
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(3)
    tab.sees(5)
    tab.page.get_by_text("this browser cannot store presses: keep this tab open").wait_for()
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    assert value_of(back_end) == 5


def test_a_browser_that_blocks_all_storage_shows_counts_and_warns(
    back_end: BackEnd, playwright: Playwright, origin: str, tmp_path: Path
):
    choices = tmp_path / "profile" / "Default" / "Preferences"
    choices.parent.mkdir(parents=True)
    choices.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))  # none at all
    context = Phone(playwright, origin, tmp_path / "profile").context
    display, tab = TabPage(context.new_page(), f"{origin}/c/counter/display"), TabPage(context.new_page(), origin)
    tab.is_state("connected")
    assert tab.page.evaluate(DENIED)
    tab.press(2)
    display.sees(2)
    tab.all_saved()
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(3)
    tab.page.get_by_text("this browser cannot store presses: keep this tab open").wait_for()
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    display.sees(5)
    assert value_of(back_end) == 5
    assert display.errors == tab.errors == []
    context.close()


def test_presses_are_stored_again_after_the_storage_was_lost(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.page.add_init_script(BREAKABLE_STORAGE)
    tab.page.reload()
    tab.is_state("connected")
    assert tab.page.evaluate("asked") == 0
    tab.press(2)
    tab.all_saved()
    back_end.kill()
    tab.is_state("reconnecting")
    tab.page.evaluate(COUNT_STORED)
    storage = {"origin": profile.origin, "storageTypes": "indexeddb"}
    tab.page.context.new_cdp_session(tab.page).send("Storage.clearDataForOrigin", storage)  # closes the tab's connection
    tab.press()
    tab.all_stored(1)
    notice = tab.page.get_by_text("this browser cannot store presses")
    assert not notice.is_visible()
    tab.page.evaluate("window.broken = true")
    tab.press(2)
    notice.wait_for()
    tab.page.evaluate("window.broken = false")
    tab.press()
    notice.wait_for(state="hidden")
    tab.keeps(4)
    assert tab.page.evaluate("asked") == 1
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    assert value_of(back_end) == 6


@pytest.mark.parametrize("deleted", ["by the browser", "by another page"])
def test_unsaved_presses_survive_the_loss_of_the_storage(back_end: BackEnd, profile: Profile, deleted: str):
    tab, other = profile.open(), profile.open("/favicon.svg")
    tab.is_state("connected")
    tab.page.evaluate(COUNT_STORED)
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(5)
    tab.all_stored(5)
    if deleted == "by the browser":
        storage = {"origin": profile.origin, "storageTypes": "indexeddb"}
        tab.page.context.new_cdp_session(tab.page).send("Storage.clearDataForOrigin", storage)
    else:
        other.page.evaluate(DELETE_STORAGE)
    until(other.page, f"() => {STORAGE_EXISTS}.then((there) => there && ({READ_OUTBOX})()).then((all) => all.length === 5)")
    profile.kill()
    back_end.start()
    again = profile.open()
    again.is_state("connected")
    again.all_saved()
    again.sees(5)
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(5,)]
    assert rows(back_end.database, "SELECT count(*) FROM device") == [(1,)], "the browser is still the same device"
