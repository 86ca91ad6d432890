"""What stands in the sample base before the first product: company, people, terms, price tables, places.

Keys that a settings file or a test refers to have a name here.
"""

from __future__ import annotations

from typing import NamedTuple

Value = object  # str, int, Decimal, date, datetime, bytes or None: what a column takes
Row = dict[str, Value]
Rows = dict[str, list[Row]]
"""Rows by table, in the order in which they may be inserted."""

COMPANY = 1
COMPANY_CNPJ = "11222333000181"
COMPANY_STATE = "RS"
COMPANY_STATE_IBGE = "43"

LOJA, DEPOSITO = "000000001", "000000002"  # stock sectors
VAREJO, ATACADO, REVENDA = "000000001", "000000002", "000000003"  # price tables
VENDA_ONLINE = "000000005"  # the products' characteristic that puts them into the shop
SHOP_CUSTOMER = "000000004"  # the customers' characteristic
COUNTER_SALE, SHOP_SALE = "000000001", "000000007"  # movement types
SELLER_COUNTER, SELLER_SHOP = "000000002", "000000001"
USER_TILL, USER_OFFICE, USER_INTEGRATION = "000000001", "000000002", "000000003"
CONSUMER = "00000001"  # the customer of a counter sale who gave no name
ORDER_OPEN = "000000001"
CASH, BOLETO, CARD, PIX = "001", "010", "003", "025"  # payment kinds
AT_SIGHT = "000000001"  # payment terms
CODE_EAN = "000000002"  # kind of additional code
REAL, DOLLAR = "000000001", "000000002"  # currencies
AXIS_COLOUR, AXIS_SIZE = "000000001", "000000002"


class City(NamedTuple):
    """A city with its IBGE code, an area code for telephones and the first five digits of its postal codes."""

    name: str
    state: str
    ibge: str
    phone: str
    postcode: str


CITIES = (
    City("PORTO ALEGRE", "RS", "4314902", "51", "90010"),
    City("CAXIAS DO SUL", "RS", "4305108", "54", "95010"),
    City("PELOTAS", "RS", "4314407", "53", "96010"),
    City("SANTA MARIA", "RS", "4316907", "55", "97010"),
    City("NOVO HAMBURGO", "RS", "4313409", "51", "93310"),
    City("FLORIANÓPOLIS", "SC", "4205407", "48", "88010"),
    City("JOINVILLE", "SC", "4209102", "47", "89201"),
    City("BLUMENAU", "SC", "4202404", "47", "89010"),
    City("CURITIBA", "PR", "4106902", "41", "80010"),
    City("LONDRINA", "PR", "4113700", "43", "86010"),
    City("MARINGÁ", "PR", "4115200", "44", "87010"),
    City("SÃO PAULO", "SP", "3550308", "11", "01310"),
    City("CAMPINAS", "SP", "3509502", "19", "13010"),
    City("SANTOS", "SP", "3548500", "13", "11010"),
    City("RIBEIRÃO PRETO", "SP", "3543402", "16", "14010"),
    City("RIO DE JANEIRO", "RJ", "3304557", "21", "20040"),
    City("NITERÓI", "RJ", "3303302", "21", "24020"),
    City("BELO HORIZONTE", "MG", "3106200", "31", "30110"),
    City("UBERLÂNDIA", "MG", "3170206", "34", "38400"),
    City("JUIZ DE FORA", "MG", "3136702", "32", "36010"),
    City("VITÓRIA", "ES", "3205309", "27", "29010"),
    City("SALVADOR", "BA", "2927408", "71", "40010"),
    City("RECIFE", "PE", "2611606", "81", "50010"),
    City("FORTALEZA", "CE", "2304400", "85", "60010"),
    City("NATAL", "RN", "2408102", "84", "59010"),
    City("JOÃO PESSOA", "PB", "2507507", "83", "58010"),
    City("BRASÍLIA", "DF", "5300108", "61", "70040"),
    City("GOIÂNIA", "GO", "5208707", "62", "74010"),
    City("MANAUS", "AM", "1302603", "92", "69010"),
    City("BELÉM", "PA", "1501402", "91", "66010"),
)

