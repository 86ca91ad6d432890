"""What people said of an order, as lines of its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from console.formats import ago, ahead, moment
from console.language import say
from console.reading.order import OrderDetail
from console.safe_text import SafeText
from console.texts import SAID, word
from console.widgets.plain import Line, Piece


def said_lines(order: OrderDetail, now: datetime) -> Iterator[Line]:
    """That it came back, then each thing that was said, by whom, and when it comes back."""
    if order.row.came_back:
        text = say("Its time is over: it stands on top until something is done with it. o, Enter, Enter: looked at.")
        yield [Piece(text, "warn")]
    for one in order.said:
        what = word(SAID, one.kind)
        words = [say("{what}, by {who}, {when}.", what=what, who=one.who, when=ago(one.at, now)), one.text]
        if one.until is not None:
            when = ahead(one.until, now)
            words.append(say("Comes back {when} ({moment}).", when=when, moment=moment(one.until, now)))
        yield [Piece(SafeText(" ".join(part for part in words if part)), "" if one.kind == "note" else "warn")]
