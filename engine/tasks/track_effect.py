"""The effect that sees a shipment carry its tracking code in the channel, and adds it where it does not.

A shipment whose answer was lost, or which somebody recorded in the shop's own admin meanwhile, stands there without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from engine.account import Account
from engine.errors import IntegraError, Misconfigured, Refused
from engine.model.channel import Parcel, Track
from engine.store import effects, orders
from engine.store.effects import Effect
from engine.store.problems import clear_problem, raise_problem

TRACK_MISSING = "track-missing"
NO_PARCEL = "channel-no-parcel"
NO_RIGHT = "channel-rights"
UNSEEN = "tracks-unseen"


class TrackAtChannel:
    """Read before anything is added: a code that is there, or that another took the place of, is left alone."""

    async def act(self, account: Account, effect: Effect) -> tuple[Parcel, ...] | None:
        parcels = await self.look(account, effect)
        if parcels is None:
            return None
        if not parcels:
            raise Refused(NO_PARCEL)
        if self.happened(effect, parcels):
            return parcels
        parcel = (_ours(parcels, effect) or _without_track(parcels))[-1]
        lacking = [Track(effect.args["label"], code) for code in _lacking(parcels, effect)]
        await account.channel.add_tracks(parcel, lacking)
        return await self.look(account, effect)

    async def look(self, account: Account, effect: Effect) -> tuple[Parcel, ...] | None:
        """The shipments there; None where the right to them is missing, which must not hold back the orders."""
        row = await account.store.read(lambda db: orders.get(db, effect.order_id))
        assert row is not None, "an effect belongs to an order"
        try:
            return tuple(await account.channel.parcels_of(row["external_id"]))
        except Misconfigured as wrong:
            if wrong.code != NO_RIGHT:
                raise
            return None

    def happened(self, effect: Effect, finding: object) -> bool:
        """Also where every shipment has a track of another's, or none may be seen: the code left with the shipment."""
        if finding is None:
            return True
        assert isinstance(finding, tuple), "the shipments were read"
        if not finding or not _lacking(finding, effect):
            return bool(finding)
        return not _ours(finding, effect) and not _without_track(finding)

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        if finding is None:
            raise_problem(db, account.id, UNSEEN, "rights:shipments", {}, "", "problem", account.now())
            return
        assert isinstance(finding, tuple), "the shipments were read"
        clear_problem(db, account.id, UNSEEN, "rights:shipments")
        if lacking := _lacking(finding, effect):
            params = {"tracking": " ".join(lacking)}
            orders.note_event(db, effect.order_id, account.id, "tracked-by-another", params, account.now())

    def refused(
        self, db: sqlite3.Connection, account: Account, effect: Effect, error: IntegraError, finding: object
    ) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        codes = " ".join(effects.codes_of(effect.args))
        params = {"carrier": effect.args["label"], "tracking": codes, "detail": error.detail}
        orders.move(db, effect.order_id, replace(orders.state_of(row), parked=TRACK_MISSING), parked_params=params)
        orders.note_event(db, effect.order_id, account.id, TRACK_MISSING, params, account.now())


def _lacking(parcels: Sequence[Parcel], effect: Effect) -> list[str]:
    """Our codes that no shipment there carries."""
    there = {track.number for parcel in parcels for track in parcel.tracks}
    return [code for code in effects.codes_of(effect.args) if code not in there]


def _ours(parcels: Sequence[Parcel], effect: Effect) -> list[Parcel]:
    """The shipments that carry some of our codes: of several volumes the rest belongs there too."""
    codes = set(effects.codes_of(effect.args))
    return [parcel for parcel in parcels if any(track.number in codes for track in parcel.tracks)]


def _without_track(parcels: Sequence[Parcel]) -> list[Parcel]:
    return [parcel for parcel in parcels if not parcel.tracks]