_STATES = (
    "11 RO RONDÔNIA, 12 AC ACRE, 13 AM AMAZONAS, 14 RR RORAIMA, 15 PA PARÁ, 16 AP AMAPÁ, 17 TO TOCANTINS, "
    "21 MA MARANHÃO, 22 PI PIAUÍ, 23 CE CEARÁ, 24 RN RIO GRANDE DO NORTE, 25 PB PARAÍBA, 26 PE PERNAMBUCO, "
    "27 AL ALAGOAS, 28 SE SERGIPE, 29 BA BAHIA, 31 MG MINAS GERAIS, 32 ES ESPÍRITO SANTO, 33 RJ RIO DE JANEIRO, "
    "35 SP SÃO PAULO, 41 PR PARANÁ, 42 SC SANTA CATARINA, 43 RS RIO GRANDE DO SUL, 50 MS MATO GROSSO DO SUL, "
    "51 MT MATO GROSSO, 52 GO GOIÁS, 53 DF DISTRITO FEDERAL"
)

# name, instalments, discount %, offered in the shop
_TERMS = (
    ("À VISTA", 1, 0, "Y"),
    ("PIX", 1, 5, "Y"),
    ("BOLETO BANCÁRIO", 1, 0, "Y"),
    ("CARTÃO DE CRÉDITO 1X", 1, 0, "Y"),
    ("CARTÃO DE CRÉDITO 3X SEM JUROS", 3, 0, "Y"),
    ("CARTÃO DE CRÉDITO 6X SEM JUROS", 6, 0, "Y"),
    ("CREDIÁRIO DA LOJA 5X", 5, 0, "N"),
    ("FATURADO 30/60/90", 3, 0, "N"),
)

_PAYMENT_KINDS = (
    (CASH, "DINHEIRO", "Y"),
    ("002", "CHEQUE", "Y"),
    (CARD, "CARTÃO DE CRÉDITO", "N"),
    ("008", "CREDIÁRIO", "N"),
    (BOLETO, "BOLETO", "N"),
    ("013", "CARTÃO DE DÉBITO", "N"),
    (PIX, "PIX", "N"),
)

# the shop's payment key, and the terms for it
_SHOP_PAYMENTS = (("pix", 2), ("boleto", 3), ("cartao", 4), ("cartao_3x", 5), ("cartao_6x", 6))


def key(number: int, width: int = 9) -> str:
    """A key as C-Plus writes it: digits, padded with zeros."""
    return f"{number:0{width}d}"


