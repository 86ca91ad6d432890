"""What prices were allowed ahead, in words."""

from __future__ import annotations

from datetime import datetime

from console.formats import moment
from console.language import say, say_n
from console.reading.allowances import AllowedAhead
from console.safe_text import SafeText


def of_what(one: AllowedAhead) -> SafeText:
    """The product, or how many there are."""
    if not one.items:
        return say("every product")
    if len(one.items) == 1:
        return SafeText(f"{one.items[0]} {one.names[0]}".rstrip())
    return say_n("{n} product", "{n} products", len(one.items))


def how_far(one: AllowedAhead) -> SafeText:
    """The fall."""
    return say("down to -{n} %", n=one.fall_percent)


def when(one: AllowedAhead, now: datetime) -> SafeText:
    """From when until when, or that it holds."""
    until = moment(one.until_at, now)
    if one.from_at is not None and one.from_at <= now:
        return say("now, until {until}", until=until)
    return say("{begins} until {until}", begins=moment(one.from_at, now), until=until)
