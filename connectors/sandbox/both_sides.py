"""What C-Plus and the sample shop show of goods, orders and customers, read from outside and laid side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.desk import Desk, Record
from connectors.sandbox.shop import Shop
from connectors.sandbox.shop.inventory import WEBSITE
from connectors.sandbox.shop.orders import CANCELED, COMPLETE
from connectors.sandbox.shop.products import DEFAULT_VIEW, Product

CENT = Decimal("0.01")
ZERO = Decimal(0)
ENABLED = 1

_PRODUCTS = (
    "SELECT P.CODPROD, P.NOMEPROD, P.NOMEPRODWEB, P.FLAGINATIVO, P.FLAGNAOVENDER, P.CODPRODGRADE, P.UNIDADE, "
    "C.CODPROD AS TAGGED "
    "FROM PRODUTO P LEFT JOIN PRODUTOCARACTERISTICA C ON C.CODPROD = P.CODPROD AND C.CODCARACTERISTICA = ?"
)
_PRICES = "SELECT CODPROD, CODPRECO, PRECO FROM PRODUTOPRECO WHERE PRECO > 0 AND COALESCE(QUANTIDADEMINIMA, 0) <= 1"
_STOCK = (
    "SELECT CODPROD, CODEMPRESA, CODSETORESTOQUE, COALESCE(ESTATU, 0) AS ON_HAND, "
    "COALESCE(RESERVADOORCAMENTO, 0) AS RESERVED, COALESCE(RESERVADOOS, 0) AS AT_SERVICE FROM PRODUTOESTOQUE"
)
_PARTS = (
    "SELECT C.CODPROD, C.REFERCODPROD, C.QUANTIDADE FROM COMPOSICAO C JOIN PRODUTO K ON K.CODPROD = C.CODPROD "
    "WHERE K.FLAGCOMPOSTO = 'Y'"
)
_ORDERS = (
    "SELECT CODORC, NUMPEDCLIENTE, VALORTOTALORCAMENTO, FLAGRESERVADO, FLAGCANCELADO, DATAFATURADO, "
    "CODUSERCANCELAMENTO FROM ORCAMENTO ORDER BY CODORC"
)
_LINES = (
    "SELECT CODORC, CODPROD, QUANTIDADE - COALESCE(QUANTIDADETOTALFATURADA, 0) AS LEFT_OPEN FROM ORCAMENTOPROD "
    "WHERE COALESCE(FLAGCANCELADO, 'N') <> 'Y' AND COALESCE(FLAGITEMCANCELADO, 'N') <> 'Y'"
)


# ---------------------------------------------------------------- C-Plus


@dataclass(frozen=True, slots=True)
class Good:
    """A product in C-Plus; `wanted` = flagged online and neither inactive nor barred from sale; prices to the cent.

    `parts` is what is in a kit, by SKU; empty for everything else. `whole` = sold by the piece.
    """

    sku: str
    name: str
    wanted: bool
    grid: str | None
    prices: Mapping[str, Decimal]
    parts: Mapping[str, Decimal]
    whole: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A row of the stock."""

    sku: str
    place: str
    on_hand: Decimal
    reserved: Decimal
    at_service: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """An order in C-Plus; `lines` holds what is neither invoiced nor cancelled, by SKU."""

    key: str
    reference: str
    total: Decimal
    reserved: bool
    cancelled: bool
    cancelled_by: str
    invoiced: bool
    lines: Mapping[str, Decimal]

    @property
    def open(self) -> bool:
        """Waits in C-Plus."""
        return not (self.cancelled or self.invoiced)


@dataclass(frozen=True, slots=True)
class Base:
    """The C-Plus base. `people` counts the customers of each document (letters and digits) and each e-mail."""

    goods: Mapping[str, Good]
    grids: Mapping[str, str]
    tables: Mapping[str, str]
    stock: tuple[Shelf, ...]
    orders: tuple[Order, ...]
    people: Mapping[str, int]
    counter_sales: int


def read_base(desk: Desk, online_tag: str) -> Base:
    """Read the base, statement by statement: at rest they tell one story."""
    names = desk.read("SELECT CODPRODGRADE, NOMEPRODUTOGRADE FROM PRODUTOGRADE")
    tables = desk.read("SELECT CODPRECO, NOMEPRECO FROM PRECO")
    sold = desk.read("SELECT COUNT(*) AS SALES FROM MOVENDA WHERE FLAGVENDAPDV = 'Y'")
    stock = tuple(
        Shelf(
            row["CODPROD"],
            f"{row['CODEMPRESA']}/{row['CODSETORESTOQUE']}",
            *(Decimal(row[column]) for column in ("ON_HAND", "RESERVED", "AT_SERVICE")),
        )
        for row in desk.read(_STOCK)
    )
    return Base(
        goods=_goods(desk, online_tag),
        grids={row["CODPRODGRADE"]: row["NOMEPRODUTOGRADE"] for row in names},
        tables={row["CODPRECO"]: row["NOMEPRECO"] for row in tables},
        stock=stock,
        orders=_orders(desk),
        people=_people(desk),
        counter_sales=int(sold[0]["SALES"]),
    )


