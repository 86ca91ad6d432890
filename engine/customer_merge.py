"""Two sides edit one customer: which side's change goes where.

Pure. Kept per field is the pair that was agreed, in each side's own spelling, so that C-Plus's upper case, cuts and
charset never look like a change. A field changed on both sides to different things is a conflict for the operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merge:
    """What a comparison asks: fields to write to either side, pairs to keep as agreed, and conflicts."""

    to_erp: Mapping[str, str]
    to_channel: Mapping[str, str]
    agreed: Mapping[str, tuple[str, str]]  # field -> (ERP's, channel's)
    conflicts: Mapping[str, tuple[str, str]]


def merge(
    erp: Mapping[str, str],
    channel: Mapping[str, str],
    channel_as_erp: Mapping[str, str],
    kept: Mapping[str, tuple[str, str]],
) -> Merge:
    """Compare what both sides say now with what was agreed.

    channel_as_erp: the channel's values as the ERP would hold them. A field never agreed on is taken as found; where
    one side has nothing, it gets the other's.
    """
    to_erp: dict[str, str] = {}
    to_channel: dict[str, str] = {}
    agreed: dict[str, tuple[str, str]] = {}
    conflicts: dict[str, tuple[str, str]] = {}
    for field in erp:
        ours, theirs = erp[field], channel.get(field, "")
        as_erp = channel_as_erp.get(field, theirs)
        if field not in kept:
            if not ours and theirs:
                to_erp[field], agreed[field] = theirs, (as_erp, theirs)
            elif ours and not theirs:
                to_channel[field], agreed[field] = ours, (ours, ours)
            else:
                agreed[field] = (ours, theirs)
            continue
        erp_moved, channel_moved = ours != kept[field][0], theirs != kept[field][1]
        if not erp_moved and not channel_moved:
            continue
        if ours == as_erp:
            agreed[field] = (ours, theirs)
        elif not channel_moved:
            to_channel[field], agreed[field] = ours, (ours, ours)
        elif not erp_moved:
            to_erp[field], agreed[field] = theirs, (as_erp, theirs)
        else:
            conflicts[field] = (ours, theirs)
    return Merge(to_erp, to_channel, agreed, conflicts)
