"""Settings that people can change, and their answers."""

from collections.abc import Mapping, Sequence

from clickcounter.transfer.tables.errors import bad_file
from clickcounter.transfer.tables.guessing.columns import Column
from clickcounter.transfer.tables.guessing.headings import plain
from clickcounter.transfer.tables.plan import (
    DATES,
    DECIMALS,
    ENCODINGS,
    MEANINGS,
    ROLES,
    SEPARATORS,
    UNREADABLE,
    Choice,
    Plan,
    Question,
)

OF_ALL = ("encoding", "separator", "header", "sheet", "dates", "decimal", "meaning", "unreadable")
SETTINGS = (*OF_ALL, *ROLES)


def check_names(answers: Mapping[str, str]) -> None:
    """Raises BadFile."""
    for name in answers:
        if name not in SETTINGS:
            raise bad_file("table_unknown_setting", name=name[:40], choices=", ".join(SETTINGS))


def chosen(answers: Mapping[str, str], name: str, values: Sequence[str], words: Mapping[str, str] | None = None) -> str:
    """The answer about a setting; "" if there is none. Raises BadFile."""
    if name not in answers:
        return ""
    answer = (words or {}).get(answers[name], answers[name])
    if answer not in values:
        names = {value: word for word, value in (words or {}).items()}
        choices = ", ".join(names.get(value, value) for value in values)
        raise bad_file("table_setting", name=name, value=answer[:40], choices=choices)
    return answer


def chosen_header(answers: Mapping[str, str], last: int) -> int | None:
    """The line of the column names as the answer says it. Raises BadFile."""
    numbers = [str(number) for number in range(last + 1)]
    answer = chosen(answers, "header", numbers)
    return int(answer) if answer else None


def with_chosen_roles(roles: dict[str, int], columns: Sequence[Column], answers: Mapping[str, str]) -> dict[str, int]:
    """The guessed roles, changed by the answers: the number of a column from 1, its name, or "" for none. Raises BadFile."""
    places = {plain(column.heading): column.index for column in reversed(columns) if column.heading}
    places |= {str(column.index + 1): column.index for column in columns}
    changed = dict(roles)
    for role in ROLES:
        if role not in answers:
            continue
        changed.pop(role, None)
        answer = answers[role].strip()
        if not answer:
            continue
        if (index := places.get(answer, places.get(plain(answer)))) is None:
            choices = ", ".join(column.heading or str(column.index + 1) for column in columns)
            raise bad_file("table_setting", name=role, value=answer[:40], choices=choices)
        changed = {other: place for other, place in changed.items() if place != index} | {role: index}
    if "time" in answers and changed.get("time") is not None:
        changed.pop("date", None)
        changed.pop("clock", None)
    elif "date" in answers and changed.get("date") is not None:
        changed.pop("time", None)
    return changed


def settings_of(plan: Plan, columns: Sequence[Column], sheets: Sequence[str], header_lines: int) -> tuple[Question, ...]:
    """What can be changed about a plain table, with the plan's values."""
    found = []
    if plan.kind == "text":
        found.append(_question("encoding", plan.encoding, ENCODINGS))
        found.append(_question("separator", plan.separator, SEPARATORS))
    if len(sheets) > 1:
        found.append(_question("sheet", plan.sheet, sheets))
    found.append(_question("header", str(plan.header), [str(n) for n in range(max(header_lines, plan.header) + 1)]))
    found.extend(_role_question(role, plan, columns) for role in ROLES)
    found.append(_question("dates", plan.dates, DATES))
    found.append(_question("decimal", plan.decimal, DECIMALS))
    found.append(_question("meaning", plan.meaning, MEANINGS))
    found.append(_question("unreadable", plan.unreadable, UNREADABLE))
    return tuple(found)


def _question(setting: str, value: str, values: Sequence[str]) -> Question:
    return Question(setting, tuple(Choice(each) for each in values), value)


def _role_question(role: str, plan: Plan, columns: Sequence[Column]) -> Question:
    choices = [Choice("", "")]
    choices += [
        Choice(str(c.index + 1), c.heading or next(iter(c.cells), ""), len(c.cells)) for c in columns if c.heading or c.cells
    ]
    index = plan.columns.get(role)
    return Question(role, tuple(choices), "" if index is None else str(index + 1))
