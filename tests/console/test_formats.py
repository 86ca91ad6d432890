"""Amounts, quantities and times as people here write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console import formats, language
from console.widths import cells, fit

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "portuguese", "english"),
    [
        (0, "R$ 0,00", "R$ 0.00"),
        (5, "R$ 0,05", "R$ 0.05"),
        (123456, "R$ 1.234,56", "R$ 1,234.56"),
        (-100000000, "-R$ 1.000.000,00", "-R$ 1,000,000.00"),
    ],
)
def test_money(cents: int, portuguese: str, english: str) -> None:
    assert formats.money(cents) == english
    language.use("pt_BR")
    assert formats.money(cents) == portuguese


def test_quantities_have_no_needless_zeros() -> None:
    language.use("pt_BR")
    assert formats.quantity(20_000) == "2"
    assert formats.quantity(12_500) == "1,25"
    assert formats.quantity(100_000_000) == "10.000"


def test_times_are_the_stores() -> None:
    language.use("pt_BR")
    assert formats.moment(NOW - timedelta(hours=1), NOW) == "11:00:00"
    assert formats.moment(NOW - timedelta(hours=13), NOW) == "23/11 23:00"
    assert formats.moment(NOW - timedelta(days=400), NOW) == "20/10/2025"
    assert formats.moment(None, NOW) == "—"
    assert formats.ago(NOW - timedelta(seconds=75), NOW) == "há 1 min"
    assert formats.ahead(NOW + timedelta(hours=3, minutes=5), NOW) == "em 3 h 05"
    assert formats.ahead(NOW - timedelta(hours=1), NOW) == "agora"


def test_instants_of_the_store_are_read_and_bad_ones_are_none() -> None:
    assert formats.instant("2026-11-24T15:00:00.000000Z") == NOW
    assert formats.instant("yesterday") is None
    assert formats.instant(None) is None


def test_documents_carry_their_punctuation() -> None:
    assert formats.document("52998224725") == "529.982.247-25"
    assert formats.document("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert formats.document("123") == "123"
    assert formats.postcode("80010000") == "80010-000"


@pytest.mark.parametrize("text", ["", "a", "João", "漢字漢字", "e\u0301" * 9, "👨👩👧", "x" * 99])
@pytest.mark.parametrize("width", [1, 2, 7, 20])
def test_a_column_is_exactly_as_wide_as_it_says(text: str, width: int) -> None:
    for right in (False, True):
        assert cells(fit(text, width, right=right)) == width
