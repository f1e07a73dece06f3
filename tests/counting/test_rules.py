"""What happens to each click, without a database."""

from clickcounter.counting.clicks import Click
from clickcounter.counting.rules import MAX_VALUE, Standing, decide

NOW = 2_000_000


def standing(total: int = 10) -> Standing:
    return Standing(round=1, totals={1: total, 7: 100}, started={1: 1_000_000, 7: 500_000}, known={"old"})


def click(key: str = "k", amount: int = 1, pressed_at: int = 1_500_000, round: int = 1) -> Click:  # noqa: A002
    return Click(key, amount, pressed_at, round)


def test_a_click_joins_its_round_and_carries_the_total_after_it():
    codes, entries = decide(standing(), [click("a"), click("b")], NOW)
    assert codes == {"a": "saved", "b": "saved"}
    assert [(e.round, e.total, e.time_adjusted, e.round_unknown) for e in entries] == [
        (1, 11, False, False),
        (1, 12, False, False),
    ]


def test_a_key_that_is_known_is_saved_already_and_writes_nothing():
    assert decide(standing(), [click("old")], NOW) == ({"old": "saved"}, [])


def test_a_key_twice_in_one_batch_counts_once():
    codes, entries = decide(standing(), [click("a"), click("a")], NOW)
    assert codes == {"a": "saved"}
    assert len(entries) == 1


def test_a_late_click_joins_the_closed_round_it_was_made_in():
    _, [entry] = decide(standing(), [click(round=7)], NOW)
    assert (entry.round, entry.total, entry.round_unknown) == (7, 101, False)


def test_a_click_of_an_unknown_round_counts_in_the_current_one_and_is_marked():
    _, [entry] = decide(standing(), [click(round=99)], NOW)
    assert (entry.round, entry.total, entry.round_unknown) == (1, 11, True)


def test_a_wrong_clock_is_clamped_between_the_rounds_start_and_now_and_marked():
    _, [past, future] = decide(standing(), [click("a", pressed_at=0), click("b", pressed_at=9_999_999)], NOW)
    assert (past.pressed_at, past.time_adjusted) == (1_000_000, True)
    assert (future.pressed_at, future.time_adjusted) == (NOW, True)


def test_a_wrong_amount_is_refused_alone():
    codes, entries = decide(standing(), [click("a", 0), click("b"), click("c", 10**12), click("d", -1)], NOW)
    assert codes == {"a": "amount", "b": "saved", "c": "amount", "d": "amount"}
    assert [e.click.key for e in entries] == ["b"]


def test_a_number_never_passes_what_a_browser_can_hold():
    codes, entries = decide(standing(MAX_VALUE - 1), [click("a"), click("b")], NOW)
    assert codes == {"a": "saved", "b": "limit"}
    assert entries[0].total == MAX_VALUE
