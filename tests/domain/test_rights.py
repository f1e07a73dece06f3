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
    Door,
    Person,
    rights,
)

NOBODY, STRANGER, SUPERUSER = Person(), Person(1), Person(1, superuser=True)
MAKER, MAKER_WITH_ACCOUNT = Person(made_it=True), Person(1, made_it=True)
OF_ROLE = {role: Person(1, role=role) for role in ROLES}
DOORS = [Door(visibility, press, True) for visibility, press in product(VISIBILITIES, PRESSES)]


def may(door: Door, person: Person) -> set[str]:
    found = rights(door, person)
    return {right for right in ("view", "press", "manage", "admit", "claim") if getattr(found, right)}


@pytest.mark.parametrize("person", [NOBODY, STRANGER])
def test_a_counter_that_nobody_owns_is_everybodys_but_nobody_shuts_it(person: Person):
    assert may(Door(), person) == {"view", "press", "manage"}


@pytest.mark.parametrize("door", DOORS)
def test_owners_may_all_whatever_is_set(door: Door):
    everything = {"view", "press", "manage", "admit"}
    for person in (OF_ROLE[OWNER], MAKER, SUPERUSER, Person(1, superuser=True, role=VIEWER)):
        assert may(door, person) == everything
    assert may(door, MAKER_WITH_ACCOUNT) == everything | {"claim"}


@pytest.mark.parametrize("door", DOORS)
def test_a_counter_presses_and_a_viewer_looks_on_whatever_is_set(door: Door):
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
    door = Door(visibility, press, True)
    assert (may(door, NOBODY), may(door, STRANGER)) == (nobody, stranger)
