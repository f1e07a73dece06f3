"""The constants that the browser's code shares with the server: each is defined once, in Python.

`python -m clickcounter.components.constants` writes them to shared/constants.js, and those of a part that few people open to
the constants.js beside it, which is loaded with it; and the languages' files, see translations.py. None is under version
control. Publishing (publish.py) and `make components` do so, too. All imports of such constants stand in this file.
"""

import json
import os
from pathlib import Path
from typing import Any

from clickcounter.access import keys
from clickcounter.access.credentials import LONGEST_NAME as LONGEST_ACCOUNT_NAME
from clickcounter.components import translations
from clickcounter.components.icons import COUNTING_ICONS, ICONS
from clickcounter.domain.calendar import QUARTER_HOUR
from clickcounter.domain.counter_settings import COLOURS, LONGEST_DESCRIPTION, LONGEST_NAME
from clickcounter.domain.numbers import MAX_AMOUNT, MAX_IMPORT_BYTES
from clickcounter.domain.rights import PRESS_POLICIES, ROLES, VISIBILITIES
from clickcounter.domain.schedule import WEEKDAYS
from clickcounter.domain.slugs import RESERVED
from clickcounter.history.counter_list import PAGE as LIST_PAGE_SIZE
from clickcounter.i18n import all_of, texts
from clickcounter.i18n.counter_page import COUNTER_PAGE, IN_DIALOGS
from clickcounter.i18n.days.schedule import SCHEDULE
from clickcounter.i18n.elsewhere import ELSEWHERE
from clickcounter.i18n.errors import SENTENCES
from clickcounter.i18n.groups.page import GROUP
from clickcounter.i18n.groups.page import IN_DIALOGS as GROUPS_IN_DIALOGS
from clickcounter.i18n.keys import KEYS
from clickcounter.i18n.languages import LANGUAGES, own_name
from clickcounter.i18n.languages.texts import FORMATS
from clickcounter.i18n.past.dialog import PAST
from clickcounter.i18n.tables import dialog as importing
from clickcounter.i18n.without_looking.announcements import ANNOUNCEMENTS
from clickcounter.i18n.without_looking.app import APP, FIRST_STEPS, SHARING
from clickcounter.i18n.without_looking.counting import COUNTING, FEEDBACK
from clickcounter.i18n.without_looking.hardware import HARDWARE
from clickcounter.live.frame_schedule import HEARTBEAT
from clickcounter.live.live_lists import PULSE as LIST_HEARTBEAT
from clickcounter.live.live_lists import REFRESH as LIST_ROUND
from clickcounter.live.pipeline import DEFAULT_COUNTER
from clickcounter.services import monitoring
from clickcounter.services.forms import LONGEST_LABEL, LONGEST_REASON
from clickcounter.services.presses.validation import MAX_CLICKS as MAX_CLICKS_PER_EVENT

FOLDER = Path(__file__).parent
Constants = dict[str, Any]

