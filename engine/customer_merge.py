"""Two sides edit one customer: which side's change goes where.

Pure. Kept per field is the pair that was agreed, in each side's own spelling, so that C-Plus's upper case, cuts and
charset never look like a change. A field changed on both sides to different things is a conflict for the operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Merge:
    """What a comparison asks: fields to write to either side, pairs to keep as agreed, and conflicts."""

    to_erp: Mapping[str, str]
    to_channel: Mapping[str, str]
    agreed: Mapping[str, tuple[str, str]]  # field -> (ERP's, channel's)
    conflicts: Mapping[str, tuple[str, str]]


class _Way(StrEnum):
    STAYS = "stays"
    AGREED = "agreed"
    TO_ERP = "channel"  # the side that is taken, as a person says it
    TO_CHANNEL = "erp"
    CONFLICT = "conflict"


def merge(
    erp: Mapping[str, str],
    channel: Mapping[str, str],
    channel_as_erp: Mapping[str, str],
    kept: Mapping[str, tuple[str, str]],
    disputed: Mapping[str, str | None] = NOTHING,
) -> Merge:
    """Compare what both sides say now with what was agreed.

    channel_as_erp: the channel's values as the ERP would hold them. A field that the channel hides is not among its
    values: it stands there as it was agreed. A field never agreed on is taken as found; where one side has nothing, it
    gets the other's. disputed: fields in conflict since earlier, each with the side that a
    person has taken ("erp", "channel"), None before anybody did.
    """
    to_erp: dict[str, str] = {}
    to_channel: dict[str, str] = {}
    agreed: dict[str, tuple[str, str]] = {}
    conflicts: dict[str, tuple[str, str]] = {}
    for field, ours in erp.items():
        if field in channel:
            theirs = channel[field]
        elif field in kept:
            theirs = kept[field][1]
        else:
            continue
        as_erp = channel_as_erp.get(field, theirs)
        if field in disputed:
            way = _settled(ours, as_erp, disputed[field])
        elif field in kept:
            way = _moved(ours, theirs, as_erp, kept[field])
        else:
            way = _first(ours, theirs)
        match way:
            case _Way.AGREED:
                agreed[field] = (ours, theirs)
            case _Way.TO_ERP:
                to_erp[field], agreed[field] = theirs, (as_erp, theirs)
            case _Way.TO_CHANNEL:
                to_channel[field], agreed[field] = ours, (ours, ours)
            case _Way.CONFLICT:
                conflicts[field] = (ours, theirs)
    return Merge(to_erp, to_channel, agreed, conflicts)


def _first(ours: str, theirs: str) -> _Way:
    if bool(ours) == bool(theirs):
        return _Way.AGREED
    return _Way.TO_CHANNEL if ours else _Way.TO_ERP


def _moved(ours: str, theirs: str, as_erp: str, kept: tuple[str, str]) -> _Way:
    erp_moved, channel_moved = ours != kept[0], theirs != kept[1]
    if not erp_moved and not channel_moved:
        return _Way.STAYS
    if ours == as_erp:
        return _Way.AGREED
    if erp_moved and channel_moved:
        return _Way.CONFLICT
    return _Way.TO_CHANNEL if erp_moved else _Way.TO_ERP


def _settled(ours: str, as_erp: str, taken: str | None) -> _Way:
    """A conflict lasts until both say the same, or a person has chosen."""
    if ours == as_erp:
        return _Way.AGREED
    return _Way.CONFLICT if taken is None else _Way(taken)
