"""The tracks of a shipment."""

from __future__ import annotations

from connectors.magento_shapes.values import Json
from engine.model.channel import Track

CARRIER = "custom"
"""The one carrier that every shop has; the title says who it is. Any other has to be switched on there."""


def tracks_of(shipment: Json) -> tuple[Track, ...]:
    """Those that have a number; one without a title is called by its carrier."""
    return tuple(
        Track(str(track.get("title") or track.get("carrier_code") or ""), str(track["track_number"]))
        for track in shipment.get("tracks") or ()
        if track.get("track_number")
    )