CONSTANTS: Constants = {
    "DEFAULT_COUNTER": DEFAULT_COUNTER,
    "COLOURS": COLOURS,
    "VISIBILITIES": VISIBILITIES,
    "PRESS_POLICIES": PRESS_POLICIES,
    "ROLES": ROLES,
    "MAX_AMOUNT": MAX_AMOUNT,  # of one click
    "MAX_CLICKS_PER_EVENT": MAX_CLICKS_PER_EVENT,
    "MAX_IMPORT_BYTES": MAX_IMPORT_BYTES,
    "MAX_COUNTER_NAME": 2 * LONGEST_NAME,  # an input's maxLength counts UTF-16 units: up to two for each character
    "MAX_DESCRIPTION": LONGEST_DESCRIPTION,
    "MAX_LABEL": LONGEST_LABEL,
    "MAX_REASON": LONGEST_REASON,
    "MAX_ACCOUNT_NAME": LONGEST_ACCOUNT_NAME,
    "LIST_PAGE_SIZE": LIST_PAGE_SIZE,
    "QUARTER_HOUR_MS": QUARTER_HOUR,
    # A healthy room sends something at every heartbeat, so the connection is down after two missing ones and a bit more.
    # Pages promise to say so within 5 seconds; the remaining half is for drawing it.
    "CONNECTION_TIMEOUT_MS": round((2 * HEARTBEAT + 0.5) * 1000),
    # A healthy list sends something every LIST_HEARTBEAT to LIST_HEARTBEAT + LIST_ROUND.
    "LIST_TIMEOUT_MS": round((LIST_HEARTBEAT + LIST_ROUND + 0.3) * 1000),
    "PRESS_TIMES_INTERVAL_MS": round(monitoring.EVERY * 1000),
    "MAX_PRESS_TIMES": monitoring.MOST_TIMES,
    "LONGEST_PRESS_TIME_MS": monitoring.LONGEST_TIME,
    "PAGE_FAILED": SENTENCES["page_failed"].as_source(),
    "APP_TEXTS": all_of(APP),
    "LANGUAGE": FORMATS["language"].as_source(),
    "ICONS": ICONS,
}
OF_DIALOGS: Constants = {
    "DIALOG_TEXTS": all_of({name: COUNTER_PAGE[name] for name in sorted(IN_DIALOGS)}),
    "GROUP_DIALOG_TEXTS": all_of({name: GROUP[name] for name in sorted(GROUPS_IN_DIALOGS)}),
    "ELSEWHERE_TEXTS": all_of(ELSEWHERE),
    "KEY_TEXTS": all_of(KEYS),
    "SHARE_TEXTS": all_of(SHARING),
    "SCHEDULE_TEXTS": all_of(SCHEDULE) | texts("schedule_wrong", "schedule_past"),
    "WEEKDAYS": WEEKDAYS,
    "SCOPES": keys.SCOPES,
    "DAYS": (0, 30, 365),  # that a key may last; 0 for one that does not end
}
OF_LANGUAGE: Constants = {
    "LANGUAGE_NAMES": {language: own_name(language) for language in LANGUAGES},
    "LANGUAGE_TEXTS": all_of(FORMATS),
}
OF_HARDWARE: Constants = {"HARDWARE_TEXTS": all_of(HARDWARE)}
OF_COUNTING_MODE: Constants = {
    "COUNTING_TEXTS": all_of(COUNTING) | texts("connected", "connecting", "reconnecting"),
    "COUNTING_ICONS": COUNTING_ICONS,
}
OF_FEEDBACK: Constants = {"FEEDBACK_TEXTS": all_of(FEEDBACK)}
OF_ANNOUNCEMENTS: Constants = {"ANNOUNCEMENT_TEXTS": all_of(ANNOUNCEMENTS)}
OF_FIRST_STEPS: Constants = {"FIRST_STEPS": all_of(FIRST_STEPS)}
OF_PAST: Constants = {"PAST_TEXTS": all_of(PAST) | texts("note", "opening_amount")}
OF_IMPORTING: Constants = {
    "RESERVED_ADDRESSES": sorted(RESERVED),
    "IMPORT_TEXTS": all_of(importing.DIALOG),
    "IMPORT_SETTINGS": all_of(importing.SETTINGS),
    "IMPORT_CHOICES": {setting: all_of(choices) for setting, choices in importing.CHOICES.items()},
    "IMPORT_WRITERS": all_of(importing.WRITERS),
}
PARTS = {
    "shared": CONSTANTS,
    "dialogs": OF_DIALOGS,
    "hardware": OF_HARDWARE,
    "counting_mode": OF_COUNTING_MODE,
    "feedback": OF_FEEDBACK,
    "announcements": OF_ANNOUNCEMENTS,
    "first_steps": OF_FIRST_STEPS,
    "past": OF_PAST,
    "importing": OF_IMPORTING,
    "language": OF_LANGUAGE,
}
FILES = {FOLDER / part / "constants.js": constants for part, constants in PARTS.items()}


def javascript(constants: Constants) -> str:
    """The constants as the source of a JavaScript module."""
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in constants.items()]
    return "\n".join(["/* Generated by clickcounter/components/constants.py. Do not edit. */", *lines, ""])


def write() -> None:
    """Write the files that are missing or out of date; a reader sees the old file or the new one, never a part."""
    sources = {file: javascript(constants) for file, constants in FILES.items()} | translations.sources()
    for file in set(translations.FOLDER.glob("*.js")) - set(sources):
        file.unlink()  # of a language that is gone
    for file, source in sources.items():
        if file.exists() and file.read_text(encoding="utf-8") == source:
            continue
        file.parent.mkdir(exist_ok=True)
        partial = file.with_name(f".{file.name}.{os.getpid()}.tmp")
        partial.write_text(source, encoding="utf-8")
        partial.replace(file)


if __name__ == "__main__":
    write()
