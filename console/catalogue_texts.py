"""The words of the catalogue: its piles, how a product stands in a shop, what it lacks, and whose word a field is."""

from __future__ import annotations

from console.language import N_
from console.reading import catalogue
from console.reading.listing_sheet import ERP, OWN, SHOP
from engine.listing import WITHOUT_PRICE, WITHOUT_STOCK_CONTROL

PILES = {
    catalogue.ALL: N_("All"),
    catalogue.ON_SALE: N_("On sale"),
    catalogue.WAITING: N_("To be sent"),
    catalogue.INCOMPLETE: N_("Not complete"),
    catalogue.WITHHELD: N_("Withheld"),
    catalogue.UNFLAGGED: N_("Not marked"),
}

STATES = {
    "on-sale": N_("on sale"),
    "waiting": N_("to be sent"),
    "held": N_("held: see the plan"),
    "refused": N_("the shop refuses it"),
    "withheld": N_("withheld"),
    "unflagged": N_("not marked online"),
    "inactive": N_("inactive in C-Plus"),
    "incomplete": N_("not complete"),
    "absent": N_("not on sale"),
}

OBSTACLES = {
    WITHOUT_PRICE: N_("no price"),
    WITHOUT_STOCK_CONTROL: N_("no stock control"),
}
LACKS = {
    "photo": N_("no photo"),
    "weight": N_("no weight"),
    "price": N_("no price"),
    "gtin": N_("no bar code"),
}
MASTERS = {OWN: N_("own"), SHOP: N_("the shop's"), ERP: N_("C-Plus")}