def _goods(desk: Desk, online_tag: str) -> dict[str, Good]:
    prices: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in desk.read(_PRICES):
        prices[row["CODPROD"]][row["CODPRECO"]] = row["PRECO"].quantize(CENT, ROUND_HALF_UP)
    parts: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in desk.read(_PARTS):
        parts[row["CODPROD"]][row["REFERCODPROD"]] = row["QUANTIDADE"]
    return {
        row["CODPROD"]: _good(row, prices.get(row["CODPROD"], {}), parts.get(row["CODPROD"], {}))
        for row in desk.read(_PRODUCTS, online_tag)
    }


def _good(row: Record, prices: Mapping[str, Decimal], parts: Mapping[str, Decimal]) -> Good:
    sold = row["FLAGINATIVO"] == "N" and (row["FLAGNAOVENDER"] or "N") == "N"
    name = (row["NOMEPRODWEB"] or "").strip() or row["NOMEPROD"].strip()
    return Good(
        row["CODPROD"],
        name,
        row["TAGGED"] is not None and sold,
        row["CODPRODGRADE"],
        prices,
        parts,
        row["UNIDADE"] != "MT",
    )


def _orders(desk: Desk) -> tuple[Order, ...]:
    lines: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in desk.read(_LINES):
        lines[row["CODORC"]][row["CODPROD"]] += row["LEFT_OPEN"]
    return tuple(
        Order(
            key=row["CODORC"],
            reference=row["NUMPEDCLIENTE"] or "",
            total=(row["VALORTOTALORCAMENTO"] or ZERO).quantize(CENT, ROUND_HALF_UP),
            reserved=row["FLAGRESERVADO"] == "Y",
            cancelled=row["FLAGCANCELADO"] == "Y",
            cancelled_by=row["CODUSERCANCELAMENTO"] or "",
            invoiced=row["DATAFATURADO"] is not None,
            lines=dict(lines[row["CODORC"]]),
        )
        for row in desk.read(_ORDERS)
    )


def _people(desk: Desk) -> Counter[str]:
    people: Counter[str] = Counter()
    for row in desk.read("SELECT CPF, CNPJ, EMAIL FROM CLIENTE WHERE CODCLI <> ?", r.CONSUMER):
        known = {bare(row["CPF"]), bare(row["CNPJ"]), (row["EMAIL"] or "").lower()}
        people.update(known - {""})
    return people


def bare(document: str | None) -> str:
    """A CPF or CNPJ without what people type between its digits."""
    return "".join(filter(str.isalnum, document or "")).upper()


# ---------------------------------------------------------------- the shop


@dataclass(frozen=True, slots=True)
class Article:
    """A product in the shop; `tiers` holds the fixed price of each customer group, by its code."""

    sku: str
    name: str
    enabled: bool
    grid: bool
    price: Decimal
    tiers: Mapping[str, Decimal]
    salable: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order in the shop."""

    number: str
    total: Decimal
    cancelled: bool
    closed: bool
    who: str


@dataclass(frozen=True, slots=True)
class Front:
    """The shop. `registered` are the documents of the accounts, `who` of an order a document or else an e-mail."""

    articles: Mapping[str, Article]
    purchases: tuple[Purchase, ...]
    registered: tuple[str, ...]


def read_shop(shop: Shop) -> Front:
    """Read the shop at one moment."""
    with shop.lock:
        articles = {product.sku: _article(shop, product) for product in shop.catalogue.by_id.values()}
        purchases = tuple(
            Purchase(
                number=order.increment_id,
                total=order.grand_total.quantize(CENT, ROUND_HALF_UP),
                cancelled=order.state == CANCELED,
                closed=order.state == COMPLETE,
                who=bare(order.taxvat or order.billing.fields.get("vat_id")) or order.email.lower(),
            )
            for order in shop.orders.by_id.values()
        )
        documents = tuple(bare(customer.fields.get("taxvat")) for customer in shop.customers.by_id.values())
    return Front(articles, purchases, tuple(filter(None, documents)))


def _article(shop: Shop, product: Product) -> Article:
    return Article(
        sku=product.sku,
        name=str(product.value("name", DEFAULT_VIEW)),
        enabled=product.value("status", DEFAULT_VIEW) == ENABLED,
        grid=product.configurable,
        price=_cents(product.value("price")),
        tiers={
            shop.groups.get(tier.group_id).code: _cents(tier.price)
            for tier in product.tiers
            if tier.group_id is not None and not tier.percent and tier.quantity == 1
        },
        salable=shop.inventory.salable(product.sku, shop.inventory.stock_of(WEBSITE).stock_id),
    )


def _cents(amount: Any) -> Decimal:
    return Decimal(str(amount or 0)).quantize(CENT, ROUND_HALF_UP)