def rows() -> Rows:
    """All rows of the registers."""
    return {
        "UF": [
            {"CODUF": code, "NOMEUF": name, "CODIGOIBGE": ibge}
            for ibge, code, name in (state.split(" ", 2) for state in _STATES.split(", "))
        ],
        "CIDADE": [
            {"CODCIDADE": key(n), "CODIGO": str(n), "NOMECIDADE": c.name, "CODIGOIBGE": c.ibge, "CODUF": c.state}
            for n, c in enumerate(CITIES, start=1)
        ],
        "EMPRESA": [_company()],
        "VENDEDOR": [
            {"CODVENDED": SELLER_SHOP, "CODIGO": "1", "NOMEVENDED": "LOJA VIRTUAL", "INATIVO": "N"},
            {"CODVENDED": SELLER_COUNTER, "CODIGO": "2", "NOMEVENDED": "BALCÃO", "INATIVO": "N"},
        ],
        "USUARIO": [
            _user(USER_TILL, "CAIXA", SELLER_COUNTER),
            _user(USER_OFFICE, "ESCRITÓRIO", SELLER_COUNTER),
            _user(USER_INTEGRATION, "INTEGRADOR", SELLER_SHOP),
        ],
        # A short key of an older version stands among the nine-digit ones, as in every base that has been upgraded.
        "TRANSPORTADORA": [
            {"CODTRANS": "004", "CODIGO": "4", "NOMETRANS": "CORREIOS", "FLAGATIVO": "Y"},
            {"CODTRANS": "000000054", "CODIGO": "54", "NOMETRANS": "RETIRA NA LOJA", "FLAGATIVO": "Y"},
            {"CODTRANS": "000000055", "CODIGO": "55", "NOMETRANS": "ENTREGA PRÓPRIA", "FLAGATIVO": "Y"},
        ],
        "PLANOCONTA": [
            {"CODPC": "000000002", "CODIGO": "2", "DESCRICAO": "RECEITA DE VENDAS", "OPERACAO": "C"},
        ],
        "RECEBIMENTO": [
            {"CODREC": code, "CODIGO": str(int(code)), "RECEBIMENTO": name, "FIXO": fixed}
            for code, name, fixed in _PAYMENT_KINDS
        ],
        "FORMAPAG": [
            {
                "CODFP": key(n),
                "CODIGO": str(n),
                "DESCRICAO": name,
                "NUMPARCELAS": instalments,
                "INTERVALOPARCELAS": 30 if instalments > 1 else 0,
                "ALIQDESCONTO": discount,
                "ALIQJUROS": 0,
                "FLAGLOJAVIRTUAL": in_shop,
                "FLAGATIVO": "Y",
            }
            for n, (name, instalments, discount, in_shop) in enumerate(_TERMS, start=1)
        ],
        "CFOP": [
            {"CODCFOP": "5102", "DESCRICAO": "VENDA DE MERCADORIA DENTRO DO ESTADO", "FLAGALTERAESTOQUE": "Y"},
            {"CODCFOP": "6102", "DESCRICAO": "VENDA DE MERCADORIA PARA OUTRO ESTADO", "FLAGALTERAESTOQUE": "Y"},
        ],
        "TIPOMOVIMENTO": [_movement(COUNTER_SALE, "VENDA BALCÃO"), _movement(SHOP_SALE, "VENDA LOJA VIRTUAL")],
        "SETORESTOQUE": [
            {"CODSETORESTOQUE": LOJA, "CODIGO": "1", "NOMESETORESTOQUE": "LOJA", "FLAGATIVO": "Y"},
            {"CODSETORESTOQUE": DEPOSITO, "CODIGO": "2", "NOMESETORESTOQUE": "DEPÓSITO", "FLAGATIVO": "Y"},
        ],
        "PRECO": [
            {"CODPRECO": code, "CODIGO": str(int(code)), "NOMEPRECO": name, "FLAGUSAFORMULA": "N", "FLAGINATIVA": "N"}
            for code, name in ((VAREJO, "VAREJO"), (ATACADO, "ATACADO"), (REVENDA, "REVENDA"))
        ],
        "MOEDA": [
            {"CODMOEDA": REAL, "CODIGO": "R$", "NOMEMOEDA": "REAL", "COTACAO": 1},
            {"CODMOEDA": DOLLAR, "CODIGO": "US$", "NOMEMOEDA": "DÓLAR", "COTACAO": "5.25"},
        ],
        "UNIDADE": [
            {"CODUNIDADE": "000000001", "CODIGO": "UN", "UNIDADE": "UNIDADE", "FATORCONVERSAO": 1},
            {"CODUNIDADE": "000000002", "CODIGO": "MT", "UNIDADE": "METRO", "FATORCONVERSAO": 1},
            {"CODUNIDADE": "000000003", "CODIGO": "PAR", "UNIDADE": "PAR", "FATORCONVERSAO": 1},
        ],
        "TIPOCODIGO": [
            {"CODTIPOCODIGO": "000000001", "CODIGO": "1", "NOMETIPOCODIGO": "REFERÊNCIA"},
            {"CODTIPOCODIGO": CODE_EAN, "CODIGO": "2", "NOMETIPOCODIGO": "EAN"},
        ],
        "CARACTERISTICA": [
            {"CODCARACTERISTICA": VENDA_ONLINE, "CODIGO": "5", "NOMECARACTERISTICA": "VENDA ON-LINE"},
            {"CODCARACTERISTICA": "000000006", "CODIGO": "6", "NOMECARACTERISTICA": "LANÇAMENTO"},
        ],
        "CARACTERISTICAPESSOA": [
            {
                "CODCARACTERISTICAPESSOA": SHOP_CUSTOMER,
                "CODIGO": "4",
                "NOMECARACTERISTICAPESSOA": "CLIENTE LOJA VIRTUAL",
            },
        ],
        "TIPOENDERECO": [{"CODTIPOENDERECO": "000000001", "CODIGO": "1", "NOMETIPOENDERECO": "ENTREGA"}],
        "ORCAMENTOSTATUS": [
            {"CODORCAMENTOSTATUS": key(n), "CODIGO": str(n), "NOMEORCAMENTOSTATUS": name}
            for n, name in enumerate(("ABERTO", "EM SEPARAÇÃO", "PRONTO PARA FATURAR"), start=1)
        ],
        "WCPLUS_CONFIGURACAO": [
            {
                "CODWCPLUS": 1,
                "NOMEWCPLUS": "LOJA VIRTUAL",
                "PLATAFORMA": "MAGENTO",
                "CODCARACTERISTICA": VENDA_ONLINE,
                "CODPRECO": VAREJO,
                "CODVENDED": SELLER_SHOP,
                "CODCARACTERISTICAPESSOA": SHOP_CUSTOMER,
                "CODTIPOMOVIMENTO": SHOP_SALE,
                "CODEMPRESA": COMPANY,
                "INTERVALO": 5,
            },
        ],
        "WCPLUS_EMPRESA": [{"CODWCPLUS": 1, "CODEMPRESA": COMPANY}],
        "WCPLUS_ESTOQUE": [{"CODWCPLUS": 1, "CODSETORESTOQUE": sector} for sector in (LOJA, DEPOSITO)],
        "WCPLUS_FORMAPAG": [
            {"CODWCPLUS": 1, "CHAVEPAGAMENTO": payment, "CODFP": key(terms)} for payment, terms in _SHOP_PAYMENTS
        ],
    }


