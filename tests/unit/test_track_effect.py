"""Of several volumes each code reaches the shop, also where only some of them did; another's code is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.account import Account
from engine.model.channel import Parcel, Track
from engine.store.effects import Effect, Kind
from engine.tasks.track_effect import TrackAtChannel

pytestmark = pytest.mark.anyio
EFFECT = Effect(1, 1, Kind.TRACK, "1", {"label": "Correios", "tracking": "AA1", "further": ["AA2"]}, 0, False)


class Shop:
    """A channel with one shipment."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.mails = 0

    async def parcels_of(self, external_id: str) -> list[Parcel]:
        tracks = tuple(Track("Correios", code) for code in self.codes)
        return [Parcel("7", external_id, datetime(2026, 11, 24, tzinfo=UTC), tracks)]

    async def add_tracks(self, parcel: Parcel, tracks: Sequence[Track]) -> None:
        self.codes += [track.number for track in tracks]
        self.mails += 1


def account(shop: Shop) -> Account:
    async def read(_query: Any) -> dict[str, str]:
        return {"external_id": "3"}

    return cast("Account", SimpleNamespace(channel=shop, store=SimpleNamespace(read=read)))


@pytest.mark.parametrize("there", [(), ("AA1",), ("AA2",), ("AA1", "AA2")])
async def test_what_the_shop_lacks_of_the_codes_is_added_with_one_mail(
    there: tuple[str, ...],
) -> None:
    shop, act = Shop(*there), TrackAtChannel()
    finding = await act.act(account(shop), EFFECT)
    assert sorted(shop.codes) == ["AA1", "AA2"]
    assert shop.mails == (0 if len(there) == 2 else 1)
    assert act.happened(EFFECT, finding)


async def test_a_shipment_with_another_code_is_left_alone() -> None:
    shop = Shop("ZZ9")
    await TrackAtChannel().act(account(shop), EFFECT)
    assert shop.codes == ["ZZ9"]
