"""What happens to each click, without a database."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickcounter.domain.clicks import CLICK, CLOCK_SLACK, CORRECTION, UNDO, Click
from clickcounter.domain.counter_settings import CounterSettings
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.domain.rules import LATE_FOR, RoundState, Target, decide

NOW = 2_000_000
CURRENT, CLOSED, UNKNOWN = 1, 7, 99
ENDED = 900_000  # the closed round


def state(total: int = 10, **settings: Any) -> RoundState:
    totals, started = {CURRENT: total, CLOSED: 100}, {CURRENT: 1_000_000, CLOSED: 500_000}
    return RoundState(CURRENT, totals, started, {CLOSED: ENDED}, known={"old"}, settings=CounterSettings(**settings))


def click(key: str = "k", amount: int = 1, pressed_at: int = 1_500_000, round: int = 1, **more: Any) -> Click:  # noqa: A002
    return Click(key, amount, pressed_at, round, **more)


def undo(key: str, of: str, round: int = 1) -> Click:  # noqa: A002
    return click(key, -1, round=round, kind="undo", of=of)


def test_a_click_adds_to_its_round_and_carries_the_total():
    codes, entries = decide(state(), [click("a"), click("b")], NOW)
    assert codes == {"a": "saved", "b": "saved"}
    assert [(e.round, e.total, e.time_adjusted, e.round_unknown) for e in entries] == [
        (1, 11, False, False),
        (1, 12, False, False),
    ]


def test_a_known_key_is_saved_and_writes_nothing():
    assert decide(state(), [click("old")], NOW) == ({"old": "saved"}, [])


def test_a_key_twice_in_one_batch_counts_once():
    codes, entries = decide(state(), [click("a"), click("a")], NOW)
    assert codes == {"a": "saved"}
    assert len(entries) == 1


def test_a_late_click_joins_its_closed_round():
    _, [entry] = decide(state(), [click(pressed_at=ENDED, round=7)], NOW)
    assert (entry.round, entry.total, entry.round_unknown, entry.time_adjusted) == (7, 101, False, False)


def test_a_press_after_its_rounds_end_joins_the_current_round_marked():
    clicks = [click(key, pressed_at=ENDED + CLOCK_SLACK + n, round=7) for n, key in enumerate("ab")]
    _, [within, after] = decide(state(), clicks, NOW)
    assert (within.round, within.pressed_at, within.time_adjusted) == (7, ENDED, True)
    assert (after.round, after.total, after.round_unknown) == (1, 11, True)


def test_a_round_that_ended_90_days_ago_changes_no_more():
    late = [click("a", pressed_at=ENDED, round=CLOSED)]
    _, [entry] = decide(state(), late, ENDED + LATE_FOR)
    assert (entry.round, entry.pressed_at, entry.round_unknown) == (CLOSED, ENDED, False)
    _, [entry] = decide(state(), late, ENDED + LATE_FOR + 1)
    assert (entry.round, entry.total, entry.round_unknown) == (CURRENT, 11, True), "it is not lost"
    old = state()
    old.targets = {"theirs": Target(1, CLOSED, "me", "click")}
    assert decide(old, [undo("b", "theirs", CLOSED)], ENDED + LATE_FOR + 1, "me")[0] == {"b": "undo"}
    _, [entry] = decide(state(), [click("c", 7, round=CLOSED, kind=CORRECTION)], ENDED + LATE_FOR + 1)
    assert (entry.round, entry.total) == (CLOSED, 7), "who may change the counter may do so later, too"


def test_a_press_is_backdated_by_90_days_at_most():
    now = 1_500_000 + LATE_FOR
    _, [early, late] = decide(state(), [click("a", pressed_at=1_499_999), click("b", pressed_at=1_500_000)], now)
    assert (early.pressed_at, early.time_adjusted) == (1_500_000, True)
    assert (late.pressed_at, late.time_adjusted) == (1_500_000, False)
    codes, _ = decide(state(archived_at=1_400_000), [click("a", pressed_at=1_300_000)], now)
    assert codes == {"a": "archived"}, "an archive of 90 days takes no more presses from before"


def test_a_slow_network_moves_no_press_out_of_its_closed_round():
    late = click(pressed_at=ENDED + 30_000, round=7, time_adjusted=True, claimed_at=ENDED - 1)
    _, [entry] = decide(state(), [late], NOW)
    assert (entry.round, entry.pressed_at) == (7, ENDED)


def test_a_click_of_an_unknown_round_joins_the_current_one_marked():
    _, [entry] = decide(state(), [click(round=99)], NOW)
    assert (entry.round, entry.total, entry.round_unknown) == (1, 11, True)


def test_a_wrong_clock_is_clamped_into_the_round_and_marked():
    _, [past, future] = decide(state(), [click("a", pressed_at=0), click("b", pressed_at=9_999_999)], NOW)
    assert (past.pressed_at, past.time_adjusted) == (1_000_000, True)
    assert (future.pressed_at, future.time_adjusted) == (NOW, True)


def test_a_wrong_amount_is_refused_alone():
    codes, entries = decide(state(), [click("a", 0), click("b", 25), click("c", 10**6 + 1), click("d", -5)], NOW)
    assert codes == {"a": "amount", "b": "saved", "c": "amount", "d": "saved"}
    assert [(e.click.key, e.amount, e.total) for e in entries] == [("b", 25, 35), ("d", -5, 30)]


def test_a_total_never_exceeds_what_a_browser_can_hold():
    codes, entries = decide(state(MAX_VALUE - 1), [click("a"), click("b")], NOW)
    assert codes == {"a": "saved", "b": "limit"}
    assert entries[0].total == MAX_VALUE


def test_only_the_click_that_exceeds_a_limit_is_refused():
    full = [click("a", 2), click("b", 1), click("c", 1), click("d", -1), click("e", 1)]
    codes, _ = decide(state(9, upper=11), full, NOW)
    assert codes == {"a": "saved", "b": "full", "c": "full", "d": "saved", "e": "saved"}
    codes, _ = decide(state(1), [click("a", -1), click("b", -1), click("c", 1)], NOW)
    assert codes == {"a": "saved", "b": "floor", "c": "saved"}
    assert decide(state(1, lower=None), [click("a", -5)], NOW)[0] == {"a": "saved"}


def test_beyond_a_limit_only_clicks_back_are_saved():
    codes, _ = decide(state(50, upper=11), [click("a", 1), click("b", -1)], NOW)
    assert codes == {"a": "full", "b": "saved"}


def test_only_clicks_of_a_closed_round_ignore_limits_and_archive():
    clicks = [click("a", 500, pressed_at=ENDED, round=7), click("b", 500, round=7), click("c", 500, round=99)]
    assert decide(state(10, upper=10), clicks, NOW)[0] == {"a": "saved", "b": "full", "c": "full"}
    codes, _ = decide(state(10, archived_at=1_400_000), clicks, NOW)
    assert codes == {"a": "saved", "b": "archived", "c": "archived"}


pressed = st.builds(
    click,
    st.sampled_from([f"k{n}" for n in range(6)]),
    st.one_of(st.integers(-20, 20), st.sampled_from([10**6, -(10**6), 10**6 + 1, 2**53])),
    st.one_of(st.integers(0, NOW + 100_000), st.integers(ENDED - 3_000, ENDED + 3_000), st.just(1_400_000)),
    st.sampled_from([CURRENT, CLOSED, UNKNOWN]),
    kind=st.sampled_from([CLICK, CLICK, CLICK, UNDO, CORRECTION]),
    of=st.sampled_from([f"k{n}" for n in range(6)]),
)


@given(
    st.lists(pressed, max_size=12),
    st.sampled_from([None, -10, 0]),
    st.sampled_from([None, 12, 30]),
    st.sampled_from([None, 0, 1_400_000, NOW]),
)
def test_no_named_round_opens_a_way_past_limits_and_archive(clicks, lower, upper, archived_at):
    def decided(of: list[Click]):
        counter = state(10, lower=lower, upper=upper, archived_at=archived_at)
        counter.targets = dict.fromkeys(one.of for one in clicks)
        return decide(counter, of, NOW, "me")

    codes, entries = decided(clicks)
    for entry in entries:
        one = entry.click
        if entry.round == CURRENT:
            assert archived_at is None or entry.pressed_at < archived_at
            assert one.kind != CLICK or not (entry.amount > 0 and upper is not None and entry.total > upper)
            assert one.kind != CLICK or not (entry.amount < 0 and lower is not None and entry.total < lower)
        else:
            assert one.round == CLOSED
            assert one.kind == CORRECTION or one.pressed_at <= ENDED + CLOCK_SLACK
            assert entry.pressed_at <= ENDED
        assert entry.round_unknown == (entry.round != one.round)
    for one in {one.key: one for one in reversed(clicks)}.values():  # of each key the first: the others are the same click
        if one.round == CLOSED and one.pressed_at <= ENDED and one.kind == CLICK and 1 <= abs(one.amount) <= 10**6:
            assert codes[one.key] == "saved"  # truly pressed in its round
    # Naming another round changes nothing for a click that was not made in it.
    honest = [
        one
        if one.round == CLOSED and (one.kind == CORRECTION or one.pressed_at <= ENDED + CLOCK_SLACK)
        else replace(one, round=CURRENT)
        for one in clicks
    ]
    same, expected = decided(honest)
    assert codes == same
    assert [(e.round, e.amount, e.total, e.pressed_at) for e in entries] == [
        (e.round, e.amount, e.total, e.pressed_at) for e in expected
    ]


def test_an_archived_counter_takes_only_earlier_presses():
    clicks = [click("a", pressed_at=1_399_999), click("b", pressed_at=1_400_000), click("c", 5, kind="correction")]
    codes, _ = decide(state(archived_at=1_400_000), clicks, NOW)
    assert codes == {"a": "saved", "b": "archived", "c": "archived"}


def test_an_undo_undoes_its_own_devices_click_once():
    counter = state(10, upper=10)
    counter.targets = {
        "mine": Target(3, 1, "me", "click"),
        "theirs": Target(1, 1, "them", "click"),
        "late": Target(1, 7, "me", "click"),
        "undo": Target(-1, 1, "me", "undo"),
        "gone": None,
    }
    undos = [
        undo("a", "mine"),
        undo("b", "mine"),
        undo("c", "theirs"),
        undo("d", "late"),
        undo("e", "undo"),
        undo("f", "gone"),
    ]
    codes, [entry] = decide(counter, undos, NOW, "me")
    assert codes == {"a": "saved", "b": "undone", "c": "undo", "d": "undo", "e": "undo", "f": "undo"}
    assert (entry.amount, entry.total) == (-3, 7)


def test_an_undo_may_share_a_batch_with_its_click():
    counter = state()
    counter.targets = {"a": None}
    codes, entries = decide(counter, [click("a", 4), undo("b", "a"), undo("c", "a")], NOW, "me")
    assert codes == {"a": "saved", "b": "saved", "c": "undone"}
    assert [e.total for e in entries] == [14, 10]


def test_a_correction_adds_the_difference_and_ignores_limits():
    codes, entries = decide(state(10, upper=20), [click("a", 212, kind="correction"), click("b", -1)], NOW)
    assert codes == {"a": "saved", "b": "saved"}
    assert [(e.amount, e.total) for e in entries] == [(202, 212), (-1, 211)]
    assert decide(state(), [click("a", MAX_VALUE + 1, kind="correction")], NOW)[0] == {"a": "limit"}