def _company() -> Row:
    return {
        "CODEMPRESA": COMPANY,
        "NOMEEMPRESA": "CASA AURORA COMÉRCIO DE CONFECÇÕES LTDA",
        "NOMEFANTASIA": "CASA AURORA",
        "CNPJ": COMPANY_CNPJ,
        "INSCRICAOESTADUAL": "0960000001",
        "ENDERECO": "RUA DOS ANDRADAS",
        "NUMEROLOGRADOURO": "1001",
        "BAIRRO": "CENTRO HISTÓRICO",
        "CIDADE": CITIES[0].name,
        "ESTADO": COMPANY_STATE,
        "CEP": "90020007",
        "TELEFONE": "5130000000",
        "EMAIL": "contato@example.com",
        "CODIGOMUNICIPIOIBGE": CITIES[0].ibge,
        "FLAGCRT": "1",
        "FLAGSIMPLESNACIONAL": "Y",
        "INATIVA": "N",
        "MODELONOTA": "55",
        "NUMNFE": 1001,
        "SERIENFE": "1",
    }


def _user(code: str, name: str, seller: str) -> Row:
    return {
        "CODUSER": code,
        "CODIGO": str(int(code)),
        "NOME": name,
        "LOGIN": name,
        "SENHA": "-",
        "CODPRECOPADRAO": VAREJO,
        "CODSETORESTOQUEPADRAO": LOJA,
        "FLAGADMINISTRADOR": "N",
        "FLAGATIVO": "Y",
        "CODEMPRESA": COMPANY,
        "CODVENDED": seller,
    }


def _movement(code: str, name: str) -> Row:
    return {
        "CODTIPOMOVIMENTO": code,
        "CODIGO": f"{int(code):03d}",
        "NOMETIPOMOVIMENTO": name,
        "FLAGFORNCLI": "C",
        "FLAGATUALIZAESTOQUE": "Y",
        "FLAGLANCAFINANCEIRO": "Y",
        "FLAGDEVOLUCAO": "N",
        "CODCFOPDENTROUF": "5102",
        "CODCFOPFORAUF": "6102",
        "FLAGPRESENCA": "1" if code == COUNTER_SALE else "2",
        "FLAGINATIVO": "N",
    }
