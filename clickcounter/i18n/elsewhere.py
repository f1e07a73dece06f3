"""The texts of the dialog about other sites, and what goes wrong with numbers there."""

from clickcounter.i18n.bilingual import Text

ELSEWHERE: dict[str, Text] = {
    "elsewhere_said": Text(
        en="Wherever you put it, the number stays up to date.",
        ru="Где бы вы ни вставили число, оно не устареет.",
    ),
    "elsewhere_private": Text(
        en="Only members can see this counter, so other sites cannot show it. An owner can change that under “Access”.",
        ru="Этот счётчик видят только участники, поэтому другие сайты не могут его показать. "
        "Владелец может изменить это в разделе «Доступ».",
    ),
    "badge_markdown": Text(en="Badge for a README (Markdown)", ru="Значок для README (Markdown)"),
    "badge_html": Text(en="Badge for a web page (HTML)", ru="Значок для веб-страницы (HTML)"),
    "live_element": Text(en="Live number and button (HTML)", ru="Живое число и кнопка (HTML)"),
    "value_address": Text(en="Only the digits, for scripts and spreadsheets", ru="Только цифры: для скриптов и таблиц"),
    "oembed_link": Text(
        en="Link, for sites that show a preview of it (oEmbed)",
        ru="Ссылка: для сайтов, которые показывают её содержание (oEmbed)",
    ),
    "button_said": Text(
        en="The button appears only on sites that the counter’s owner has listed.",
        ru="Кнопка появляется только на сайтах, которые указал владелец счётчика.",
    ),
    "button_closed": Text(
        en="The button does not work yet: visitors to other sites press without signing in. "
        "Under “Access”, let anyone press.",
        ru="Кнопка пока не работает: на других сайтах нажимают без входа. В разделе «Доступ» разрешите нажимать всем.",
    ),
    "sites_title": Text(en="Sites that may show the button", ru="Сайты, которым разрешена кнопка"),
    "sites_field": Text(en="Addresses", ru="Адреса"),
    "no_sites": Text(en="No sites yet.", ru="Таких сайтов пока нет."),
    "sites_edit": Text(en="Edit sites…", ru="Изменить список…"),
    "sites_hint": Text(
        en="One per line, for example https://www.example.org", ru="По одному в строке, например https://www.example.org"
    ),
}

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
        en="Check the badge's address: a label of up to 40 characters, a colour such as 4c1 or blue, "
        "and a style and grouping from the documentation.",
        ru="Проверьте адрес значка: подпись до 40 знаков, цвет (например, 4c1 или blue), "
        "стиль и разделитель из документации.",
    ),
    "embed_address": Text(
        en="This address is not a counter's page here.",
        ru="По этому адресу здесь нет страницы счётчика.",
    ),
}
