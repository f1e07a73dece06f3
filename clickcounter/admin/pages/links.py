"""What several pages show: links between them, and the form that deletes something."""

from clickcounter.admin.layout import explanation, field, form, name_of
from clickcounter.web.markup import Child, Markup, el


def link(place: str, of: int | str, words: Child) -> Markup:
    """A link to the page of one row of a list."""
    return el("a", words, href=f"/admin/{place}/{of}")


def account_link(account_id: int | None, name: str | None) -> Markup | None:
    """A person's name; None where there is no account, or no longer."""
    return link("accounts", account_id, name_of(name)) if account_id and name else None


def delete_form(address: str, text: str, label: str, name: str) -> Markup:
    """A form that deletes what has this name, which has to be typed."""
    typed = field("name", label, maxlength=200)
    return form("delete", address, explanation(text, name=name_of(name)), typed, danger=True)
