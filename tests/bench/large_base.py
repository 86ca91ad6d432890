"""A base the size of a store that has sold for ten years, made by the server itself from a sample base."""

from __future__ import annotations

from connectors.cplus.base.firebird import WRITE, Database, connect
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import create_base
from engine.ports import Clock

FOURTH_TABLE = "000000004"
LINES_PER_ORDER = 2
BLOCK = 10_000

_STATEMENTS = (
    f"INSERT INTO PRECO (CODPRECO, CODIGO, NOMEPRECO) VALUES ('{FOURTH_TABLE}', '4', 'FUNCIONARIOS')",
    f"""
    INSERT INTO PRODUTOPRECO (CODPRODUTOPRECO, CODPROD, CODPRECO, PRECO, MARGEM, DATAREAJUSTE)
    SELECT '9' || SUBSTRING(P.CODPROD FROM 2), P.CODPROD, '{FOURTH_TABLE}', CAST(P.PRECUSTO * 1.1 AS NUMERIC(15,4)), 10,
           CURRENT_DATE FROM PRODUTO P
    """,
    f"""
    INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU, LAST_CHANGE)
    SELECT P.CODPROD, {r.COMPANY}, S.CODSETORESTOQUE, 3, P.LAST_CHANGE FROM PRODUTO P CROSS JOIN SETORESTOQUE S
    WHERE S.CODSETORESTOQUE IN ('{r.LOJA}', '{r.DEPOSITO}') AND NOT EXISTS (
        SELECT 1 FROM PRODUTOESTOQUE E WHERE E.CODPROD = P.CODPROD AND E.CODSETORESTOQUE = S.CODSETORESTOQUE)
    """,
    f"UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU + 100000 WHERE CODSETORESTOQUE = '{r.LOJA}'",
)

_CUSTOMERS = """
EXECUTE BLOCK AS DECLARE N INTEGER; BEGIN N = {first}; WHILE (N < {end}) DO BEGIN
    INSERT INTO CLIENTE (CODCLI, CODIGO, NOMECLI, FLAGFISICA, CPF, EMAIL, ENDERECO, CIDADE, ESTADO, CEP, LIMITECRED,
        LAST_CHANGE)
    VALUES (LPAD(:N, 8, '0'), LPAD(:N, 8, '0'), 'CLIENTE DE BALCAO ' || :N, 'Y', LPAD(:N, 11, '1'),
            'cliente' || :N || '@example.com', 'RUA DAS ACACIAS, ' || :N, 'PORTO ALEGRE', 'RS', '90010000', 0,
            DATEADD(-MOD(:N, 3000) - 2 DAY TO CAST('NOW' AS TIMESTAMP)));
    N = N + 1; END END
"""

# Sold long ago: an order with its lines, the sale made from it, and the link between the two.
_ORDERS = """
EXECUTE BLOCK AS DECLARE N INTEGER; DECLARE L INTEGER; DECLARE K CHAR(9); DECLARE P CHAR(9); DECLARE D DATE; BEGIN
N = {first}; WHILE (N < {end}) DO BEGIN
    K = LPAD(:N, 9, '0'); D = DATEADD(-MOD(:N, 3000) - 40 DAY TO CURRENT_DATE);
    INSERT INTO ORCAMENTO (CODORC, NUMEROORCAMENTO, CODCLI, NOMECLI, FLAGCLI, FLAGRESERVADO, FLAGSTATUS, DATA,
        DATAFATURADO, CODEMPRESA, VALORTOTALPRODUTOS, VALORTOTALORCAMENTO, NUMPEDCLIENTE)
    VALUES (:K, :K, LPAD(100000 + MOD(:N, {customers}), 8, '0'), 'CLIENTE DE BALCAO', 'Y', 'N', 'O', :D,
        :D, 1, 20, 20, 'V-' || :N);
    INSERT INTO MOVENDA (CODMOVENDA, NUMPED, DATA, HORA, FLAGVENDA, FLAGCANCELADA, FLAGCLI, NOMECLI, CODCLI, CODEMPRESA,
        CODTIPOMOVIMENTO, VALORTOTALPRODUTOS, VALORTOTALNOTA)
    VALUES (:K, :N, :D, '12:00', 'Y', 'N', 'Y', 'CLIENTE DE BALCAO', LPAD(100000 + MOD(:N, {customers}), 8, '0'), 1,
        '{movement}', 20, 20);
    L = 0; WHILE (L < {lines}) DO BEGIN
        K = LPAD(:N * {lines} + :L, 9, '0'); P = LPAD(1 + MOD(:N * 7 + :L, {products}), 9, '0');
        INSERT INTO ORCAMENTOPROD (CODORCPROD, CODORC, CODPROD, QUANTIDADE, VALORUNITARIO, VALORTOTAL, ALIQICMS,
            CODEMPRESA, QUANTIDADETOTALFATURADA) VALUES (:K, LPAD(:N, 9, '0'), :P, 1, 10, 10, 0, 1, 1);
        INSERT INTO MOVENDAPROD (CODMOVPROD, CODMOVENDA, CODPROD, QUANTIDADE, VALORUNITARIO, VALORTOTAL, ALIQICMS)
        VALUES (:K, LPAD(:N, 9, '0'), :P, 1, 10, 10, 0);
        INSERT INTO ORCAMENTOVENDA (CODORCAMENTOVENDA, CODORCPROD, CODMOVPROD, QUANTIDADEVENDA) VALUES (:K, :K, :K, 1);
        L = L + 1; END
    N = N + 1; END END
"""  # fmt: skip

