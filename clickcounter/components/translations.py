"""Writes what pages load of the languages: the texts that they do not hold themselves, the manifests of the app, a style.

A page holds English and Russian. A German one also loads `de.js`, the texts of a first visit, and once another text is asked
for `de_rest.js`: see language/languages.js. The folder is made at each build, as is assets/app/, from i18n/languages/*.po.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from clickcounter.i18n import TEXTS
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.counter_page import COUNTER_PAGE, IN_DIALOGS
from clickcounter.i18n.languages import FURTHER, LANGUAGES, ONE_OF_ALL, Key, Translation, translations
from clickcounter.i18n.languages.texts import FORMATS
from clickcounter.i18n.without_looking.app import INSTALL, MANIFEST

FOLDER = Path(__file__).parent / "translations"
APP = Path(__file__).parent.parent.parent / "assets" / "app"
FIRST_VISIT: tuple[Text, ...] = (
    *TEXTS.values(),
    *(text for name, text in COUNTER_PAGE.items() if name not in IN_DIALOGS),
    *(INSTALL, FORMATS["language"]),
)


def sources() -> dict[Path, str]:
    """Every file with its content."""
    found = {FOLDER / "files.js": _list_of_files()}
    for language in FURTHER:
        texts = translations(language)
        first = {(text.context, text.en) for text in FIRST_VISIT}
        found[FOLDER / f"{language}.js"] = _module({key: text for key, text in texts.items() if key in first})
        found[FOLDER / f"{language}_rest.js"] = _module({key: text for key, text in texts.items() if key not in first})
    found[APP / "languages.css"] = ONE_OF_ALL
    return found | {APP / f"{language}.json": _manifest(language) for language in LANGUAGES}


def _list_of_files() -> str:
    loads = [
        f'  "{language}": [() => import("./{language}.js"), () => import("./{language}_rest.js")],' for language in FURTHER
    ]
    return "\n".join(["export const FILES = {", *loads, "};", ""])


def _module(texts: Mapping[Key, Translation]) -> str:
    by_english = {f"{context}\u0004{en}" if context else en: text for (context, en), text in texts.items()}
    return f"export default {json.dumps(by_english, ensure_ascii=False, separators=(',', ':'))};\n"


def _manifest(language: str) -> str:
    """What the browser's system shows of the installed app, which has one `id` in all languages."""
    said = {name: text.as_dict()[language] for name, text in MANIFEST.items()}
    content = {
        "id": "/",
        **{name: said[name] for name in ("name", "short_name", "description")},
        "lang": language,
        "dir": "ltr",
        "start_url": "/?start=last",
        "scope": "/",
        "display": "standalone",
        "background_color": "#2A1040",
        "theme_color": "#2A1040",
        "categories": ["productivity", "utilities"],
        "icons": [
            *(_icon(f"icon-{size}", size) for size in (192, 512)),
            *(_icon(f"maskable-{size}", size) | {"purpose": "maskable"} for size in (192, 512)),
        ],
        "shortcuts": [
            {"name": said[name], "url": url, "icons": [_icon("icon-192", 192)]}
            for name, url in (("last", "/?start=last"), ("previous", "/?start=previous"), ("all", "/counters"))
        ],
        "share_target": {
            "action": "/",
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "shared_title", "text": "shared_text", "url": "shared_url"},
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _icon(name: str, size: int) -> dict[str, str]:
    return {"src": f"/app/{name}.png", "sizes": f"{size}x{size}", "type": "image/png"}
