"""A CEP tells its state."""

from __future__ import annotations

import pytest

from engine.postcodes import state_of


@pytest.mark.parametrize(
    ("postcode", "state"),
    [
        ("01310100", "SP"), ("19999999", "SP"), ("20040002", "RJ"), ("29010000", "ES"), ("30130000", "MG"),
        ("68900000", "AP"), ("69005000", "AM"), ("69301000", "RR"), ("69400000", "AM"), ("69900000", "AC"),
        ("70040000", "DF"), ("72800000", "GO"), ("73010000", "DF"), ("74000000", "GO"), ("76801000", "RO"),
        ("77001000", "TO"), ("78005000", "MT"), ("79002000", "MS"), ("80010000", "PR"), ("88010000", "SC"),
        ("90010000", "RS"), ("99999999", "RS"), ("00999999", None), ("8001000", None), ("8001000x", None),
        ("٨٠٠١٠٠٠٠", None), ("", None),
    ],
)  # fmt: skip
def test_a_cep_lies_in_one_state(postcode: str, state: str | None) -> None:
    assert state_of(postcode) == state
