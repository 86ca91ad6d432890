"""An order that needs a person, as the command line tells it: to people, and to programs."""

from __future__ import annotations

from collections.abc import Iterator

from console.reading.orders import Troubled
from console.safe_text import SafeText
from console.texts import explain, title
from console.wrapping import wrapped


def troubled_lines(order: Troubled) -> Iterator[str]:
    """Its number and the cause in a few words; below, what to do."""
    yield from wrapped(f"{order.number} ({order.account}): {title(order.code)}", "! ")
    yield from wrapped(_sentence(order), " " * 4)


def troubled_as_json(order: Troubled) -> dict[str, object]:
    """The same with both numbers, as docs/command-line.md tells it; `since` is null where nobody noted it."""
    return {
        "subject": f"order:{order.id}",
        "account": order.account,
        "number": order.number,
        "erp_number": order.erp_number or None,
        "code": order.code,
        "since": order.since and order.since.isoformat(),
        "text": _sentence(order),
    }


def _sentence(order: Troubled) -> SafeText:
    return explain(order.code, order.params, str(order.params.get("detail", "")))
