"""The goods of the sample base, invented from a seed: grids, single products, kits, and a few of every bad day."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from connectors.sandbox.base.assortment import COLOURS, KINDS, Colour, Kind
from connectors.sandbox.base.documents import ean13
from connectors.sandbox.base.registers import ATACADO, DEPOSITO, LOJA, REVENDA, VAREJO, key

GRID_SHARE = Decimal("0.4")  # of all products are cells of grids
COLOURS_PER_GRID = 2
SPECIALS_FROM = 60  # products: a smaller base has no kits, no goods by the metre and no bad days
EAN_COMPANY = "7890000"
NAME_WIDTH = 50  # of NOMEPROD; longer names are cut, as C-Plus's users cut them

_GRID_KINDS = tuple(kind for kind in KINDS if kind.sizes)
_FABRIC = next(kind for kind in KINDS if kind.unit == "MT")
_KIT = next(kind for kind in KINDS if kind.code == "KIT")
_IN_KITS = ("CAN", "PRA")
_SINGLE_KINDS = tuple(kind for kind in KINDS if not kind.sizes and kind not in (_FABRIC, _KIT))


class Line(NamedTuple):
    """A model of a kind of goods, and the how-manieth time it is in the catalogue."""

    kind: Kind
    model: str
    edition: int

    @property
    def name(self) -> str:
        """Without colour and size."""
        again = f" REF {self.edition}" if self.edition > 1 else ""
        return f"{self.kind.noun} {self.model}{again}"


@dataclass(frozen=True, slots=True)
class Item:
    """One PRODUTO row with what hangs on it. `photo` is "drawn", "png", "broken" (bytes that are no picture) or "none".

    `stock` holds on hand and reserved by service orders for each sector; a sector that is absent has no row.
    """

    key: str
    code: str
    kind: Kind
    colour: Colour
    name: str
    brand: str
    web_name: str | None
    description: str | None
    cost: Decimal
    prices: Mapping[str, Decimal]
    stock: Mapping[str, tuple[Decimal, Decimal]]
    ean: str
    grid: str | None = None
    size: str | None = None
    parts: tuple[tuple[str, int], ...] = ()
    photo: str = "drawn"
    online: bool = True
    active: bool = True
    sellable: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A product that is sold in cells of size x colour."""

    key: str
    name: str
    items: tuple[Item, ...]


def _without_price(item: Item) -> Item:
    return replace(item, prices={})


def _in_one_table(item: Item) -> Item:
    return replace(item, prices={ATACADO: item.prices[ATACADO]})


def _price_of_zero(item: Item) -> Item:
    return replace(item, prices={**item.prices, VAREJO: Decimal(0)})


def _price_of_four_decimals(item: Item) -> Item:
    return replace(item, prices={**item.prices, ATACADO: item.prices[ATACADO] + Decimal("0.0050")})


def _sold_out(item: Item) -> Item:
    return replace(item, stock={sector: (Decimal(0), Decimal(0)) for sector in item.stock})


def _at_the_workshop(item: Item) -> Item:
    return replace(item, stock={**item.stock, LOJA: (Decimal(5), Decimal(2))})


BAD_DAYS: Mapping[str, Callable[[Item], Item]] = {
    "without price": _without_price,
    "price in one table only": _in_one_table,
    "price of zero": _price_of_zero,
    "price of four decimals": _price_of_four_decimals,
    "without photo": lambda item: replace(item, photo="none"),
    "photo that is no picture": lambda item: replace(item, photo="broken"),
    "photo as PNG": lambda item: replace(item, photo="png"),
    "sold out": _sold_out,
    "without stock row": lambda item: replace(item, stock={}),
    "reserved by a service order": _at_the_workshop,
    "inactive though online": lambda item: replace(item, active=False),
    "not for sale though online": lambda item: replace(item, sellable=False),
    "without texts": lambda item: replace(item, web_name=None, description=None),
    "text as RTF": lambda item: replace(item, description=r"{\rtf1\ansi Descri\'e7\'e3o antiga.\par}"),
    "text with dashes and an odd byte": lambda item: replace(item, note="Preço “de fábrica” – 10 € a menos \x81"),
}
"""What a real base has of everything, once each: the name of the case and what it does to a sound product."""


def bad_days(products: int) -> dict[str, str]:
    """The CODPROD of each bad day in a base of so many products; empty in a small one."""
    if products < SPECIALS_FROM:
        return {}
    first = products - len(BAD_DAYS) + 1
    return {case: key(first + place) for place, case in enumerate(BAD_DAYS)}


