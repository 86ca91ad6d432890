"""Which item of a shop is which of ours: by the configured SKU key, then by GTIN; names are proposals and no more.

Pure. What speaks against itself is doubtful and waits for a person: a wrong match would put one product's price on
another. What nothing matches is only in the shop, and is never touched.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from stdnum import ean

PROPOSALS_MAX = 5
"""A name that more products than this bear tells nothing."""


class SkuKey(StrEnum):
    """The field of the ERP's product that the shop's SKUs hold."""

    SKU = "sku"
    CODE = "code"
    GTIN = "gtin"


class Standing(StrEnum):
    """What became of an item of the shop."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    DOUBLE = "double"  # several items of the shop are one of ours
    ONLY_SHOP = "only-shop"


BY_SKU, BY_APPENDED_KEY, BY_GTIN, BY_NAME, BY_VARIANTS = "sku", "appended-key", "gtin", "name", "variants"
GTIN_DIFFERS, SKU_TWICE, SAME_ITEM, NOTHING = "gtin-differs", "sku-twice", "same-item", "nothing"


class OurItem(NamedTuple):
    """A product of the ERP; `parent` is the item of its grid."""

    item: str
    code: str
    gtin: str
    names: tuple[str, ...]
    parent: str | None = None


class FoundItem(NamedTuple):
    """An item of the shop; `kind` and `variants` as in `publishing.Content`."""

    remote_id: str
    sku: str
    name: str
    gtin: str
    kind: str = "simple"
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one item of the shop. `proposals`: (item, reason) pairs of one that is not sure."""

    found: FoundItem
    standing: Standing
    reason: str
    item: str | None = None
    proposals: tuple[tuple[str, str], ...] = ()


def match(ours: Iterable[OurItem], shop: Sequence[FoundItem], key: SkuKey) -> list[Match]:
    """Match all items of a shop, in their order; grids are known by their variants."""
    index = _Index.of(ours, key)
    skus: dict[str, int] = defaultdict(int)
    for found in shop:
        skus[_folded(found.sku)] += 1
    first = {found.remote_id: _match_one(index, found) for found in shop if found.kind != "grid"}
    of_sku = {_folded(one.found.sku): one for one in first.values()}
    both = first | {found.remote_id: _match_grid(index, found, of_sku) for found in shop if found.kind == "grid"}
    matches = [both[found.remote_id] for found in shop]
    twice = [_ambiguous(one, SKU_TWICE) if skus[_folded(one.found.sku)] > 1 else one for one in matches]
    return _without_doubles(twice)


def key_hits(ours: Iterable[OurItem], shop: Iterable[FoundItem]) -> dict[SkuKey, int]:
    """How many SKUs of the shop are one of ours by each key: tells a person that another one is the right one."""
    skus = {_folded(found.sku) for found in shop}
    hits = dict.fromkeys(SkuKey, 0)
    for our in ours:
        for key in SkuKey:
            hits[key] += _folded(_key_of(our, key)) in skus
    return hits


@dataclass(frozen=True, slots=True)
class _Index:
    """Our items by what they can be known by."""

    by_key: Mapping[str, list[str]]
    by_item: Mapping[str, OurItem]
    by_gtin: Mapping[str, list[str]]
    by_name: Mapping[str, list[str]]
    by_folded_item: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, ours: Iterable[OurItem], key: SkuKey) -> _Index:
        by_key, by_gtin, by_name = (defaultdict[str, list[str]](list) for _ in range(3))
        by_item: dict[str, OurItem] = {}
        for our in ours:
            by_item[our.item] = our
            if text := _folded(_key_of(our, key)):
                by_key[text].append(our.item)
            if gtin := gtin_of(our.gtin):
                by_gtin[gtin].append(our.item)
            for name in {_name(name) for name in our.names} - {""}:
                by_name[name].append(our.item)
        return cls(by_key, by_item, by_gtin, by_name, {_folded(item): item for item in by_item})

    def by_sku(self, sku: str) -> dict[str, str]:
        """Items whose SKU this may be, and how: by the configured key, or our own, under which we make new ones."""
        folded = _folded(sku)
        found = dict.fromkeys(self.by_key.get(folded, ()), BY_SKU)
        if own := self.by_folded_item.get(folded):
            found.setdefault(own, BY_SKU)
        return found or dict.fromkeys(self._by_appended_key(folded), BY_APPENDED_KEY)

    def _by_appended_key(self, sku: str) -> Iterator[str]:
        """An older connector wrote the key and, behind it, the product's own: "1234-000000017", "1234000000017".

        (WCPLUS.FLAGCONCATENAIDPRODUTO; what stood between the two is not known, so any sign that is no letter or digit
        may.)
        """
        for place in range(1, len(sku)):
            item = self.by_folded_item.get(sku[place:])
            before = re.sub(r"[^0-9a-z]+$", "", sku[:place])
            if item is not None and item in self.by_key.get(before, ()):
                yield item

    def parents(self, items: Iterable[str]) -> list[str]:
        """The grids of these items."""
        found = {self.by_item[item].parent for item in items if item in self.by_item}
        return sorted(parent for parent in found if parent is not None)


def _match_one(index: _Index, found: FoundItem) -> Match:
    by_sku, gtin = index.by_sku(found.sku), gtin_of(found.gtin)
    by_gtin = dict.fromkeys(index.by_gtin.get(gtin, ()) if gtin else (), BY_GTIN)
    agreed = by_sku.keys() & by_gtin.keys()
    if len(agreed) == 1:
        (item,) = agreed
        return Match(found, Standing.SURE, by_sku[item], item)
    if by_sku and by_gtin:
        return _doubtful(found, BY_GTIN, by_gtin | by_sku)
    if len(by_sku) == 1:
        ((item, how),) = by_sku.items()
        if gtin and _contradicts(index.by_item[item], gtin, found.name):
            return _doubtful(found, GTIN_DIFFERS, by_sku)
        return Match(found, Standing.SURE, how, item)
    if len(by_gtin) == 1:
        return Match(found, Standing.SURE, BY_GTIN, next(iter(by_gtin)))
    if by_sku or by_gtin:
        return _doubtful(found, BY_SKU if by_sku else BY_GTIN, by_sku or by_gtin)
    by_name = index.by_name.get(_name(found.name), [])
    if by_name and len(by_name) <= PROPOSALS_MAX:
        return _doubtful(found, BY_NAME, dict.fromkeys(by_name, BY_NAME))
    return Match(found, Standing.ONLY_SHOP, NOTHING)


def _contradicts(our: OurItem, gtin: str, name: str) -> bool:
    """The SKU says this one; its GTIN and its name say another one."""
    own = gtin_of(our.gtin)
    return bool(own) and own != gtin and _name(name) not in {_name(known) for known in our.names}


def _match_grid(index: _Index, found: FoundItem, of_sku: Mapping[str, Match]) -> Match:
    variants = [of_sku[_folded(sku)] for sku in found.variants if _folded(sku) in of_sku]
    parents = index.parents(one.item for one in variants if one.item is not None)
    if len(parents) == 1:
        return Match(found, Standing.SURE, BY_VARIANTS, parents[0])
    maybe = parents or index.parents(item for one in variants for item, _ in one.proposals)
    if maybe:
        return _doubtful(found, BY_VARIANTS, dict.fromkeys(maybe, BY_VARIANTS))
    return Match(found, Standing.ONLY_SHOP, NOTHING)


def _doubtful(found: FoundItem, reason: str, proposals: Mapping[str, str]) -> Match:
    return Match(found, Standing.DOUBTFUL, reason, proposals=tuple(sorted(proposals.items())))


def _ambiguous(one: Match, reason: str) -> Match:
    proposals = ((one.item, one.reason),) if one.item is not None else one.proposals
    return Match(one.found, Standing.DOUBLE, reason, proposals=proposals)


def _without_doubles(matches: Sequence[Match]) -> list[Match]:
    """One item of ours is one item of the shop: where several claim it, a person chooses. Names claim nothing taken."""
    claims: dict[str, int] = defaultdict(int)
    for one in matches:
        if one.item is not None:
            claims[one.item] += 1
    settled = []
    for one in matches:
        if one.item is not None and claims[one.item] > 1:
            settled.append(_ambiguous(one, SAME_ITEM))
        elif one.standing is Standing.DOUBTFUL and one.reason == BY_NAME:
            free = tuple(pair for pair in one.proposals if not claims[pair[0]])
            settled.append(
                Match(one.found, Standing.DOUBTFUL, BY_NAME, proposals=free)
                if free
                else Match(one.found, Standing.ONLY_SHOP, NOTHING)
            )
        else:
            settled.append(one)
    return settled


def gtin_of(text: str) -> str:
    """A GTIN as it is compared: valid, of 14 digits; empty for anything else, the numbers that shops make up too."""
    bare = text.strip()
    if not ean.is_valid(bare):
        return ""
    padded = bare.zfill(14)
    return "" if padded.startswith("02") else padded


def _key_of(our: OurItem, key: SkuKey) -> str:
    match key:
        case SkuKey.SKU:
            return our.item
        case SkuKey.CODE:
            return our.code
        case SkuKey.GTIN:
            return our.gtin


def _folded(sku: str) -> str:
    return sku.strip().casefold()


def _name(text: str) -> str:
    return " ".join(text.casefold().split())
