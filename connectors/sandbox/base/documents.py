"""Check digits of the documents that a Brazilian shop meets, for numbers that we make up."""

from __future__ import annotations

from collections.abc import Sequence

_FROM_RIGHT = tuple(range(2, 10))  # the weights 2..9, again and again, from the right


def cpf(nine_digits: str) -> str:
    """The CPF of a person, 11 digits, with its two check digits."""
    assert len(nine_digits) == 9
    first = _digit(nine_digits, range(2, 11))
    return nine_digits + first + _digit(nine_digits + first, range(2, 12))


def cnpj(twelve: str) -> str:
    """The CNPJ of a company, 14 characters; the first twelve may hold capital letters too."""
    assert len(twelve) == 12
    first = _digit(twelve, _FROM_RIGHT)
    return twelve + first + _digit(twelve + first, _FROM_RIGHT)


def nfe_key(
    *, state_ibge: str, year_month: str, issuer: str, series: int, number: int, code: str, model: str = "55"
) -> str:
    """The 44 characters that identify an NF-e (model 65: an NFC-e), normal emission: YYMM, `code` of 8 digits."""
    key = f"{state_ibge}{year_month}{issuer}{model}{series:03d}{number:09d}1{code}"
    assert len(key) == 43
    return key + _digit(key, _FROM_RIGHT)


def nfe_xml(key: str, protocol: str) -> str:
    """The frame of an authorised NF-e's file: the document under its key, and the tax authority's protocol."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<nfeProc versao="4.00" xmlns="http://www.portalfiscal.inf.br/nfe">'
        f'<NFe><infNFe Id="NFe{key}" versao="4.00"/></NFe>'
        f"<protNFe><infProt><chNFe>{key}</chNFe><nProt>{protocol}</nProt><cStat>100</cStat></infProt></protNFe></nfeProc>"
    )


def ean13(twelve_digits: str) -> str:
    """The 13 digits of a bar code."""
    assert len(twelve_digits) == 12
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve_digits))
    return twelve_digits + str(-total % 10)


def _digit(text: str, weights: Sequence[int]) -> str:
    """Modulo 11 with weights from the right; letters count as in the alphanumeric CNPJ (A = 17)."""
    total = sum((ord(char) - 48) * weights[place % len(weights)] for place, char in enumerate(reversed(text)))
    rest = total % 11
    return "0" if rest < 2 else str(11 - rest)
