"""Names from right to left where no element can set them apart."""

from clickcounter.domain.direction import begins_right_to_left, isolated


def test_a_name_from_right_to_left_stays_in_its_order_beside_other_words():
    for name in ("דלת צפון (A)", "2 – الباب", "درب خروج", "North (צפון)"):
        assert isolated(name) == f"\u2068{name}\u2069"
    for name in ("North door", "Дверь", "東門", "1+2", ""):
        assert isolated(name) == name
    turned = {name: begins_right_to_left(name) for name in ("דלת A", "2 – الباب", "North (צפון)", "12")}
    assert list(turned.values()) == [True, True, False, False]
