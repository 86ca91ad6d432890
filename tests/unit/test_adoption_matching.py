"""Whose is what stands in the shop: every kind of row that a merchant's shop of some years holds."""

from __future__ import annotations

from collections.abc import Sequence

from engine.adoption.matching import FoundItem, Match, OurItem, SkuKey, Standing, key_hits, match

CUP, PLATE, VASE = "7891000100103", "7891910000197", "7896004000855"  # valid GTINs


def ours(*more: OurItem) -> list[OurItem]:
    return [
        OurItem("000000001", "1001", CUP, ("CANECA AZUL", "Caneca de Cerâmica Azul")),
        OurItem("000000002", "1002", PLATE, ("PRATO RASO",)),
        OurItem("000000003", "1003", "", ("VASO",)),
        *more,
    ]


def found(sku: str, name: str = "Sem nome", gtin: str = "", number: str = "") -> FoundItem:
    return FoundItem(number or sku, sku, name, gtin)


def only(shop: Sequence[FoundItem], key: SkuKey = SkuKey.SKU, more: Sequence[OurItem] = ()) -> Match:
    (one,) = match(ours(*more), shop, key)
    return one


def told(one: Match) -> tuple[Standing, str, str | None]:
    return one.standing, one.reason, one.item


def test_a_sku_of_ours_is_ours_in_whatever_case_and_blanks() -> None:
    assert told(only([found(" 000000001 ")])) == (Standing.SURE, "sku", "000000001")
    more = [OurItem("abc", "x", "", ())]
    assert told(only([found("ABC")], more=more)) == (Standing.SURE, "sku", "abc")


def test_the_shops_skus_may_be_the_erps_code_or_its_bar_code() -> None:
    assert told(only([found("1002")], SkuKey.CODE)) == (Standing.SURE, "sku", "000000002")
    assert told(only([found(CUP)], SkuKey.GTIN)) == (Standing.SURE, "sku", "000000001")


def test_the_key_that_an_older_connector_appended_is_recognised_whatever_stands_between() -> None:
    for sku in ("1002000000002", "1002-000000002", "1002_000000002"):
        assert told(only([found(sku)], SkuKey.CODE)) == (Standing.SURE, "appended-key", "000000002")
    assert only([found("1001-000000002")], SkuKey.CODE).standing is Standing.ONLY_SHOP, "the two do not agree"


def test_a_wrong_sku_is_found_by_its_gtin() -> None:
    assert told(only([found("CANECA-AZ", gtin=CUP)])) == (Standing.SURE, "gtin", "000000001")
    assert told(only([found("CANECA-AZ", gtin="0" + CUP)])) == (Standing.SURE, "gtin", "000000001")


def test_a_gtin_that_is_none_matches_nothing() -> None:
    made_up = [OurItem("000000009", "9", "2000000000008", ())]
    assert only([found("X", gtin="2000000000008")], more=made_up).standing is Standing.ONLY_SHOP
    assert only([found("X", gtin="7891000100104")]).standing is Standing.ONLY_SHOP


def test_a_sku_that_says_one_product_and_a_gtin_that_says_another_wait_for_a_person() -> None:
    one = only([found("000000001", gtin=PLATE)])
    assert (one.standing, one.item) == (Standing.DOUBTFUL, None)
    assert one.proposals == (("000000001", "sku"), ("000000002", "gtin"))


def test_another_gtin_and_another_name_under_our_sku_are_doubtful_but_another_gtin_alone_is_not() -> None:
    assert told(only([found("000000001", "Vassoura", VASE)])) == (Standing.DOUBTFUL, "gtin-differs", None)
    assert told(only([found("000000001", "caneca  azul", VASE)])) == (Standing.SURE, "sku", "000000001")


def test_a_name_is_a_proposal_and_never_more() -> None:
    one = only([found("XPTO", "Prato Raso")])
    assert told(one) == (Standing.DOUBTFUL, "name", None)
    assert one.proposals == (("000000002", "name"),)


def test_a_name_proposes_no_product_that_is_matched_already() -> None:
    sure, copy = match(ours(), [found("000000002"), found("XPTO", "Prato Raso")], SkuKey.SKU)
    assert (sure.standing, copy.standing) == (Standing.SURE, Standing.ONLY_SHOP)


def test_a_gtin_that_several_of_our_products_carry_is_nobodys() -> None:
    one = only([found("X", gtin=CUP)], more=[OurItem("000000004", "4", CUP, ())])
    assert one.standing is Standing.DOUBTFUL
    assert {item for item, _ in one.proposals} == {"000000001", "000000004"}


def test_two_items_of_the_shop_that_are_one_of_ours_are_both_double() -> None:
    both = match(ours(), [found("000000001"), found("OLD", gtin=CUP)], SkuKey.SKU)
    assert [told(one) for one in both] == [(Standing.DOUBLE, "same-item", None)] * 2
    assert {item for one in both for item, _ in one.proposals} == {"000000001"}


def test_a_sku_that_the_shop_holds_twice_is_double() -> None:
    both = match(ours(), [found("000000001", number="7"), found("000000001", number="8")], SkuKey.SKU)
    assert {(one.standing, one.reason) for one in both} == {(Standing.DOUBLE, "sku-twice")}


def test_a_grid_is_known_by_its_variants() -> None:
    cells = [OurItem("000000011", "11", "", (), "G7"), OurItem("000000012", "12", "", (), "G7")]
    other = [OurItem("000000021", "21", "", (), "G8")]
    shirt = FoundItem("90", "CAMISETA", "Camiseta", "", "grid", ("000000011", "12-errado"))
    rows = match(ours(*cells, *other), [shirt, found("000000011"), found("12-errado")], SkuKey.SKU)
    assert told(rows[0]) == (Standing.SURE, "variants", "G7")
    mixed = FoundItem("91", "MISTO", "Misto", "", "grid", ("000000011", "000000021"))
    rows = match(ours(*cells, *other), [mixed, found("000000011"), found("000000021")], SkuKey.SKU)
    assert rows[0].standing is Standing.DOUBTFUL
    assert {item for item, _ in rows[0].proposals} == {"G7", "G8"}


def test_what_nothing_matches_is_only_in_the_shop() -> None:
    assert told(only([found("VALE-PRESENTE", "Vale-presente")])) == (Standing.ONLY_SHOP, "nothing", None)


def test_what_we_made_ourselves_is_found_again_whatever_the_older_skus_are() -> None:
    assert told(only([found("000000002")], SkuKey.CODE)) == (Standing.SURE, "sku", "000000002")


def test_a_sku_that_is_ones_code_and_anothers_key_is_settled_by_its_gtin_or_by_a_person() -> None:
    crossed = [OurItem("000000008", "000000001", VASE, ())]
    assert only([found("000000001")], SkuKey.CODE, crossed).standing is Standing.DOUBTFUL
    assert told(only([found("000000001", gtin=VASE)], SkuKey.CODE, crossed)) == (Standing.SURE, "sku", "000000008")


def test_people_are_told_which_key_the_shops_skus_are() -> None:
    hits = key_hits(ours(), [found("1001"), found("1002"), found("000000003")])
    assert hits == {SkuKey.SKU: 1, SkuKey.CODE: 2, SkuKey.GTIN: 0}
