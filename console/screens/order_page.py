"""An order as a page of text, for the preview and for its own screen."""

from __future__ import annotations

from datetime import datetime

from console.formats import ago, ahead, day, document, duration, moment, money, postcode, quantity, store_day
from console.language import _, say
from console.order_words import axes
from console.reading.order import EffectRow, OrderDetail
from console.reading.order import Line as OrderLine
from console.reading.order import Part as OrderPart
from console.reading.orders import OrderRow
from console.safe_text import SafeText
from console.said_text import said_lines
from console.texts import (
    CANCELLATIONS,
    DECISIONS,
    EFFECT_STATES,
    EFFECTS,
    ERP_MEANINGS,
    FULFILMENTS,
    PAYMENTS,
    carrier,
    event,
    explain,
    shop_status,
    title,
    word,
)
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.sources import Cell
from engine.amounts import e4_to_cents

LAPSES_SOON_S = 86_400
LABEL_CELLS = 11
ARRIVALS_SHOWN = 2


def state_cell(order: OrderRow, now: datetime, pending: SafeText | None = None) -> Cell:
    """The one thing about an order that matters most in a list."""
    if pending:
        return Cell(say("{action} …", action=pending), "warn")
    if order.alarm:
        return Cell(SafeText(f"⚠ {title(order.alarm)}"), "bad")
    if order.parked:
        return Cell(SafeText(f"! {title(order.parked)}"), "warn")
    if order.came_back:
        return Cell(say("↑ came back"), "warn")
    if order.withdrawable or order.tried:
        return Cell(_leaving(order, now), "warn")
    if order.cancellation != "none":
        return Cell(word(CANCELLATIONS, order.cancellation), "dim")
    if order.held:
        return Cell(say("until {when}", when=moment(order.back_at, now)) if order.back_at else say("on hold"), "dim")
    if order.in_parts:
        return Cell(say("part goes first"), "warn")
    if order.fulfilment == "short" and order.back_at:
        return Cell(say("until {when}", when=moment(order.back_at, now)), "dim")
    if order.queue == "pay" and order.payment == "review":
        return Cell(word(PAYMENTS, "review"), "warn")
    if order.queue in ("decide", "pay") or order.payment == "capturing":
        if order.fulfilment == "short":
            return Cell(word(FULFILMENTS, "short"), "warn")
        return Cell(word(PAYMENTS, order.payment), "good" if order.payment == "authorized" else "")
    return Cell(word(FULFILMENTS, order.fulfilment), "warn" if order.fulfilment == "short" else "")


def _leaving(order: OrderRow, now: datetime) -> SafeText:
    """How a decision stands that has been made and has not been carried out."""
    if not order.withdrawable:
        return say("waits to leave")
    if order.leaves_at and order.leaves_at > now:
        return say("leaves {when}; z", when=ahead(order.leaves_at, now))
    return say("waits to leave; z")


def open_elsewhere(who: SafeText | None) -> list[Line]:
    """Two people who decide the same order should know of each other."""
    return [[Piece(say("Open in another window as well: {who}", who=who), "warn")]] if who else []


def order_page(order: OrderDetail, now: datetime, pending: SafeText | None = None) -> list[Line]:
    """The whole page; what a person must not overlook stands first."""
    row = order.row
    return [
        *_alarm(order),
        [
            Piece(row.number, "strong"),
            Piece(say(" · C-Plus {number}", number=row.erp_number or "—")),
            Piece(say(" · {account} · {when}", account=row.account, when=moment(row.placed_at, now)), "dim"),
        ],
        [Piece(SafeText(" · ".join(axes(row))), "head")],
        *_what_to_do(order, now, pending),
        *said_lines(order, now),
        [],
        *_buyer(order, now),
        [],
        *_lines(order, now),
        [],
        *_effects(order, now),
        *_history(order, now),
    ]


