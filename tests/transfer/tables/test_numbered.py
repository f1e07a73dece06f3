"""A column that is called “counter” and holds numbers: names such as 2024, or what a counter showed."""

import pytest

from clickcounter.errors import NotDone
from clickcounter.transfer.tables import Choice, Question
from tests.transfer.tables.reading import look_at, read


def table(heading: str, *rows: str) -> str:
    """Rows a day apart, under these headings."""
    return "\n".join([heading, *(f"2026-02-{day},{row}" for day, row in enumerate(rows, 10))])


def counted(content: str, **answers: str) -> list[tuple[str, int]]:
    return [(row.counter, row.amount) for row in read(content, **answers)]


@pytest.mark.parametrize(
    "heading",
    [
        "date,counter,amount",
        "date,counter,clicks",
        "date,counter,total",
        "datum,zähler,anzahl",
        "date,name,amount",
        "дата,имя,итог",
    ],
)
def test_numbers_beside_amounts_are_names(heading: str):
    found = counted(table(heading, "2024,5", "2025,7", "2024,2"), meaning="amounts")
    assert found == [("2024", 5), ("2025", 7), ("2024", 2)]


def test_numbers_beside_words_are_asked_about():
    rows = table("date,action,counter", "plus,2024", "minus,2025", "plus,2024")
    [question] = look_at(rows).questions
    assert ([choice.value for choice in question.choices], question.value) == (["amounts", "presses"], "presses")
    assert counted(rows, meaning="presses") == [("2024", 1), ("2025", -1), ("2024", 1)]
    assert counted(rows, meaning="amounts") == [("", 2024), ("", -2025), ("", 2024)]


def test_numbers_beside_amounts_without_times_are_names():
    assert counted("counter,amount\n2024,1\n2025,1\n") == [("2024", 1), ("2025", 1)]
    assert counted("counter,count\n2024,5\n2025,7\n") == [("2024", 5), ("2025", 7)]


@pytest.mark.parametrize(
    "rows",
    [["2,2", "5,3", "4,-1", "6,2"], ["6,2", "4,-1", "5,3", "2,2"]],
    ids=["oldest first", "newest first"],
)
def test_what_a_counter_showed_after_each_amount_is_no_name(rows: list[str]):
    amounts = [int(row.split(",")[1]) for row in rows]
    assert counted(table("date,counter,amount", *rows)) == [("", amount) for amount in amounts]


@pytest.mark.parametrize("years", [("2024", "2025", "2026"), ("2026", "2025", "2024"), ("2024", "2025")], ids=len)
def test_numbers_that_rise_by_each_amount_are_asked_about(years: tuple[str, ...]):
    rows = table("date,counter,amount", *(f"{year},1" for year in years))
    names, totals = Choice("2", f"{years[0]}: +1", len(years)), Choice("", f"{years[0]}, {years[1]} → +1", len(years))
    assert look_at(rows).questions == (Question("counter", (names, totals), "2"),)
    assert counted(rows, counter="2") == [(year, 1) for year in years]
    assert counted(rows, counter="") == [("", 1)] * len(years)


@pytest.mark.parametrize(
    "rows",
    [["1,1", "2,1", "3,1"], ["3,1", "2,1", "1,1"], [f"{2024 + n},1" for n in range(60)], ["2024,1", "2026,2", "2027,1"]],
    ids=["from 0", "from 0, newest first", "many", "different amounts"],
)
def test_what_can_only_be_what_a_counter_showed_is_not_asked_about(rows: list[str]):
    head, *days = "date,counter,amount", *(f"2026-02-10 {n // 60:02}:{n % 60:02},{row}" for n, row in enumerate(rows))
    assert counted("\n".join([head, *days])) == [("", int(row.split(",")[1])) for row in rows]


def test_a_name_beside_numbers_is_the_name():
    rows = table("date,name,counter", "Door,1", "Door,4", "Lift,2", "Door,5")
    assert look_at(rows).plan.columns == {"time": 0, "counter": 1, "total": 2}


def test_numbers_that_come_again_are_asked_about():
    years = table("date,counter", "2024", "2025", "2024")
    found = look_at(years)
    amounts, presses = Choice("amounts", "2024 → +2024", 3), Choice("presses", "2024: +1", 3)
    assert found.questions == (Question("meaning", (amounts, presses), "presses"),)
    assert found.plan.columns == {"time": 0, "counter": 1}
    assert counted(years, meaning="presses") == [("2024", 1), ("2025", 1), ("2024", 1)]
    assert counted(years, meaning="amounts") == [("", 2024), ("", 2025), ("", 2024)]
    assert counted(years, counter="2") == [("2024", 1), ("2025", 1), ("2024", 1)]


def test_small_numbers_that_come_again_are_rather_amounts():
    assert look_at(table("date,counter", "1", "2", "1")).plan.meaning == "amounts"
    with pytest.raises(AssertionError):
        read(table("date,counter", "1", "2", "1"))


def test_numbers_that_rise_and_come_again_may_be_totals_as_well():
    [question] = look_at(table("date,counter", "2024", "2024", "2025", "2025")).questions
    assert [(choice.value, choice.example) for choice in question.choices] == [
        ("totals", "2024, 2025 → +1"), ("amounts", "2025 → +2025"), ("presses", "2024: +1"),
    ]  # fmt: skip
    assert question.value == "presses"
    assert look_at(table("date,counter", "5", "6", "6", "7", "9")).plan.meaning == "totals"


def test_numbers_of_which_none_comes_again_are_no_names():
    [question] = look_at(table("date,counter", "1", "2", "5")).questions
    assert [choice.value for choice in question.choices] == ["totals", "amounts"]
    assert counted(table("date,counter", "5", "3", "8")) == [("", 5), ("", 3), ("", 8)]


def test_a_choice_of_the_column_is_kept():
    years = table("date,counter", "2024", "2025", "2024")
    assert look_at(years, meaning="presses", total="2").plan.columns == {"time": 0, "total": 1}
    with pytest.raises(NotDone):
        look_at(years, counter="nowhere")
