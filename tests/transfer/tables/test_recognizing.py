"""What a table says about itself is taken; what it does not say is asked, with what the file suggests."""

import pytest

from clickcounter.errors import NotDone
from clickcounter.transfer.tables import Choice, Question, rows, summary
from clickcounter.transfer.tables.guessing import evidence
from tests.transfer.tables.reading import FILES, file_of, look_at, read

NINE = 1_772_006_400_000  # 2026-02-25 09:00 in Berlin
NINE_AND_A_BIT = NINE + 5_000


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-02-25 09:00", NINE),
        ("2026-02-25T09:00:05", NINE_AND_A_BIT),
        ("2026-02-25 9:00", NINE),
        ("2026-02-25T08:00:05.000Z", NINE_AND_A_BIT),
        ("2026-02-25 09:00:05 +0100", NINE_AND_A_BIT),
        ("25.02.2026 09:00", NINE),
        ("25.02.26 9:00", NINE),
        ("25. 2. 2026 9:00:05", NINE_AND_A_BIT),
        ("25.02.2026, 09:00:05", NINE_AND_A_BIT),
        ("25/02/2026 09:00", NINE),
        ("25-02-2026 09:00", NINE),
        ("02/25/2026 9:00 AM", NINE),
        ("2/25/2026, 9:00:05\u202fAM", NINE_AND_A_BIT),
        ("02/25/26 09:00 a.m.", NINE),
        ("2026/02/25 09:00", NINE),
        ("2026.02.25 09:00", NINE),
        ("Feb 25, 2026 9:00 AM", NINE),
        ("25 февраля 2026 09:00", NINE),
        ("Wed, 25 Feb 2026 08:00:05 GMT", NINE_AND_A_BIT),
        ("1772006400", NINE),
        ("1772006405000", NINE_AND_A_BIT),
        ("46078.375", NINE),
        ("46078,375", NINE),
    ],
)
def test_a_date_is_read_however_it_is_written(written: str, moment: int):
    assert [row.at for row in read(f'when;amount\n"{written}";1\n')] == [moment]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1", 1), ("+3", 3), ("-3", -3), ("−3", -3), (" 7", 7), ("1.0", 1), ("1,0", 1), ("1 000", 1000),
        ("1\u00a0000", 1000), ("1'000", 1000), ("1,250", 1250),
        ("1.250", 1250), ("1,000.0", 1000), ("1.000,0", 1000), ("100.000.0", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_however_it_is_written(written: str, amount: int | None):
    found = [row.amount for row in read(f'when\tamount\n2026-02-25 09:00\t"{written}"\n', unreadable="skip")]
    assert found == ([] if amount is None else [amount])


@pytest.mark.parametrize(
    ("table", "role", "index"),
    [
        ("2026-02-25 09:00,5\n", "amount", 1),
        ("5,2026-02-25 09:00\n", "time", 1),
        ("id,when,amount\n1,2026-02-25,5\n2,2026-02-25,6\n", "amount", 2),
        ("Tally of the north door\n\nwhen,amount\n2026-02-25,5\n", "time", 0),
        ("Дата,Название,Сколько\n2026-02-25,Вход,5\n", "counter", 1),
        ("Uhrzeit;Datum;Menge\n09:00;25.02.2026;5\n", "clock", 0),
        ("time;date\n09:00;25.02.2026\n", "date", 1),
        ("when,direction\n2026-02-25,in\n2026-02-25,out\n", "action", 1),
        ("amount,when,amount\n5,2026-02-25,6\n", "amount", 0),
        ("date,price\n25.02.2026,1.00\n25.02.2026,2.00\n", "amount", 1),
        ('[{"count": 5, "day": "2026-02-25"}, {"count": 6, "day": "2026-02-26"}]', "time", 1),
        ('[{"count": 5, "day": "2026-02-25"}, {"count": 6, "day": "2026-02-26"}]', "total", 0),
    ],
)
def test_columns_are_known_by_name_or_by_what_they_hold(table: str, role: str, index: int):
    assert look_at(table).plan.columns[role] == index


def test_one_row_is_one_press_where_no_amount_is():
    assert [(row.amount, row.counter) for row in read("when,name\n2026-02-25,A\n2026-02-25,B\n")] == [(1, "A"), (1, "B")]


def test_each_column_may_be_a_counter():
    table = "Datum;Uhrzeit;Kaffee;Tee;\n25.02.2026;09:00;2;;\n25.02.2026;10:00;0;1;\n"
    assert [(row.line, row.at, row.counter, row.amount) for row in read(table)] == [
        (2, NINE, "Kaffee", 2),
        (3, NINE + 3_600_000, "Tee", 1),
    ]
    assert [row.amount for row in read(table, amount="Tee", unreadable="skip")] == [1]
    assert look_at(table.replace("Kaffee", "Anzahl")).plan.meaning == "amounts"


def test_dates_that_a_spreadsheet_made_of_our_own_times_are_utc():
    table = (FILES / "click_counter.csv").read_text("utf-8-sig").replace("T17:05:09.123Z", " 17:05:09")
    assert read(table)[0].at == 1_795_626_309_000


def test_words_for_plus_and_minus_give_the_sign():
    table = "when,type,amount\n2026-02-25,In,2\n2026-02-25,Выход,3\n2026-02-25,out,-1\n2026-02-25,in,4\n"
    assert [row.amount for row in read(table)] == [2, -3, -1, 4]


@pytest.mark.parametrize("decisive", ["13/04/2026", "04/13/2026"])
def test_one_day_above_twelve_decides_for_the_whole_file(decisive: str):
    table = "when,amount\n" + "03/04/2026,1\n" * 2_000 + f"{decisive},1\n"
    assert len({row.at for row in read(table)}) == 2


def test_an_ambiguous_date_is_asked_with_both_readings():
    table = "when,amount\n03/04/2026,1\n05/04/2026,1\n"
    assert look_at(table).questions == (
        Question(
            "dates",
            (Choice("dmy", "03/04/2026 → 2026-04-03", 2), Choice("mdy", "03/04/2026 → 2026-03-04", 2)),
            "dmy",
        ),
    )
    assert [row.at for row in read(table, dates="mdy")] == [
        row.at for row in read("when,amount\n2026-03-04,1\n2026-05-04,1\n")
    ]


def test_a_reading_in_the_future_is_ruled_out(monkeypatch: pytest.MonkeyPatch):
    table = "when,amount\n12/01/2026,1\n12/02/2026,1\n"
    assert look_at(table.replace("2026", "2025")).questions != ()
    monkeypatch.setattr(evidence, "now_ms", lambda: NINE)
    assert (look_at(table).plan.dates, look_at(table).questions) == ("dmy", ())


def test_the_likelier_reading_is_the_one_in_order():
    table = "when,amount\n" + "".join(f"{month:02}/0{day}/2025,1\n" for month in (1, 2, 3) for day in (2, 5, 8))
    assert look_at(table).questions[0].value == "mdy"


def test_an_ambiguous_thousand_is_asked():
    table = 'when,amount\n2026-02-25,"1,000"\n'
    assert look_at(table).questions == (
        Question("decimal", (Choice(".", "1,000 → 1000", 1), Choice(",", "1,000 → 1", 1)), "."),
    )
    assert read('when,amount\n2026-02-25,"1,000"\n2026-02-25,"1,250"\n')[0].amount == 1000
    assert read('when,amount\n2026-02-25,"1,000"\n2026-02-25,"2,0"\n')[0].amount == 1


@pytest.mark.parametrize("order", [1, -1])
def test_numbers_that_only_rise_are_asked_about(order: int):
    days = [f"2026-02-{day},{40 + day}\n" for day in range(10, 20)][::order]
    table = "day,value\n" + "".join(days)
    [question] = look_at(table).questions
    assert (question.setting, question.value, [choice.value for choice in question.choices]) == (
        "meaning", "totals", ["totals", "amounts"],
    )  # fmt: skip
    assert sum(row.amount for row in read(table, meaning="totals")) == 59
    assert sum(row.amount for row in read(table, meaning="amounts")) == sum(range(50, 60))


@pytest.mark.parametrize(("first", "asked"), [(1, 0), (41, 1)])
def test_a_column_called_amount_is_asked_about_only_if_it_looks_like_totals(first: int, asked: int):
    table = "when,amount\n" + "".join(f"2026-02-25 09:0{n},{first + n}\n" for n in range(6))
    assert len(look_at(table).questions) == asked


def test_amounts_that_rise_and_fall_are_not_asked_about():
    assert [row.amount for row in read("day,count\n2026-02-10,4\n2026-02-11,9\n2026-02-12,2\n")] == [4, 9, 2]


def test_every_setting_can_be_answered():
    table = "a|b|c\n25.02.2026|x|5\n"
    found = look_at(
        table, separator="|", header="1", time="a", amount="3", counter="b", dates="dmy", decimal=",", meaning="amounts",
        encoding="cp1251", note="",
    )  # fmt: skip
    assert found.plan.columns == {"time": 0, "amount": 2, "counter": 1}
    assert {question.setting: question.value for question in found.settings} | {
        "separator": "|", "time": "1", "amount": "3", "counter": "2", "note": "", "encoding": "cp1251", "header": "1",
    } == {question.setting: question.value for question in found.settings}  # fmt: skip


def test_a_chosen_column_takes_the_place_of_the_guessed_one():
    table = "when,a,b\n2026-02-25,5,7\n"
    assert [row.amount for row in read(table, amount="b")] == [7]
    assert look_at(table, amount="").plan.meaning == "presses"
    assert look_at(table, time="", counter="when").plan.columns == {"counter": 0, "amount": 1}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"colour": "red"}, "There is no setting “colour”. There are: encoding, separator"),
        ({"dates": "ymdd"}, "“dates” cannot be “ymdd”. Possible: iso, dmy, mdy"),
        ({"time": "5"}, "“time” cannot be “5”. Possible: when, amount."),
        ({"separator": "x"}, "“separator” cannot be “x”. Possible: comma, semicolon, tab, |"),
        ({"header": "-1"}, "“header” cannot be “-1”"),
        ({"time": ""}, "No column with dates was found among when, amount."),
    ],
)
def test_an_answer_that_cannot_be_is_refused(answers: dict[str, str], sentence: str):
    with pytest.raises(NotDone) as refused:
        look_at("when,amount\n2026-02-25,1\n", **answers)
    assert sentence in str(refused.value)


def test_a_line_that_cannot_be_read_is_named_and_may_be_skipped():
    table = "when,amount\n2026-02-25,1\nTotal,1\n"
    plan = look_at(table).plan
    whole = summary(file_of(table), plan)
    assert (whole.left_out, whole.unreadable, whole.counters[0].sum) == (1, 1, 1)
    with pytest.raises(NotDone, match="Line 3: “Total” is not a date"):
        list(rows(file_of(table), plan))
    assert len(read(table, unreadable="skip")) == 1