_COUNTERS = """
UPDATE CODIGO SET ULTIMOCODIGO = {next} WHERE NOMETABELA = '{table}' AND NOMECAMPO = '{column}'
"""
# No list of C-Plus's indexes is known. Its keys and references surely have theirs; of these nobody knows.
_UNPROVEN_INDEXES = (
    "IDX_CLIENTE_CPF",
    "IDX_CLIENTE_CNPJ",
    "IDX_CLIENTE_LAST_CHANGE",
    "IDX_PRODUTO_LAST_CHANGE",
    "IDX_PRODUTOESTOQUE_LAST_CHANGE",
    "IDX_ORCAMENTO_NUMPEDCLIENTE",
    "IDX_MOVENDA_NUMPED",
    "IDX_DOCUMENTO_NUMEROPEDIDO",
)
FIRST_CUSTOMER = 100_000
FIRST_ORDER = 1_000


def create_large_base(database: Database, *, orders: int, customers: int, products: int, clock: Clock) -> None:
    """`products` in four price tables and two sectors, all well stocked in the shop; orders all invoiced long ago."""
    create_base(database, seed=1, products=products, customers=50, clock=clock, with_photos=False)
    numbers = {"customers": customers, "products": products, "lines": LINES_PER_ORDER, "movement": r.COUNTER_SALE}
    blocks = [
        *_STATEMENTS,
        *_blocks(_CUSTOMERS, FIRST_CUSTOMER, customers, numbers),
        *_blocks(_ORDERS, FIRST_ORDER, orders, numbers),
    ]
    keys = FIRST_ORDER + orders
    last_line = keys * LINES_PER_ORDER
    counters = {
        ("CLIENTE", "CODCLI"): FIRST_CUSTOMER + customers,
        ("CLIENTE", "CODIGO"): FIRST_CUSTOMER + customers,
        ("ORCAMENTO", "CODORC"): keys,
        ("ORCAMENTO", "NUMEROORCAMENTO"): keys,
        ("MOVENDA", "CODMOVENDA"): keys,
        ("MOVENDA", "NUMPED"): keys,
        ("MOVENDAPROD", "CODMOVPROD"): last_line,
        ("ORCAMENTOVENDA", "CODORCAMENTOVENDA"): last_line,
    }
    blocks += [
        _COUNTERS.format(next=number, table=table, column=column) for (table, column), number in counters.items()
    ]
    blocks += [f"DROP INDEX {index}" for index in _UNPROVEN_INDEXES]
    blocks += [f"ALTER SEQUENCE SEQ_CODORCPROD RESTART WITH {last_line}"]
    connection = connect(database)
    try:
        for block in blocks:
            connection.begin(WRITE)
            connection.execute_immediate(block)
            connection.commit()
    finally:
        connection.close()


def _blocks(template: str, first: int, count: int, numbers: dict[str, object]) -> list[str]:
    return [
        template.format(first=first + start, end=first + min(start + BLOCK, count), **numbers)
        for start in range(0, count, BLOCK)
    ]
