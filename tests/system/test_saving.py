"""A press is shown at once and saved exactly once, whatever server and network do meanwhile."""

import signal
from pathlib import Path

from tests.browser import Profile
from tests.conftest import rows, value_of
from tests.proxy import Proxy, in_background
from tests.server import BackEnd, free_port
from tests.terminal import terminal

PRESS_STEADILY = """({times, every}) => new Promise((resolve) => {
  const button = document.querySelector('[data-testid=click]');
  const timer = setInterval(() => { button.click(); if (--times === 0) { clearInterval(timer); resolve(); } }, every);
})"""
# For each press: the number of animation frames until the number on screen changed.
FRAMES_UNTIL_SEEN = """async (times) => {
  const button = document.querySelector('[data-testid=click]');
  const count = document.querySelector('[data-testid=count]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const needed = [];
  for (let i = 0; i < times; i++) {
    const before = Number(count.dataset.value);
    button.click();
    let frames = 0;
    while (Number(count.dataset.value) <= before && frames < 60) { await frame(); frames++; }
    needed.push(frames);
    await frame();
  }
  return needed;
}"""

MS_UNTIL_SAVED = """async () => {
  const began = performance.now();
  document.querySelector('[data-testid=click]').click();
  const unsaved = document.querySelector('[data-testid=unsaved]');
  do { await new Promise((resolve) => setTimeout(resolve, 5)); } while (unsaved.dataset.value !== '0');
  return performance.now() - began;
}"""


def test_clicks_in_flight_to_a_killed_server_count_once(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    back_end.send(signal.SIGSTOP)
    tab.press(5)
    tab.sees(5)
    back_end.kill()
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    tab.sees(5)
    assert value_of(back_end) == 5


def test_fast_presses_all_count_in_few_batches(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.page.evaluate(PRESS_STEADILY, {"times": 300, "every": 50})
    tab.all_saved()
    tab.sees(300)
    assert value_of(back_end) == 300
    batches = rows(back_end.database, "SELECT count(DISTINCT saved_at) FROM click")[0][0]
    first, last = rows(back_end.database, "SELECT min(saved_at), max(saved_at) FROM click")[0]
    assert batches <= (last - first) / 100 + 2  # an event is at most one transaction here


def test_offline_presses_show_within_one_frame(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    assert max(tab.page.evaluate(FRAMES_UNTIL_SEEN, 20)) <= 1
    back_end.kill()
    tab.is_state("reconnecting")
    assert max(tab.page.evaluate(FRAMES_UNTIL_SEEN, 20)) <= 1


def test_presses_on_a_slow_network_show_within_one_frame(ports: tuple[int, int], profile: Profile, tmp_path: Path):
    far = BackEnd(free_port(), tmp_path)
    far.start()
    with in_background(Proxy(far.port, ports[0])) as network:
        tab = profile.open()
        tab.is_state("connected")
        network.delay = 0.15  # each way
        assert max(tab.page.evaluate(FRAMES_UNTIL_SEEN, 20)) <= 1
        assert tab.page.evaluate(MS_UNTIL_SAVED) >= 300
        tab.all_saved()
        tab.sees(21)
    far.kill()


def test_a_saved_click_survives_an_immediate_kill(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    for turn in range(1, 21):
        tab.is_state("connected")
        tab.press()
        tab.all_saved()
        back_end.kill()
        assert rows(back_end.database, "SELECT count(*) FROM click")[0][0] == turn
        back_end.start()
        tab.page.evaluate("dispatchEvent(new Event('online'))")  # retry now rather than a little later


def test_a_click_delivered_after_a_reset_joins_its_own_round(back_end: BackEnd, profile: Profile):
    tab = profile.open()
    tab.is_state("connected")
    tab.press(3)
    tab.all_saved()
    back_end.kill()
    tab.is_state("reconnecting")
    tab.press(2)
    terminal(back_end.db_url, "reset", "--yes").check_returncode()
    back_end.start()
    tab.is_state("connected")
    tab.all_saved()
    tab.sees(0)
    assert rows(back_end.database, "SELECT number, total FROM round ORDER BY number") == [(1, 5), (2, 0)]
    assert terminal(back_end.db_url, "verify").returncode == 0
    tab.never_stepped_back()
