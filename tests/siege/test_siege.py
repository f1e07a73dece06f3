"""A short siege in every test run, without the promises about time; `make siege` is a long one, with them."""

from pathlib import Path

from tests.siege.rolling import rolling_restart
from tests.siege.run import Plan, besiege


def test_no_attack_costs_an_honest_press_the_log_or_the_end(tmp_path: Path):
    siege = besiege(Plan(seconds=1.5, clicks=20_000, devices=2_000), tmp_path)
    try:
        siege.check_stop(within=30)
        siege.check_ledger()
    finally:
        siege.server.kill()
    assert not siege.broken


def test_a_rolling_restart_behind_nginx_loses_no_press(tmp_path: Path):
    presses, broken = rolling_restart(tmp_path, tabs=60)
    assert broken == []
    assert len(presses.waited) == len(presses.pressed)
