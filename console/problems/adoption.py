"""What was in the shop before us, and what people change there."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "adoption-name-taken": Text(
        N_("SKU taken in the shop"),
        N_(
            "{item} cannot be made in the shop: another product there, {name} (id {shop_id}), has its SKU. Give that"
            " one another SKU in the shop, or say with integra adopt whose it is. Waiting is safe."
        ),
    ),
}
