"""Who can see a counter and who can press, as owners set it in a browser."""

import re

from playwright.sync_api import expect

from tests.browser import seconds, usually_within
from tests.conftest import Open
from tests.pages.accounts import PASSWORD, fill, register
from tests.server import BackEnd


def test_invitations_and_access_changes_take_effect_within_a_second(back_end: BackEnd, tab: Open):
    owner = tab("/counters")
    owner.element("search").fill("Door")
    owner.element("make-named").click()
    owner.follow("Door", "door")
    owner.press(2)
    stranger = tab("/c/door", "two")
    stranger.is_state("connected")
    stranger.element("menu").click()
    expect(stranger.element("menu-who")).to_be_visible()
    for what in ("correct", "describe", "reset", "access", "members", "claim"):
        expect(stranger.element(f"menu-{what}")).to_be_hidden()
    stranger.page.keyboard.press("Escape")

    owner.element("menu").click()
    owner.element("menu-account").click()
    register(owner, "Ann")
    owner.is_state("connected")
    owner.has("person", name="Ann")
    owner.open_dialog("claim")
    owner.submit("claim")
    dialog = owner.open_dialog("access")
    dialog.get_by_test_id("press-members").check()
    owner.submit("access")
    sun = stranger.element("click")
    took = [seconds(lambda: expect(sun).to_have_attribute("aria-disabled", "true"))]
    expect(sun).to_contain_text("Watch only")
    stranger.page.get_by_text("only members can press").wait_for()
    dialog = owner.open_dialog("access")
    dialog.get_by_test_id("visibility-members").check()
    owner.submit("access")
    took.append(seconds(lambda: expect(sun).to_contain_text("Members only")))
    expect(stranger.element("count")).not_to_have_attribute("data-value", re.compile("."))

    dialog = owner.open_dialog("members")
    dialog.get_by_test_id("invite").click()
    link = dialog.get_by_test_id("invitation").input_value()
    assert re.fullmatch(r"http://localhost:\d+/c/door#invite=[\w-]{43}", link)
    stranger.page.goto("about:blank")
    stranger.page.goto(link)
    expect(stranger.page).not_to_have_url(re.compile("invite"))
    stranger.element("to-account").click()
    register(stranger, "Bob")
    stranger.is_state("connected")
    stranger.press()
    stranger.sees(3)
    owner.sees(3)

    owner.close_dialog("members")
    dialog = owner.open_dialog("members")
    expect(dialog.locator("li[data-role=counter]")).to_contain_text("Bob")
    dialog.get_by_test_id("revoke").click()
    expect(dialog.locator("li")).to_have_count(1)
    took.append(seconds(lambda: expect(sun).to_contain_text("Members only")))
    expect(sun).to_have_attribute("aria-disabled", "true")

    # A tab without access comes back by itself: after an invitation or a sign-in in another tab, or once open to everyone.
    dialog.get_by_test_id("invite").click()
    link = dialog.get_by_test_id("invitation").input_value()
    stranger.page.evaluate("void (window.stays = true)")
    other = tab("/counters", "two")
    other.page.goto(link)
    other.is_state("connected")
    took.append(seconds(lambda: stranger.is_state("connected")))
    stranger.sees(3)
    stranger.press()
    owner.sees(4)
    other.page.goto(other.page.url.partition("/c/")[0] + "/account")
    other.element("sign-out").click()
    expect(sun).to_contain_text("Members only")
    fill(other, "sign-in", name="Bob", password=PASSWORD)
    stranger.is_state("connected")
    stranger.press()
    owner.sees(5)
    dialog.get_by_test_id("revoke").click()
    took.append(seconds(lambda: expect(sun).to_contain_text("Members only")))
    owner.close_dialog("members")
    dialog = owner.open_dialog("access")
    dialog.get_by_test_id("visibility-link").check()
    dialog.get_by_test_id("press-anyone").check()
    owner.submit("access")
    took.append(seconds(lambda: stranger.is_state("connected")))
    stranger.press()
    owner.sees(6)
    assert usually_within(1, took)
    assert stranger.page.evaluate("window.stays"), "the page reloaded"
    assert "invite=" not in back_end.printed()
    assert back_end.query("SELECT value FROM counter WHERE slug = 'door'") == [(6,)]


def test_the_last_of_many_members_can_be_removed(back_end: BackEnd, tab: Open):
    owner = tab("/counters")
    owner.element("search").fill("Crowd")
    owner.element("make-named").click()
    owner.follow("Crowd", "crowd")
    owner.press()
    owner.all_saved()
    many = "WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < 1201) "
    back_end.query(
        f"{many} INSERT INTO account (id, name, password_hash, superuser, created_at) SELECT i, 'P' || i, '', 0, i FROM n"
    )
    member = "SELECT (SELECT id FROM counter WHERE slug = 'crowd'), i, 'viewer', i FROM n"
    back_end.query(f"{many} INSERT INTO member (counter_id, account_id, role, created_at) {member}")
    dialog = owner.open_dialog("members")
    rows = dialog.get_by_test_id("members").locator("li")
    expect(rows).to_have_count(200)
    dialog.get_by_test_id("more-members").click()
    expect(rows).to_have_count(201)
    expect(rows.last.get_by_test_id("role")).to_be_focused()
    rows.last.get_by_test_id("remove").click()
    expect(rows).to_have_count(200)
    expect(dialog.get_by_test_id("more-members")).to_have_count(0)
    assert back_end.query("SELECT COUNT(*), MAX(account_id) FROM member") == [(200, 1200)]
