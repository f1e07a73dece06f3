"""Names of columns, in the languages of those who write tables by hand and of the apps that are known."""

import re

_ROLES = {
    "time": "when timestamp datetime date_time date-time pressed_utc pressed_at created_at occurred_at last_changed "
    "last_updated recorded_at logged_at zeitstempel zeitpunkt дата_и_время время_нажатия когда",
    "date": "date day datum tag fecha data giorno jour дата день",
    "clock": "time clock time_of_day uhrzeit zeit hora heure ora время час часы",
    "amount": "amount change delta value quantity qty count_change increment by step anzahl menge wert änderung cantidad "
    "quantité quantità количество кол-во число значение изменение сколько",
    "total": "total running_total resulting_count count counter_value state balance sum reading gesamt summe stand "
    "zählerstand total_count итог итого всего сумма показание показания",
    "action": "action type direction event kind operation aktion typ richtung действие тип направление событие",
    "counter": "counter name title counter_name counter_title featurename feature entity_id statistic_id item category "
    "mark_name zähler bezeichnung kategorie art счётчик счетчик название имя категория",
    "label": "label tag_name user device метка устройство",
    "note": "note notes comment comments reason remark description notiz bemerkung kommentar заметка примечание комментарий",
    "key": "key",
}
_COUNTING = frozenset({"counter", "zähler", "счётчик", "счетчик"})
_BY_NAME = {name: role for role, names in _ROLES.items() for name in names.split()}
_GAPS = re.compile(r"[\s_\-()\[\]:.]+")
_IDS = frozenset({"id", "no", "nr", "uuid", "index", "row", "line", "year", "month", "week", "jahr", "monat", "№", "n"})


def plain(heading: str) -> str:
    """A heading by which others are compared."""
    return _GAPS.sub("_", heading.strip().strip("\ufeff").lower()).strip("_")


def role_by_name(heading: str) -> str:
    """The role that a heading speaks for; "" if none."""
    return _BY_NAME.get(plain(heading), "")


def is_id(heading: str) -> bool:
    """Whether numbers under this heading count nothing."""
    name = plain(heading)
    return name in _IDS or (name.endswith("_id") and name not in _BY_NAME)


def may_count(heading: str) -> bool:
    """Whether this heading of counters may also stand above what a counter shows."""
    return plain(heading) in _COUNTING
