"""What a screen reader is told of a counter, and how often."""

from clickcounter.i18n.bilingual import Text

ANNOUNCEMENTS: dict[str, Text] = {
    "plus": Text(en="{n}, plus {others} from others", ru="{n}, плюс {others} от других"),
    "minus": Text(en="{n}, minus {others} from others", ru="{n}, минус {others} от других"),
    "unchanged": Text(en="Nothing changed.", ru="Ничего не изменилось."),
    "pace": Text(en="Screen reader: presses of others", ru="Программа экранного доступа: нажатия других"),
    "never": Text(en="not announced", ru="не сообщать"),
    "every": Text(en="every {n} s", ru="раз в {n} с"),
}
