"""What was in the shop before us, and what people change there."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "adoption-name-taken": Text(
        N_("SKU taken in the shop"),
        N_(
            "{item} cannot be made in the shop: another product there, {name} (id {shop_id}), has its SKU. Give that"
            " one another SKU in the shop, or say whose it is: key a of the overview, or integra adopt. Waiting"
            " is safe."
        ),
    ),
    "changed-in-shop": Text(
        N_("Text changed in the shop"),
        N_(
            "Somebody changed {fields} of {name} ({item}) in the shop's own admin. Integra leaves it as it is until you"
            " say whose it is: key t of the overview, or integra changes. Waiting is safe."
        ),
    ),
    "photos-not-kept": Text(
        N_("Shop does not keep the photos"),
        N_(
            "The shop shows the photos of {name} ({item}) otherwise than C-Plus has them, although they were sent"
            " twice: another program there changes them. They are not sent again until they change in C-Plus."
        ),
    ),
    "shop-does-not-keep": Text(
        N_("Shop does not keep a value"),
        N_(
            "The shop shows {fields} of {name} ({item}) otherwise although it was sent twice: another program there"
            " writes it, or the shop does not have it. It is not sent again until it changes in C-Plus."
        ),
    ),
    "shop-items-gone": Text(
        N_("Many products are gone from the shop"),
        N_(
            "{n} of {of} products are not in the shop any more. Were they deleted there on purpose, take their mark off"
            " in C-Plus; else see whether the account still shows Integra the same shop. Nothing is made anew until"
            " fewer are missing."
        ),
    ),
}
