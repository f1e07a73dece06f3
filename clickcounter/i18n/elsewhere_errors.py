"""What goes wrong with numbers on other sites."""

from clickcounter.i18n.text import Text

ELSEWHERE_ERRORS = {
    "streams_many": Text(
        en="Too many event streams are open. Try again in a moment.",
        ru="Открыто слишком много потоков событий. Повторите чуть позже.",
    ),
    "sites": Text(
        en="A site is written like https://www.example.org, and at most 20 sites may show the button. Nothing was changed.",
        ru="Сайт указывают так: https://www.example.org; показывать кнопку могут не больше 20 сайтов. Ничего не изменено.",
    ),
    "badge": Text(
        en="A badge has a label of up to 40 characters, a colour such as 4c1 or blue, a known style and a known grouping.",
        ru="У значка может быть подпись не длиннее 40 знаков, цвет (например, 4c1 или blue), известный стиль и разделитель.",
    ),
    "embed_address": Text(
        en="This address is not a counter's page here.",
        ru="По этому адресу здесь нет страницы счётчика.",
    ),
}