def _alarm(order: OrderDetail) -> list[Line]:
    row = order.row
    lines: list[Line] = []
    if row.alarm:
        lines += [[Piece(SafeText(f" ⚠ {title(row.alarm)} "), "loud")], [Piece(explain(row.alarm), "bad")], []]
    if row.parked:
        params = {"status": order.raw_status, **order.parked_params}
        lines += [
            [Piece(SafeText(f" ! {title(row.parked)} "), "loud")],
            [Piece(explain(row.parked, params, str(params.get("detail", ""))), "warn")],
            [],
        ]
    return lines


def _what_to_do(order: OrderDetail, now: datetime, pending: SafeText | None) -> list[Line]:
    row = order.row
    lines: list[Line] = []
    if pending:
        lines.append([Piece(say("Asked: {action}. Waiting for the engine.", action=pending), "warn")])
    alive = row.cancellation == "none"
    if alive and row.authorized_until and row.payment == "authorized":
        left = (row.authorized_until - now).total_seconds()
        text = say(
            "The card's authorisation lapses {when} ({moment}).",
            when=ahead(row.authorized_until, now),
            moment=moment(row.authorized_until, now),
        )
        lines.append([Piece(text, "bad" if left < LAPSES_SOON_S else "")])
    if alive and row.payment == "review":
        text = say(
            "The gateway is reviewing this payment. Open its page ({method}) and decide there: accept or deny."
            " The shop ignores an approval or a cancel until then; the outcome shows here by itself."
            " Where the shop has an endpoint for it, c accepts and x denies from here.",
            method=order.payment_label or order.row.payment_method,
        )
        lines.append([Piece(text, "warn")])
    if alive and row.fulfilment.startswith("part-"):
        text = say(
            "The rest waits to be invoiced in C-Plus."
            " If it will not be, strike its lines out or cancel the order there."
        )
        lines.append([Piece(text, "warn")])
    if row.withdrawable:
        when = ahead(row.leaves_at, now) if row.leaves_at else _("now")
        lines.append([Piece(say("The decision leaves {when}; z takes it back.", when=when), "warn")])
    if order.decided_at:
        text = say(
            "{decision} by {who}, {when}.",
            decision=word(DECISIONS, row.decision),
            who=order.decided_by,
            when=ago(order.decided_at, now),
        )
        lines.append([Piece(text), Piece(SafeText(f" {order.decision_reason}"))])
    if order.carrier:
        lines.append([Piece(say("Shipment: {carrier} {code}", carrier=carrier(order.carrier), code=row.tracking))])
    return lines


def _labelled(label: SafeText, *values: SafeText) -> Line:
    text = SafeText("  ".join(value for value in values if value))
    return Labelled([Piece(SafeText(f"{label:<{LABEL_CELLS}} "), "dim"), Piece(text)])


def _buyer(order: OrderDetail, now: datetime) -> list[Line]:
    row, place = order.row, order.address
    lines = [
        _labelled(say("Buyer"), row.buyer, document(order.document)),
        _labelled(SafeText(""), order.phone, order.email),
    ]
    if order.customer_code:
        table = say("price table {table}", table=order.price_table) if order.price_table else SafeText("")
        limit = say("credit limit {amount}", amount=money(order.credit_cents)) if order.credit_cents else SafeText("")
        lines.append(_labelled(SafeText("C-Plus"), order.customer_code, table, limit))
    if order.blocked:
        text = say("BLOCKED in C-Plus: {reason}", reason=order.block_reason or _("no reason given"))
        lines.append(Labelled([Piece(SafeText(f"{'':<{LABEL_CELLS}} ")), Piece(text, "bad")]))
    street = ", ".join(place[name] for name in ("street", "number", "complement") if name in place)
    town = " ".join(place[name] for name in ("district", "city", "state") if name in place)
    lines += [
        _labelled(say("Deliver to"), order.delivery_name, order.delivery_phone),
        _labelled(SafeText(""), SafeText(street)),
        _labelled(SafeText(""), SafeText(town), postcode(place.get("postcode", ""))),
        _labelled(say("By"), order.row.shipping_method),
        _labelled(say("Payment"), order.payment_label or order.row.payment_method),
        _labelled(say("In the shop"), shop_status(order.raw_status)),
    ]
    if order.nfe_number or order.sale_number:
        cancelled = say("cancelled") if order.nfe_cancelled else SafeText("")
        lines.append(_labelled(SafeText("NF-e"), order.nfe_number, order.nfe_key, cancelled))
    if order.nfe_key:
        lines.append(_labelled(SafeText("XML"), SafeText(f"integra orders xml {order.row.number}")))
    lines.append(_labelled(say("In C-Plus"), *_desk(order, now)))
    lines += [_labelled(say("Message") if n == 0 else SafeText(""), text) for n, text in enumerate(order.message)]
    return [line for line in lines if line[1].text]


