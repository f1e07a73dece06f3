"""The simulation of benchmarks/ repeats what was measured, obeys the laws of queues and names the walls."""

import pytest

from benchmarks.many_machines import many_counters, one_counter, row_limit
from benchmarks.simulate import CLOSE, SLOWER_IN_THE_BENCHMARK, benchmark, costs, measured, name_of, run

cells = pytest.mark.parametrize("cell", measured()["cells"], ids=name_of)


@cells
def test_the_simulation_repeats_each_measured_median(cell: dict):
    said = run(costs(), cell["tabs"], cell["rate"], cell["seconds"], cell["presses"])
    assert said.shown == 1
    assert said.p50 == pytest.approx(cell["p50"], rel=CLOSE)


@cells
def test_it_repeats_the_benchmarks_median_wherever_both_measurements_agree(cell: dict):
    p50, _ = benchmark()[cell["tabs"], cell["rate"], cell["presses"]]
    if name_of(cell) in SLOWER_IN_THE_BENCHMARK:
        assert cell["p50"] < (1 - CLOSE) * p50, "measured alike now: no reason to let it off"
    else:
        said = run(costs(), cell["tabs"], cell["rate"], cell["seconds"], cell["presses"])
        assert said.p50 == pytest.approx(p50, rel=CLOSE)


def test_the_measured_cells_can_be_trusted():
    for cell in measured()["cells"]:
        assert cell["lost"] == 0, cell
        assert cell["all_right"], cell
        assert cell["others"] < 0.5, "something else used the machine"


def test_the_same_seed_gives_the_same_result():
    one, two, other = (run(costs(), 100, 1000, 1, seed=seed) for seed in (1, 1, 2))
    assert (one.p50, one.p99) == (two.p50, two.p99)
    assert one.p99 != other.p99


@pytest.mark.parametrize("rate", [5, 50, 500])
def test_more_tabs_are_never_faster(rate: float):
    medians = [run(costs(), tabs, rate, 2).p50 for tabs in (10, 100, 500, 1000)]
    assert medians == sorted(medians)


def test_more_cores_are_never_slower():
    assert run(costs(), 1000, 50, 2, cores=4).p50 <= run(costs(), 1000, 50, 2, cores=2).p50


def test_littles_law_holds_for_waiting_presses():
    seconds, rate = 4, 2000
    worker = run(costs(), 100, rate, seconds).worker
    clicks = len(worker.saved)
    assert clicks == seconds * rate
    assert worker.wait_area == pytest.approx(worker.waited)
    assert 0 < worker.waited / clicks < 0.05


def test_the_writer_is_as_busy_as_its_commits_cost():
    one, events, seconds, presses = costs(), 800, 2, 5
    worker = run(one, 100, events * presses / seconds, seconds, presses).worker
    work = worker.commits * one.commit_writer + events * (one.commit_event + presses * one.commit_press)
    lock = worker.writer.worked - work  # to get Python's lock back when the event loop has taken it
    assert 0 <= lock < 0.2 * work


def test_no_thread_works_more_than_all_the_time():
    result = run(costs(), 1000, 3000, 2)
    assert all(0 < share <= 1 for share in result.machine_busy.values())
    assert sum(result.machine_busy.values()) <= 2


def test_one_counters_wall_is_its_rows_lock():
    found = one_counter(20, 2000, 100_000, seconds=1)
    assert found.wall == "the row's lock"
    assert found.saved <= row_limit()


def test_several_rows_move_that_wall():
    one, ten = (one_counter(20, 2000, 60_000, slots=slots, seconds=1) for slots in (1, 10))
    assert ten.saved > 2 * one.saved


def test_a_million_tabs_need_many_machines():
    assert one_counter(1, 1_000_000, 10, seconds=20).busy["memory"] > 1
    few, many = (one_counter(machines, 100_000, 20, seconds=3) for machines in (5, 50))
    assert many.p50 < few.p50


def test_a_million_counters_fill_the_relay_that_all_share():
    busy = many_counters(1000, 1_000_000, 100_000)
    assert max(busy, key=lambda name: busy[name]) == "the relay"
    assert busy["the relay"] > 1 > busy["memory"]
