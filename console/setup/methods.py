"""The shop's ways to pay and to deliver, as its orders of late name them; each becomes a register's entry in C-Plus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from engine.ports import SalesChannel
from engine.survey import ERP, Question, Report

DAYS_BACK = 90
ORDERS_MAX = 500
"""A shop's rarer methods are not worth the wait: what is not named falls under "any other"."""
ANY_OTHER = "*"
PAYMENTS, DELIVERIES = "payment_forms", "carriers"
OPTIONS = (PAYMENTS, DELIVERIES)


@dataclass(slots=True)
class Methods:
    """Codes of the methods as the orders carry them, with what buyers read, the more usual ones first."""

    payments: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)


async def seen(channel: SalesChannel) -> Methods:
    """The methods of the shop's last orders. Raises IntegraError."""
    found = Methods()
    looked_at = 0
    async for page in channel.orders(await channel.now() - timedelta(days=DAYS_BACK)):
        for order in page:
            found.payments.setdefault(order.payment_method, order.payment_label)
            found.deliveries.setdefault(order.shipping_method, "")
        looked_at += len(page)
        if looked_at >= ORDERS_MAX:
            break
    return found


def questions(report: Report, methods: Methods) -> Iterator[Question]:
    """One for each method that was seen, and the one for any other, for which the survey has the entries of C-Plus."""
    for option, named in ((PAYMENTS, methods.payments), (DELIVERIES, methods.deliveries)):
        any_other = next((question for question in report.questions if question.key == f"{option}.{ANY_OTHER}"), None)
        if any_other is None:
            continue
        for code, label in named.items():
            if code:
                yield replace(any_other, key=f"{option}.{code}", subject=f"{label} ({code})" if label else code)
        yield any_other


def of_erp(report: Report) -> Sequence[Question]:
    """The ERP's other questions, which need no shop."""
    keys = {f"{option}.{ANY_OTHER}" for option in OPTIONS}
    return [question for question in report.questions if question.place == ERP and question.key not in keys]