def goods(seed: int, products: int) -> tuple[tuple[Grid, ...], tuple[Item, ...]]:
    """The grids, and all `products` items in the order of their keys: cells first, bad days last."""
    assert products > 0
    chance = random.Random(f"{seed}:goods")
    cells_per_grid = len(_GRID_KINDS[0].sizes) * COLOURS_PER_GRID
    grid_count = max(int(products * GRID_SHARE) // cells_per_grid, int(products >= cells_per_grid))
    keys = map(key, range(1, products + 1))
    grids = tuple(
        _grid(chance, number, line, keys)
        for number, line in zip(range(1, grid_count + 1), _lines(chance, _GRID_KINDS), strict=False)
    )
    items = [item for grid in grids for item in grid.items]
    lines = _lines(chance, _SINGLE_KINDS)
    special = products >= SPECIALS_FROM
    kits = len(_KIT.models) if special else 0
    fabrics = len(_FABRIC.models) if special else 0
    for _ in range(products - len(items) - kits - fabrics - len(bad_days(products))):
        items.append(_single(chance, next(keys), next(lines)))
    items += [_fabric(chance, next(keys), model) for model in _FABRIC.models[:fabrics]]
    items += [_kit(chance, next(keys), model, items) for model in _KIT.models[:kits]]
    items += [BAD_DAYS[case](_single(chance, next(keys), next(lines))) for case in bad_days(products)]
    return grids, tuple(items)


def _lines(chance: random.Random, kinds: tuple[Kind, ...]) -> Iterator[Line]:
    """Every model of every kind in chance order after the first, then all again as the next edition."""
    models = [(kind, model) for kind in kinds for model in kind.models]
    edition = 1
    while True:
        first, *rest = models
        chance.shuffle(rest)
        for kind, model in (first, *rest):
            yield Line(kind, model, edition)
        edition += 1


def _grid(chance: random.Random, number: int, line: Line, keys: Iterator[str]) -> Grid:
    kind = line.kind
    colours = COLOURS[:COLOURS_PER_GRID] if number == 1 else chance.sample(COLOURS, COLOURS_PER_GRID)
    brand, cost, described = chance.choice(kind.brands), _cost(chance, kind), chance.random() < 0.9
    cells = []
    for colour in colours:
        for place, size in enumerate(kind.sizes):
            name = f"{line.name} {colour.name} {size}"
            item = _item(chance, next(keys), kind, colour, name, brand=brand, cost=cost + place, described=described)
            code = f"{kind.code}-{number:04d}-{colour.short}-{size}"
            cells.append(replace(item, code=code, grid=key(number), size=size))
    return Grid(key=key(number), name=_title(line.name), items=tuple(cells))


def _single(chance: random.Random, item_key: str, line: Line) -> Item:
    # A model comes in all colours before it comes again, so that no name stands for two products.
    again, turn = divmod(line.edition - 1, len(COLOURS))
    colour = COLOURS[(sum(map(ord, line.model)) + turn) % len(COLOURS)]
    kind = line.kind
    return _item(
        chance,
        item_key,
        kind,
        colour,
        f"{line._replace(edition=again + 1).name} {colour.name}",
        brand=chance.choice(kind.brands),
        cost=_cost(chance, kind),
        described=chance.random() < 0.85,
    )


def _fabric(chance: random.Random, item_key: str, model: str) -> Item:
    item = _single(chance, item_key, Line(_FABRIC, model, 1))
    return replace(item, stock={LOJA: (Decimal("37.5"), Decimal(0)), DEPOSITO: (Decimal("112.25"), Decimal(0))})


def _kit(chance: random.Random, item_key: str, model: str, items: list[Item]) -> Item:
    """So many cups and as many plates; in a base too small to have both, of whatever else comes singly."""
    pieces = int(model.split(maxsplit=1)[0])
    singles = {item.kind.code: item.key for item in reversed(items) if item.kind in _SINGLE_KINDS}
    first, second, *_ = sorted(singles, key=lambda code: (code not in _IN_KITS, code))
    parts = ((singles[first], pieces // 2), (singles[second], pieces // 2))
    return replace(_sold_out(_single(chance, item_key, Line(_KIT, model, 1))), parts=parts)


def _item(
    chance: random.Random,
    item_key: str,
    kind: Kind,
    colour: Colour,
    name: str,
    *,
    brand: str,
    cost: Decimal,
    described: bool,
) -> Item:
    number = int(item_key)
    shelf, store = chance.randint(0, 18), chance.randint(0, 45)
    if chance.random() < 0.06:
        shelf = store = 0
    retail = Decimal(math.ceil(cost * Decimal("2.3"))) - Decimal("0.10")
    return Item(
        key=item_key,
        code=f"{kind.code}-{number:05d}",
        kind=kind,
        colour=colour,
        name=name[:NAME_WIDTH],
        brand=brand,
        web_name=_title(name) if described else None,
        description=_description(kind) if described else None,
        cost=cost,
        prices={VAREJO: retail, ATACADO: _share(retail, "0.80"), REVENDA: _share(retail, "0.70")},
        stock={LOJA: (Decimal(shelf), Decimal(0)), DEPOSITO: (Decimal(store), Decimal(0))},
        ean=ean13(f"{EAN_COMPANY}{number:05d}"),
    )


def _share(price: Decimal, share: str) -> Decimal:
    return (price * Decimal(share)).quantize(Decimal("0.01"))


def _cost(chance: random.Random, kind: Kind) -> Decimal:
    return Decimal(chance.randint(kind.cost[0] * 20, kind.cost[1] * 20)) / 20


def _title(name: str) -> str:
    """As a shop writes it: small letters after the first, except in what has digits (300ML, 2,60X1,70)."""
    small = {"DE", "DA", "COM"}
    words = name.split()
    return " ".join(w if any(c.isdigit() for c in w) else w.lower() if w in small else w.title() for w in words)


def _description(kind: Kind) -> str:
    height, width, length = kind.box_cm
    return (
        f"<p>{kind.text}</p><ul><li>Embalagem: {height} x {width} x {length} cm</li>"
        f"<li>Peso: {kind.weight_kg} kg</li><li>Envio em até {kind.delivery_days} dias</li></ul>"
    )
