"""What the first page of an empty instance says to do."""

from tests.conftest import Open
from tests.server import BackEnd, wait_for
from tests.terminal import terminal

STEPS = "[data-testid=first-steps]"


def test_an_empty_instance_says_what_to_do_until_somebody_has_counted(back_end: BackEnd, tab: Open):
    one, other = tab(), tab(profile="two")
    for each in (one, other):
        each.page.wait_for_selector(STEPS)
    steps = one.page.locator(f"{STEPS} li")
    assert steps.count() == 3
    one.element("step_name").click()
    opened = one.element("dialog-describe")
    opened.locator("[name=name]").fill("Door")
    one.submit("describe")
    one.page.wait_for_selector(STEPS)  # nobody has counted yet
    one.element("step_share").click()
    one.element("qr").locator("path").wait_for()
    one.close_dialog("share")
    one.press()
    for each in (one, other):
        each.page.wait_for_selector(STEPS, state="detached")


def test_who_has_counted_never_sees_the_steps_again(back_end: BackEnd, tab: Open):
    assert terminal(back_end.db_url, "press", "counter").returncode == 0
    assert terminal(back_end.db_url, "reset", "--yes").returncode == 0
    one = tab("/counters")
    with one.page.expect_response(lambda answer: "/history?limit=1" in answer.url) as asked:
        one.page.goto(one.page.url.replace("/counters", "/"))
    assert asked.value.json()["entries"] != []
    wait_for(lambda: one.page.evaluate("document.readyState") == "complete", "the page is done")
    assert one.page.locator(STEPS).count() == 0
