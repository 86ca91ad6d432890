"""The customers of the sample base, invented from a seed: persons and companies with valid documents and addresses."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.documents import cnpj, cpf

COMPANY_SHARE = 0.2
SHOP_SHARE = 0.3  # registered in the online shop before
FURTHER_ADDRESS_SHARE = 0.1

_FIRST = (
    "ANA", "ANTÔNIO", "BEATRIZ", "BRUNO", "CAMILA", "CARLOS", "CECÍLIA", "DANIEL", "DÉBORA", "EDUARDO", "ELISA",
    "FÁBIO", "FERNANDA", "GABRIEL", "HELENA", "HENRIQUE", "IGOR", "ISABELA", "JOÃO", "JÚLIA", "LARISSA", "LEANDRO",
    "LÚCIA", "MARCELO", "MARIA", "MATEUS", "NATÁLIA", "OTÁVIO", "PATRÍCIA", "PEDRO", "RAFAEL", "RENATA", "RODRIGO",
    "SÔNIA", "TATIANE", "TIAGO", "VALÉRIA", "VINÍCIUS", "YASMIN",
)  # fmt: skip
_LAST = (
    "ALMEIDA", "ARAÚJO", "BARBOSA", "BECKER", "CARDOSO", "CONCEIÇÃO", "COSTA", "DIAS", "FERREIRA", "GONÇALVES", "LIMA",
    "MACHADO", "MARTINS", "MENDES", "MOREIRA", "NUNES", "OLIVEIRA", "PEREIRA", "RAMOS", "RIBEIRO", "ROCHA", "SANTOS",
    "SCHMIDT", "SILVA", "SOUZA", "TEIXEIRA", "VIEIRA", "WAGNER",
)  # fmt: skip
_TRADES = ("BAZAR", "BOUTIQUE", "EMPÓRIO", "ARMARINHO", "ATELIÊ", "HOTEL", "RESTAURANTE", "DECORAÇÕES", "PRESENTES")
_STREETS = (
    "RUA XV DE NOVEMBRO", "AVENIDA BRASIL", "RUA SETE DE SETEMBRO", "AVENIDA GETÚLIO VARGAS", "RUA MARECHAL DEODORO",
    "RUA DAS FLORES", "TRAVESSA SÃO JOSÉ", "ALAMEDA DOS IPÊS", "RUA DOM PEDRO II", "AVENIDA ASSIS BRASIL",
)  # fmt: skip
_DISTRICTS = ("CENTRO", "SÃO JOÃO", "JARDIM AMÉRICA", "VILA NOVA", "BOA VISTA", "SANTO ANTÔNIO", "INDUSTRIAL")
_COMPLEMENTS = (None, None, None, "APTO 101", "APTO 302", "CASA 2", "SALA 12", "BLOCO B APTO 45", "FUNDOS")


def rows(seed: int, customers: int, now: datetime) -> r.Rows:
    """The rows of so many customers besides the nameless consumer; `now` is the shop's local time."""
    chance = random.Random(f"{seed}:customers")
    base: r.Rows = {"CLIENTE": [_consumer(now)], "CLIENTEENDERECO": [], "CLIENTECARACTERISTICA": []}
    for number in range(2, customers + 2):
        row = _customer(chance, number, now)
        base["CLIENTE"].append(row)
        if row["FLAGLOJAVIRTUAL"] == "Y":
            tags = base["CLIENTECARACTERISTICA"]
            tags.append(
                {
                    "CODCLIENTECARACTERISTICA": r.key(len(tags) + 1),
                    "CODCLI": row["CODCLI"],
                    "CODCARACTERISTICAPESSOA": r.SHOP_CUSTOMER,
                    "DATACARACTERISTICA": row["DATCAD"],
                }
            )
        if chance.random() < FURTHER_ADDRESS_SHARE:
            further = base["CLIENTEENDERECO"]
            code = r.key(len(further) + 1)
            place = {k: v for k, v in _address(chance).items() if k != "TELEFONE"}
            further.append(
                {"CODCLIENTEENDERECO": code, "CODCLI": row["CODCLI"], "CODTIPOENDERECO": "000000001", **place}
            )
    return base


def _consumer(now: datetime) -> r.Row:
    return {
        "CODCLI": r.CONSUMER,
        "CODIGO": r.key(1, 6),
        "NOMECLI": "CONSUMIDOR",
        "FLAGFISICA": "Y",
        "ESTADO": r.COMPANY_STATE,
        "CIDADE": r.CITIES[0].name,
        "DATCAD": now.date() - timedelta(days=4000),
        "LAST_CHANGE": now - timedelta(days=4000),
        **_habits(r.VAREJO, r.COUNTER_SALE),
    }


