"""Tables whose rows say in a word whether they add or take away."""

from clickcounter.domain.numbers import MAX_AMOUNT
from clickcounter.transfer.tables.counting.raw_rows import RawRow, ReadRow
from clickcounter.transfer.tables.errors import uncounted, unreadable
from clickcounter.transfer.tables.plan import LeftOut

KEEP, PLUS, MINUS, RESET, NOTHING, CORRECTION = "keep", "plus", "minus", "reset", "nothing", "correction"
_WORDS = {
    KEEP: "click undo take_back",  # this project's own
    PLUS: "+ +1 plus add added in enter entry entered inc increase increased increment incremented count counted press "
    "pressed tap tapped up hit yes eingang rein плюс вход вошёл вошел добавить добавлено прибавить увеличить",
    MINUS: "- -1 − −1 – –1 minus dec decrease decreased decrement decremented down exit exited leave left out remove "
    "removed subtract subtracted ausgang raus минус выход вышел убавить вычесть уменьшить",
    RESET: "reset clear cleared zero zurückgesetzt сброс сброшено обнулить обнулено",
    CORRECTION: "correction opening",
    NOTHING: "note create created delete deleted rename renamed start started stop stopped",
}
ACTIONS = {word: action for action, words in _WORDS.items() for word in words.split()}
LEAVING = frozenset(word for word, action in ACTIONS.items() if action in (KEEP, PLUS)) | {""}  # amounts as they are


def with_action(read: ReadRow, column: int) -> ReadRow:
    """`read` for lines that say in this column what they do; an empty cell leaves the amount's own sign."""

    def read_with_action(line: int, cells: list[str]) -> RawRow | LeftOut | None:
        word = cells[column].strip() if column < len(cells) else ""
        action = ACTIONS.get(word.lower()) if word else KEEP
        if action is None:
            return unreadable(line, "action", word) if any(cells) else None
        if action == NOTHING:
            return uncounted(line, "not_counting", word)
        row = read(line, cells)
        return row if row is None or isinstance(row, LeftOut) else _acted(row, action)

    return read_with_action


def _acted(row: RawRow, action: str) -> RawRow | LeftOut:
    line, amount = row[0], row[3]
    if action == RESET and amount >= 0:
        return uncounted(line, "reset")
    if amount == 0:
        return uncounted(line, "zero")
    if action == CORRECTION:
        return (*row[:5], True, row[6])
    if abs(amount) > MAX_AMOUNT:
        return unreadable(line, "large", str(amount))
    return (*row[:3], -abs(amount), *row[4:]) if action == MINUS else row
