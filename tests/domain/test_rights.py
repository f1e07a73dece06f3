"""Who may do what with a counter."""

from itertools import product

import pytest

from clickcounter.domain.rights import (
    ANYONE,
    COUNTER,
    LINK,
    LISTED,
    MEMBERS,
    OWNER,
    PRESSES,
    ROLES,
    SIGNED_IN,
    VIEWER,
    VISIBILITIES,
    AccessPolicy,
    Principal,
    rights_of,
)

NOBODY, STRANGER, SUPERUSER = Principal(), Principal(1), Principal(1, superuser=True)
MAKER, MAKER_WITH_ACCOUNT = Principal(made_it=True), Principal(1, made_it=True)
OF_ROLE = {role: Principal(1, role=role) for role in ROLES}
DOORS = [AccessPolicy(visibility, press, True) for visibility, press in product(VISIBILITIES, PRESSES)]


def may(door: AccessPolicy, person: Principal) -> set[str]:
    found = rights_of(door, person)
    return {right for right in ("view", "press", "manage", "admit", "claim") if getattr(found, right)}


@pytest.mark.parametrize("person", [NOBODY, STRANGER])
def test_a_counter_that_nobody_owns_is_everybodys_but_nobody_shuts_it(person: Principal):
    assert may(AccessPolicy(), person) == {"view", "press", "manage"}


@pytest.mark.parametrize("door", DOORS)
def test_owners_may_all_whatever_is_set(door: AccessPolicy):
    everything = {"view", "press", "manage", "admit"}
    for person in (OF_ROLE[OWNER], MAKER, SUPERUSER, Principal(1, superuser=True, role=VIEWER)):
        assert may(door, person) == everything
    assert may(door, MAKER_WITH_ACCOUNT) == everything | {"claim"}


@pytest.mark.parametrize("door", DOORS)
def test_a_counter_presses_and_a_viewer_looks_on_whatever_is_set(door: AccessPolicy):
    assert may(door, OF_ROLE[COUNTER]) == {"view", "press"}
    assert may(door, OF_ROLE[VIEWER]) == {"view"}


@pytest.mark.parametrize(
    ("visibility", "press", "nobody", "stranger"),
    [
        (LISTED, ANYONE, {"view", "press"}, {"view", "press"}),
        (LINK, ANYONE, {"view", "press"}, {"view", "press"}),
        (LISTED, SIGNED_IN, {"view"}, {"view", "press"}),
        (LINK, MEMBERS, {"view"}, {"view"}),
        (MEMBERS, ANYONE, set(), set()),
        (MEMBERS, SIGNED_IN, set(), set()),
    ],
)
def test_others_may_what_is_set_and_nobody_presses_what_is_hidden(visibility: str, press: str, nobody: set, stranger: set):
    door = AccessPolicy(visibility, press, True)
    assert (may(door, NOBODY), may(door, STRANGER)) == (nobody, stranger)