def _customer(chance: random.Random, number: int, now: datetime) -> r.Row:
    is_company = chance.random() < COMPANY_SHARE
    in_shop = chance.random() < SHOP_SHARE
    since = now.date() - timedelta(days=chance.randint(20, 2500))
    table = chance.choice((r.ATACADO, r.ATACADO, r.REVENDA, r.VAREJO)) if is_company else r.VAREJO
    return {
        "CODCLI": r.key(number, 8),
        "CODIGO": r.key(number, 6),
        **(_company(chance, number) if is_company else _person(chance, number, since)),
        **_address(chance),
        **_habits(table, r.SHOP_SALE if in_shop else r.COUNTER_SALE),
        "FLAGLOJAVIRTUAL": "Y" if in_shop else "N",
        "LIBERALOJAVIRTUAL": "Y" if in_shop else "N",
        "FLAGREVENDA": "Y" if table == r.REVENDA else "N",
        "BLOQUEADO": "Y" if number % 67 == 0 else "N",
        "DATCAD": since,
        "LAST_CHANGE": datetime.combine(since, time(chance.randint(9, 18), chance.randint(0, 59))),
    }


def _person(chance: random.Random, number: int, since: date) -> r.Row:
    first, *last = chance.choice(_FIRST), *chance.sample(_LAST, 2)
    digits = cpf(f"{chance.randint(100_000_000, 999_999_998)}")
    written_by_hand = chance.random() < 0.3  # with the dots and the dash that people type
    return {
        "NOMECLI": " ".join((first, *last)),
        "FLAGFISICA": "Y",
        "CPF": f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}" if written_by_hand else digits,
        "INDIEDEST": "9",
        "EMAIL": f"{_plain(first)}.{_plain(last[-1])}{number}@example.com" if chance.random() < 0.9 else None,
        "DATNASC": since - timedelta(days=chance.randint(19 * 365, 70 * 365)),
    }


def _company(chance: random.Random, number: int) -> r.Row:
    trade, owner = chance.choice(_TRADES), chance.choice(_LAST)
    letters = "".join(chance.choice("ABCDEFGHJKLMNPRSTVWXYZ") for _ in range(2)) if number % 25 == 0 else "00"
    root = f"{letters}{chance.randint(100_000, 999_999)}" if letters != "00" else f"{chance.randint(10**7, 10**8 - 1)}"
    has_registration = chance.random() < 0.5
    return {
        "NOMECLI": f"{trade} {owner} LTDA",
        "CONJFANTASIA": f"{trade} {owner}",
        "FLAGFISICA": "N",
        "CNPJ": cnpj(f"{root}0001"),
        "INSCR": f"{chance.randint(10**9, 10**10 - 1)}" if has_registration else "ISENTO",
        "INDIEDEST": "1" if has_registration else "2",
        "EMAIL": f"compras.{_plain(owner)}{number}@example.com",
        "EMAILDANFE": f"nfe.{_plain(owner)}{number}@example.com",
    }


def _address(chance: random.Random) -> r.Row:
    city = chance.choice(r.CITIES)
    return {
        "ENDERECO": chance.choice(_STREETS),
        "NUMEROLOGRADOURO": str(chance.randint(1, 2999)),
        "COMPLEMENTOLOGRADOURO": chance.choice(_COMPLEMENTS),
        "BAIRRO": chance.choice(_DISTRICTS),
        "CIDADE": city.name,
        "ESTADO": city.state,
        "CEP": f"{city.postcode}{chance.randint(0, 999):03d}",
        "TELEFONE": f"{city.phone}9{chance.randint(80_000_000, 99_999_999)}",
    }


def _habits(table: str, movement: str) -> r.Row:
    return {
        "CODPRECO": table,
        "CODTIPOMOVIMENTO": movement,
        "CODFP": r.AT_SIGHT,
        "CODEMPRESA": r.COMPANY,
        "CODVENDED": r.SELLER_COUNTER,
        "CODUSER": r.USER_OFFICE,
        "CODPC": "000000002",
        "LIMITECRED": Decimal(0),
        "FLAGNAOVENDER": "N",
        "BLOQUEADO": "N",
        "FLAGFRETE": "P",
        "FLAGLOJAVIRTUAL": "N",
    }


def _plain(name: str) -> str:
    """Small letters without accents, for an e-mail address."""
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
