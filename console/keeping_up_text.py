"""How a shop keeps up with the stock, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from console.formats import duration
from console.language import N_, _, number, say, say_n
from console.reading.keeping_up import LAG_DAYS, ORDER_DAYS, SHARE_PERCENT, KeepingUp
from console.safe_text import SafeText

DEFENCES = {
    "behind": N_("It was silent for too long: until it has caught up, less is shown of what is scarce."),
    "often": N_("It is out of reach too often: less is shown of what is scarce, until it has been well for a day."),
}


def keeping_up_lines(one: KeepingUp) -> Iterator[SafeText]:
    """Whether it is defended, how long a sale takes to get there, how often it sold what was gone."""
    if one.defence in DEFENCES:
        yield _(DEFENCES[one.defence])
    if one.falls:
        yield say(
            "A sale is in the shop's stock after {mean} on average, {share} of 100 within {most}, the slowest after"
            " {longest} (last {days} days: {n}).",
            mean=duration(one.mean_s),
            share=SHARE_PERCENT,
            most=duration(one.most_s),
            longest=duration(one.longest_s),
            days=LAG_DAYS,
            n=say_n("{n} sale", "{n} sales", one.falls),
        )
    if one.silences:
        yield say_n(
            "Out of reach for too long: {n} time in {days} days.",
            "Out of reach for too long: {n} times in {days} days.",
            one.silences,
            days=LAG_DAYS,
        )
    if one.rate is not None:
        yield say(
            "Sold what was gone: {oversold} of {n} orders in {days} days, {rate} in 10,000.",
            oversold=one.oversold,
            n=one.orders,
            days=ORDER_DAYS,
            rate=number(Decimal(round(one.rate))),
        )
