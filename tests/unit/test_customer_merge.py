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
