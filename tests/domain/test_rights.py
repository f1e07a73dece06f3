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
    PRESS_POLICIES,
    ROLES,
    SIGNED_IN,
    VIEWER,
    VISIBILITIES,
    AccessPolicy,
    Principal,
    rights_of,
)

ANONYMOUS, STRANGER, SUPERUSER = Principal(), Principal(1), Principal(1, superuser=True)
OWNING_BROWSER, OWNING_BROWSER_WITH_ACCOUNT = Principal(device_owns=True), Principal(1, device_owns=True)
WITH_ROLE = {role: Principal(1, role=role) for role in ROLES}
POLICIES = [AccessPolicy(visibility, press, True) for visibility, press in product(VISIBILITIES, PRESS_POLICIES)]


def rights_in(policy: AccessPolicy, principal: Principal) -> set[str]:
    rights = rights_of(policy, principal)
    return {right for right in ("view", "press", "manage", "admit", "claim") if getattr(rights, right)}


@pytest.mark.parametrize("principal", [ANONYMOUS, STRANGER])
def test_anyone_manages_a_counter_without_an_owner_but_cannot_restrict_it(principal: Principal):
    assert rights_in(AccessPolicy(), principal) == {"view", "press", "manage"}


@pytest.mark.parametrize("policy", POLICIES)
def test_owners_may_do_everything(policy: AccessPolicy):
    everything = {"view", "press", "manage", "admit"}
    for principal in (WITH_ROLE[OWNER], OWNING_BROWSER, SUPERUSER, Principal(1, superuser=True, role=VIEWER)):
        assert rights_in(policy, principal) == everything
    assert rights_in(policy, OWNING_BROWSER_WITH_ACCOUNT) == everything | {"claim"}


@pytest.mark.parametrize("policy", POLICIES)
def test_counters_press_and_viewers_only_view(policy: AccessPolicy):
    assert rights_in(policy, WITH_ROLE[COUNTER]) == {"view", "press"}
    assert rights_in(policy, WITH_ROLE[VIEWER]) == {"view"}


@pytest.mark.parametrize(
    ("visibility", "press", "anonymous", "stranger"),
    [
        (LISTED, ANYONE, {"view", "press"}, {"view", "press"}),
        (LINK, ANYONE, {"view", "press"}, {"view", "press"}),
        (LISTED, SIGNED_IN, {"view"}, {"view", "press"}),
        (LINK, MEMBERS, {"view"}, {"view"}),
        (MEMBERS, ANYONE, set(), set()),
        (MEMBERS, SIGNED_IN, set(), set()),
    ],
)
def test_others_have_the_rights_that_the_policy_gives(visibility: str, press: str, anonymous: set, stranger: set):
    policy = AccessPolicy(visibility, press, True)
    assert (rights_in(policy, ANONYMOUS), rights_in(policy, STRANGER)) == (anonymous, stranger)
