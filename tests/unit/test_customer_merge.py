"""A customer edited on two sides: which edit goes where, and when a person must choose."""

from __future__ import annotations

from engine.customer_merge import merge


def as_erp(values: dict[str, str]) -> dict[str, str]:
    """C-Plus holds upper case."""
    return {field: value.upper() for field, value in values.items()}


def test_the_erps_upper_case_is_no_edit() -> None:
    channel = {"city": "Porto Alegre"}
    found = merge({"city": "PORTO ALEGRE"}, channel, as_erp(channel), {"city": ("PORTO ALEGRE", "Porto Alegre")})
    assert (found.to_erp, found.to_channel, found.conflicts) == ({}, {}, {})


def test_an_edit_in_the_shop_goes_to_the_erp_alone() -> None:
    channel = {"street": "Rua Nova", "city": "Canoas"}
    kept = {"street": ("RUA VELHA", "Rua Velha"), "city": ("CANOAS", "Canoas")}
    found = merge({"street": "RUA VELHA", "city": "CANOAS"}, channel, as_erp(channel), kept)
    assert found.to_erp == {"street": "Rua Nova"}
    assert found.agreed == {"street": ("RUA NOVA", "Rua Nova")}
    assert not found.to_channel


def test_an_edit_at_the_counter_goes_to_the_shop_alone() -> None:
    channel = {"phone": "51 99999-0000"}
    found = merge({"phone": "51 98888-0000"}, channel, as_erp(channel), {"phone": ("51 99999-0000", "51 99999-0000")})
    assert found.to_channel == {"phone": "51 98888-0000"}
    assert not found.to_erp


def test_the_same_edit_on_both_sides_is_agreed() -> None:
    channel = {"city": "Canoas"}
    found = merge({"city": "CANOAS"}, channel, as_erp(channel), {"city": ("ESTEIO", "Esteio")})
    assert found.agreed == {"city": ("CANOAS", "Canoas")}
    assert not found.conflicts


def test_different_edits_on_both_sides_wait_for_a_person() -> None:
    channel = {"city": "Canoas"}
    found = merge({"city": "GRAVATAÍ"}, channel, as_erp(channel), {"city": ("ESTEIO", "Esteio")})
    assert found.conflicts == {"city": ("GRAVATAÍ", "Canoas")}
    assert (found.to_erp, found.to_channel) == ({}, {})


def test_a_counter_customer_recognised_in_the_shop_keeps_his_data_and_fills_the_gaps() -> None:
    channel = {"name": "Ana Souza", "phone": "51 99999-0000", "email": ""}
    erp = {"name": "ANA DE SOUZA", "phone": "", "email": "ana@example.com"}
    found = merge(erp, channel, as_erp(channel), {})
    assert found.to_erp == {"phone": "51 99999-0000"}
    assert found.to_channel == {"email": "ana@example.com"}
    assert found.agreed["name"] == ("ANA DE SOUZA", "Ana Souza")


def test_a_conflict_lasts_until_somebody_chooses_even_if_one_side_is_edited_again() -> None:
    channel = {"city": "Bagé", "phone": "1"}
    kept = {"city": ("JAGUARÃO", "Bagé"), "phone": ("0", "0")}
    found = merge({"city": "JAGUARÃO", "phone": "0"}, channel, as_erp(channel), kept, {"city": None})
    assert found.conflicts == {"city": ("JAGUARÃO", "Bagé")}
    assert found.to_erp == {"phone": "1"}, "the other fields go on"
    again = merge({"city": "PELOTAS", "phone": "0"}, channel, as_erp(channel), kept, {"city": None})
    assert again.conflicts == {"city": ("PELOTAS", "Bagé")}


def test_a_conflict_that_a_person_has_settled_goes_the_way_that_was_chosen() -> None:
    channel, kept = {"city": "Bagé"}, {"city": ("JAGUARÃO", "Bagé")}
    found = merge({"city": "JAGUARÃO"}, channel, as_erp(channel), kept, {"city": "erp"})
    assert (found.to_channel, found.to_erp, found.conflicts) == ({"city": "JAGUARÃO"}, {}, {})
    found = merge({"city": "JAGUARÃO"}, channel, as_erp(channel), kept, {"city": "channel"})
    assert (found.to_channel, found.to_erp, found.conflicts) == ({}, {"city": "Bagé"}, {})
    emptied = merge({"city": ""}, channel, as_erp(channel), kept, {"city": "erp"})
    assert emptied.to_channel == {"city": ""}, "an emptied field can be what holds"


def test_a_conflict_that_the_two_sides_settle_themselves_is_none_any_more() -> None:
    channel = {"city": "Bagé"}
    found = merge({"city": "BAGÉ"}, channel, as_erp(channel), {"city": ("JAGUARÃO", "Bagé")}, {"city": None})
    assert found.agreed == {"city": ("BAGÉ", "Bagé")}
    assert not found.conflicts


def test_a_document_that_the_shop_hides_is_not_one_that_was_removed() -> None:
    kept = {"document": ("52998224725", "52998224725")}
    assert merge({"document": "52998224725"}, {}, {}, kept) == merge({}, {}, {}, {})
    corrected = merge({"document": "11144477735"}, {}, {}, kept)
    assert (corrected.to_erp, corrected.to_channel) == ({}, {"document": "11144477735"})
    assert merge({"document": "52998224725"}, {}, {}, {}) == merge({}, {}, {}, {}), "never seen, nothing to compare"
