"""Brings the languages' files up to date with the tables: new texts come in untranslated, texts that are gone go out.

    python -m clickcounter.i18n.languages [LANGUAGE…]

A language that has no file yet gets one. Prints what each file lacks.
"""

import sys

from babel.messages import Catalog
from babel.messages.pofile import write_po

from clickcounter.i18n.languages import FOLDER, FURTHER, read
from clickcounter.i18n.languages.messages import messages

HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""


def update(language: str) -> list[str]:
    """Write the file of a language. Returns the English texts that it does not translate."""
    file = FOLDER / f"{language}.po"
    before = read(language) if file.exists() else Catalog(language)
    after = Catalog(language)
    for message in messages():
        known = before.get(message.ids[0], message.context or None)
        after.add(
            message.ids if len(message.ids) > 1 else message.ids[0],
            known.string if known else None,
            auto_comments=[f"{message.place}: {message.russian}"],
            flags=known.flags if known else (),
            context=message.context or None,
        )
    with file.open("wb") as written:
        written.write(HEADER.format(language=language, plurals=after.plural_forms).encode())
        write_po(written, after, width=120, omit_header=True)
    return [str(message.id) for message in after if message.id and (message.fuzzy or not all(message.string or [""]))]


if __name__ == "__main__":
    for each in sys.argv[1:] or FURTHER:
        missing = update(each)
        print(f"{each}: {len(missing)} texts to translate", *missing, sep="\n  ")
