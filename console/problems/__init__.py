"""What each cause of trouble is called, and the sentence that tells a person what to do about it: a file for an area.

Every code that can reach a person stands in exactly one of them.
"""

from __future__ import annotations

from console.problems import (
    adoption,
    channel,
    customers,
    erp_base,
    erp_orders,
    erp_writes,
    goods,
    machine,
    openmage,
    orders,
)
from console.problems.text import Text

AREAS = (machine, erp_base, erp_writes, erp_orders, channel, openmage, adoption, goods, orders, customers)

PROBLEMS: dict[str, Text] = {code: text for area in AREAS for code, text in area.TEXTS.items()}