def _desk(order: OrderDetail, now: datetime) -> list[SafeText]:
    """What the people of the store say of it there."""
    told = [order.erp_status]
    if order.erp_meaning and order.erp_meaning != order.erp_status:
        told.append(SafeText(f"({word(ERP_MEANINGS, order.erp_meaning)})"))
    if order.sale_number:
        typed = say("typed again at the till") if order.linked else SafeText("")
        told += [say("sale {sale}", sale=order.sale_number), typed]
    if order.packed_at:
        told.append(say("✓ packed {when}", when=ago(order.packed_at, now)))
    return told


def _lines(order: OrderDetail, now: datetime) -> list[Line]:
    lines: list[Line] = []
    for line in order.lines:
        lines.append(
            Labelled(
                [
                    Piece(SafeText(f"{quantity(line.ordered_e4):>4} × "), "strong"),
                    Piece(SafeText(f"{line.name} ")),
                    Piece(money(_line_cents(line))),
                ]
            )
        )
        lines.append(Labelled([Piece(SafeText("       ")), Piece(line.code or line.sku, "dim"), *_doing(line, now)]))
        lines += [Labelled(_part(line, part)) for part in line.parts]
    for extra in order.extra:
        text = say(
            "{n} × {name}: invoiced in C-Plus, not ordered", n=quantity(extra.quantity_e4), name=extra.name or extra.sku
        )
        lines.append([Piece(text, "bad")])
    if order.freight_cents:
        lines.append([Piece(say("freight {amount}", amount=money(order.freight_cents)), "dim")])
    if order.discount_cents:
        lines.append([Piece(say("discount {amount}", amount=money(-order.discount_cents)), "dim")])
    if order.surcharge_cents:
        lines.append([Piece(say("surcharge {amount}", amount=money(order.surcharge_cents)), "dim")])
    total = [Piece(say("Total {amount}", amount=money(order.row.total_cents)), "strong")]
    if order.erp_total_cents is not None and order.erp_total_cents != order.row.total_cents:
        total.append(Piece(say("  in C-Plus {amount}", amount=money(order.erp_total_cents)), "bad"))
    return [*lines, total]


