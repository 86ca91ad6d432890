"""What the sample shop sells, read from assortment.toml: colours, and kinds of goods with their models and measures."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple


class Colour(NamedTuple):
    """A colour of the grid: its name, the short form used in codes, and how it is painted."""

    name: str
    short: str
    rgb: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of goods; one with `sizes` is sold as grids of those sizes in two colours."""

    noun: str
    code: str
    section: tuple[str, str]  # department and section
    drawing: str  # a name of photos.DRAWINGS
    models: tuple[str, ...]
    brands: tuple[str, ...]
    cost: tuple[int, int]  # R$, lowest and highest
    weight_kg: Decimal
    box_cm: tuple[int, int, int]  # height, width, length
    text: str
    sizes: tuple[str, ...]
    unit: str
    delivery_days: int


_DATA = tomllib.loads((Path(__file__).parent / "assortment.toml").read_text(encoding="utf-8"))

COLOURS = tuple(Colour(each["name"], each["short"], tuple(each["rgb"])) for each in _DATA["colour"])

KINDS = tuple(
    Kind(
        noun=each["noun"],
        code=each["code"],
        section=tuple(each["section"]),
        drawing=each["drawing"],
        models=tuple(each["models"]),
        brands=tuple(each["brands"]),
        cost=tuple(each["cost"]),
        weight_kg=Decimal(each["weight"]),
        box_cm=tuple(each["box"]),
        text=each["text"],
        sizes=tuple(each.get("sizes", ())),
        unit=each.get("unit", "UN"),
        delivery_days=each.get("delivery_days", 3),
    )
    for each in _DATA["kind"]
)

SIZES = tuple(dict.fromkeys(size for kind in KINDS for size in kind.sizes))
BRANDS = tuple(dict.fromkeys(brand for kind in KINDS for brand in kind.brands))
SECTIONS = tuple(dict.fromkeys(kind.section for kind in KINDS))
