"""Why an action about customers is not possible now."""

from __future__ import annotations

from collections.abc import Callable

from console.language import N_, _, say
from console.reading.customer_list import CustomerRow
from console.reasons import NO_ENGINE, Reason, Situation
from console.safe_text import SafeText


def about_customers(reason: Callable[[CustomerRow], str | None], *, one: bool = False) -> Reason:
    """Every customer that the action would take must allow it; the first that does not is named."""

    def why_not(now: Situation) -> SafeText | None:
        if not now.attached:
            return _(NO_ENGINE)
        if now.reading:
            return say("the marked rows are still being read")
        if not now.customers:
            return say("there is no customer here")
        if one and len(now.customers) > 1:
            return say("one customer at a time")
        for row in now.customers:
            if (found := reason(row)) is not None:
                return say("{number}: {reason}", number=row.name or row.email, reason=_(found))
        return None

    return why_not


def has_no_table(row: CustomerRow) -> str | None:
    """Why he gets no price table."""
    if row.id is None:
        return N_("it has neither bought nor registered yet: set the price table in C-Plus")
    return None if row.erp_code else N_("it is not in C-Plus yet")


def has_no_conflict(row: CustomerRow) -> str | None:
    """Why there is nothing to settle."""
    return None if row.conflicts else N_("both sides say the same, or it is settled")


def is_alone(row: CustomerRow) -> str | None:
    """Why there is nobody to choose among."""
    return None if row.several and row.id is not None else N_("it stands in C-Plus once")


def is_not_waiting(row: CustomerRow) -> str | None:
    """Why he is not let be registered."""
    if row.standing == "waiting":
        return None
    return N_("it is approved already") if row.standing in ("approved", "sent") else N_("it does not wait for that")
