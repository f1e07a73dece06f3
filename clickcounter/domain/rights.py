"""Who may do what with a counter: a pure function of its access policy and the principal. docs/rights.md has the table."""

from dataclasses import dataclass

LISTED, LINK, MEMBERS = "listed", "link", "members"
ANYONE, SIGNED_IN = "anyone", "signed_in"
OWNER, COUNTER, VIEWER = "owner", "counter", "viewer"
VISIBILITIES = (LISTED, LINK, MEMBERS)
PRESS_POLICIES = (ANYONE, SIGNED_IN, MEMBERS)
ROLES = (OWNER, COUNTER, VIEWER)
OWNERLESS = 0  # stands in for the owner device once the last owner's account is deleted; only superusers manage it then


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """A counter's access settings. `owned` if an account, or a browser without one, owns it."""

    visibility: str = LISTED
    press: str = ANYONE
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller in relation to one counter. `device_owns` if their browser owns it and no account does."""

    account: int | None = None
    superuser: bool = False
    role: str | None = None
    device_owns: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What a principal may do with a counter."""

    view: bool
    press: bool
    manage: bool  # rename it, change its settings, correct, reset, archive, delete
    admit: bool  # decide who else may view, press and manage; take back what others pressed
    claim: bool  # make it their account's own


def rights_of(policy: AccessPolicy, principal: Principal) -> Rights:
    """The rights of this principal. Everybody may manage a counter without an owner, but not restrict access to it."""
    owns = principal.superuser or principal.role == OWNER or principal.device_owns
    view = owns or principal.role is not None or policy.visibility != MEMBERS
    return Rights(
        view=view,
        press=owns
        or principal.role == COUNTER
        or (principal.role is None and view and _may_press_without_role(policy, principal)),
        manage=owns or not policy.owned,
        admit=owns,
        claim=principal.device_owns and principal.account is not None,
    )


def _may_press_without_role(policy: AccessPolicy, principal: Principal) -> bool:
    return policy.press == ANYONE or (policy.press == SIGNED_IN and principal.account is not None)
