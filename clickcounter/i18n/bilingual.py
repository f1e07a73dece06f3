"""One text in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a person reads, in English or in Russian. Always written with both names, so that no table can swap them."""

    en: str
    ru: str

    def format(self, **values: object) -> Text:
        """Both languages with the placeholders filled in; a value that is a Text itself is filled in by language."""
        return Text(
            en=self.en.format(**{name: v.en if isinstance(v, Text) else v for name, v in values.items()}),
            ru=self.ru.format(**{name: v.ru if isinstance(v, Text) else v for name, v in values.items()}),
        )

    def as_dict(self) -> dict[str, str]:
        """The form in which it reaches the browser."""
        return {"en": self.en, "ru": self.ru}