def _line_cents(line: OrderLine) -> int:
    return e4_to_cents(line.unit_price_e4 * line.ordered_e4 // 10_000) - line.discount_cents


def _part(line: OrderLine, part: OrderPart) -> list[Piece]:
    """A part of a kit: how many the line takes, and whether they are there."""
    needed = (line.ordered_e4 - line.cancelled_e4) * part.in_one_e4 // 10_000
    name = SafeText(f"{part.name} {part.code or part.sku}".strip())
    return [Piece(SafeText(f"       {quantity(needed):>4} × {name}"), "dim"), *_stock(line, part, needed)]


def _stock(line: OrderLine, goods: OrderLine | OrderPart, needed_e4: int) -> list[Piece]:
    """What C-Plus has of the goods, and whether that is less than a line still needs."""
    if goods.on_hand_e4 is None:
        known = goods.code or isinstance(goods, OrderPart)
        unknown = say("  no stock row in C-Plus") if known else say("  C-Plus does not know this product")
        return [Piece(unknown, "bad")]
    available = goods.on_hand_e4 - (goods.stock_reserved_e4 or 0)
    text = say(
        "  stock {on_hand}, reserved {reserved}, free {free}",
        on_hand=quantity(goods.on_hand_e4),
        reserved=quantity(goods.stock_reserved_e4 or 0),
        free=quantity(available),
    )
    if line.reserved_e4 or line.invoiced_e4 or available >= needed_e4:
        return [Piece(text, "dim")]
    return [Piece(text, "bad"), Piece(say("  MISSING"), "bad")]


def _doing(line: OrderLine, now: datetime) -> list[Piece]:
    """What the goods of a line are doing."""
    if line.parts:
        pieces = [Piece(say("  kit"), "dim")]
    else:
        pieces = _stock(line, line, line.ordered_e4 - line.cancelled_e4)
        if len(pieces) > 1:
            pieces += _arriving(line, now)
    moved = [
        (line.reserved_e4, _("reserved")),
        (line.invoiced_e4, _("invoiced")),
        (line.shipped_e4, _("shipped")),
        (line.cancelled_e4, _("cancelled")),
        (line.returned_e4, _("returned")),
        (line.erp_returned_e4, _("back in the store")),
    ]
    told = ", ".join(f"{name} {quantity(amount)}" for amount, name in moved if amount)
    if told:
        pieces.append(Piece(SafeText(f"  [{told}]"), "dim"))
    return [*pieces, *_otherwise(line)]


def _otherwise(line: OrderLine) -> list[Piece]:
    """Where staff made something else of a line than was ordered."""
    wanted = line.ordered_e4 - line.cancelled_e4
    if not wanted:
        return []
    if line.erp_holds_e4 is not None and line.erp_holds_e4 != wanted:
        text = say("  in C-Plus {n} of {ordered}", n=quantity(line.erp_holds_e4), ordered=quantity(wanted))
        return [Piece(text, "bad")]
    if 0 < line.invoiced_e4 < wanted:
        return [Piece(say("  {n} not invoiced", n=quantity(wanted - line.invoiced_e4)), "warn")]
    return []


def _arriving(line: OrderLine, now: datetime) -> list[Piece]:
    """What is on order of a line's goods."""
    if line.arrivals is None:
        return [Piece(say("  (this C-Plus does not say what is on order)"), "dim")]
    pieces = []
    for expected, quantity_e4 in line.arrivals[:ARRIVALS_SHOWN]:
        amount = quantity(quantity_e4)
        if expected is None:
            pieces.append(Piece(say("  {n} on order, no day said", n=amount), "dim"))
        elif expected < store_day(now):
            pieces.append(Piece(say("  {n} late since {day}", n=amount, day=day(expected, now)), "warn"))
        else:
            pieces.append(Piece(say("  {n} arriving on {day}", n=amount, day=day(expected, now)), "good"))
    return pieces


def _effects(order: OrderDetail, now: datetime) -> list[Line]:
    open_ones = [effect for effect in order.effects if effect.state in ("decided", "in-flight", "refused")]
    if not open_ones:
        return []
    return [[Piece(say("Still to happen"), "head")], *(_effect(effect, now) for effect in open_ones), []]


def _effect(effect: EffectRow, now: datetime) -> Line:
    line = [
        Piece(SafeText(f"  {word(EFFECTS, effect.kind)}: ")),
        Piece(word(EFFECT_STATES, effect.state), "bad" if effect.state == "refused" else "warn"),
    ]
    if effect.state == "decided" and effect.next_at and effect.next_at > now:
        line.append(Piece(say(", tried again {when}", when=ahead(effect.next_at, now))))
    if effect.state == "in-flight" and effect.settles_at and effect.settles_at > now:
        left = duration((effect.settles_at - now).total_seconds())
        line.append(Piece(say(", looked at again in {time}", time=left)))
    if effect.error_code:
        line.append(Piece(SafeText(f" — {title(effect.error_code)} {effect.error_detail}"), "warn"))
    return line


def _history(order: OrderDetail, now: datetime) -> list[Line]:
    return [
        [Piece(say("History"), "head")],
        *(
            Labelled(
                [
                    Piece(SafeText(f"  {moment(entry.at, now):<12}"), "dim"),
                    Piece(event(entry.what, entry.params)),
                    Piece(SafeText(f"  {entry.who}"), "dim"),
                ]
            )
            for entry in reversed(order.history)
        ),
    ]
