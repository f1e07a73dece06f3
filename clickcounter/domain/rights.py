"""Who may do what with a counter, as a pure function of who asks and of what is set. docs/rights.md has it as a table."""

from dataclasses import dataclass

LISTED, LINK, MEMBERS = "listed", "link", "members"
ANYONE, SIGNED_IN = "anyone", "signed_in"
OWNER, COUNTER, VIEWER = "owner", "counter", "viewer"
VISIBILITIES = (LISTED, LINK, MEMBERS)
PRESSES = (ANYONE, SIGNED_IN, MEMBERS)
ROLES = (OWNER, COUNTER, VIEWER)
OWNERLESS = 0  # the device that owns a counter whose last owner's account was deleted: superusers alone look after it


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What is set about a counter. `owned` where somebody owns it, an account or a browser without one."""

    visibility: str = LISTED
    press: str = ANYONE
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, as this counter knows them; `made_it` where their browser owns the counter, as no account does."""

    account: int | None = None
    superuser: bool = False
    role: str | None = None
    made_it: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """To look on, to press, to change the counter, to say who else may, and to make it their account's own."""

    view: bool
    press: bool
    manage: bool
    admit: bool
    claim: bool


def rights_of(door: AccessPolicy, person: Principal) -> Rights:
    """What this person may. A counter that nobody owns is everybody's, but nobody can shut it for the others."""
    owns = person.superuser or person.role == OWNER or person.made_it
    view = owns or person.role is not None or door.visibility != MEMBERS
    return Rights(
        view=view,
        press=owns or person.role == COUNTER or (person.role is None and view and _lets_press(door, person)),
        manage=owns or not door.owned,
        admit=owns,
        claim=person.made_it and person.account is not None,
    )


def _lets_press(door: AccessPolicy, person: Principal) -> bool:
    """Whether one without a role may; a viewer never does."""
    return door.press == ANYONE or (door.press == SIGNED_IN and person.account is not None)
