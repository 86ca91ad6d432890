"""The four strings of one integration, and surroundings whose nonces never repeat."""

from __future__ import annotations

import random
from itertools import count

from engine.ports import Surroundings
from tests.contract.magento_channel import ChannelClock
from tests.contract.sample_shop import Clock

TAIL = "0123456789abcdefghijklmnopqr"
KEYS = {
    "consumer_key": f"ckey{TAIL}",
    "consumer_secret": f"csec{TAIL}",
    "token": f"atok{TAIL}",
    "token_secret": f"asec{TAIL}",
}
BARE = {"token": KEYS["token"]}

_nonces = count(1)


def surroundings(clock: Clock) -> Surroundings:
    """Of an engine at this time."""
    return Surroundings(ChannelClock(clock), random.Random(7), lambda: f"nonce-{next(_nonces)}")
