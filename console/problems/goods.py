"""Products, their prices, stock and photos."""

from __future__ import annotations

from console.language import N_, Counted
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "product-without-price": Text(
        N_("Product without price"),
        N_("{name} has no price, so it is not published (missing is not zero). Enter its price in C-Plus."),
    ),
    "product-without-stock-control": Text(
        N_("Stock not controlled"),
        N_(
            "C-Plus keeps no stock of {name}, so nobody knows how many can be sold and it is not offered. Switch its"
            " stock control on in C-Plus, or set uncounted_stock in the account to the number that the shop shall show"
            " of such goods and services."
        ),
    ),
    "kit-in-itself": Text(
        N_("Kit contains itself"),
        N_("{name} is a part of itself by way of {skus}, so none is for sale. Correct its composition in C-Plus."),
    ),
    "kit-part-inactive": Text(
        N_("Kit with a part that is not sold"),
        N_(
            "{name} contains {skus}, which C-Plus marks as inactive or not to be sold, so none is for sale. Put that"
            " right in C-Plus, or take the part out of the kit."
        ),
    ),
    "kit-part-missing": Text(
        N_("Kit with an unknown part"),
        N_("{name} contains {skus}, which C-Plus does not have, so none is for sale. Correct its composition."),
    ),
    "kit-part-without-quantity": Text(
        N_("Kit without quantities"),
        N_("C-Plus does not say how many of {skus} are in {name}, so none is for sale. Complete its composition."),
    ),
    "stock-negative": Text(
        N_("Negative stock"),
        Counted(
            "n",
            "C-Plus has fewer than none of a product on hand; the shop shows it as sold out where no other sector has"
            " any. Count it and correct its stock in C-Plus: {skus}",
            "C-Plus has fewer than none of {n} products on hand; the shop shows them as sold out where no other sector"
            " has any. Count them and correct their stock in C-Plus: {skus}",
        ),
    ),
    "stock-row-missing": Text(
        N_("No stock row"),
        Counted(
            "n",
            "C-Plus has no row of stock for a product in the companies and sectors of this shop, so it is shown as"
            " sold out. It was never received there, or the sectors in settings.toml are not all: {skus}",
            "C-Plus has no row of stock for {n} products in the companies and sectors of this shop, so they are shown"
            " as sold out. They were never received there, or the sectors in settings.toml are not all: {skus}",
        ),
    ),
    "price-other-currency": Text(
        N_("Prices in another currency"),
        Counted(
            "rows",
            "The price of {sku} is in {about} and is not published. Enter it in reais in C-Plus, or set"
            " convert_currencies = true in [erp] options to have it converted by C-Plus's own rate.",
            "{rows} prices are in {about} (one of them: {sku}) and are not published. Enter them in reais in C-Plus, or"
            " set convert_currencies = true in [erp] options to have them converted by C-Plus's own rate.",
        ),
    ),
    "price-step-unclear": Text(
        N_("Discount by quantity unclear"),
        Counted(
            "rows",
            "A discount by quantity of {sku} names no price table, no discount or no quantity above one, so it is not"
            " published. Complete it in C-Plus.",
            "{rows} discounts by quantity (one of them: {sku}) name no price table, no discount or no quantity above"
            " one, so they are not published. Complete them in C-Plus.",
        ),
    ),
    "promotion-for-quantity": Text(
        N_("Promotion for a quantity"),
        Counted(
            "rows",
            "{about} asks for a least quantity of {sku}. A shop cannot show that for a time, so it holds at the"
            " counter only.",
            "{about} asks for a least quantity ({rows} products, one of them: {sku}). A shop cannot show that for a"
            " time, so it holds at the counter only.",
        ),
    ),
    "promotion-for-payment": Text(
        N_("Promotion for a way to pay"),
        Counted(
            "rows",
            "{about} holds for one way to pay ({sku}). A shop cannot show that, so it holds at the counter only.",
            "{about} holds for one way to pay ({rows} products, one of them: {sku}). A shop cannot show that, so it"
            " holds at the counter only.",
        ),
    ),
    "price-table-computed": Text(
        N_("Price table by formula"),
        N_(
            "C-Plus computes price table {table} {name} by a formula; what is stored in it means nothing and is not"
            " published. Choose another table in the settings, or take the formula away in C-Plus."
        ),
    ),
    "price-table-unusable": Text(
        N_("Price table missing or inactive"),
        N_("Price table {table} {name} is inactive in C-Plus or is not there. Choose another one in the settings."),
    ),
    "price-group-added": Text(
        N_("Prices of another group asked for"),
        N_(
            "The settings ask for price table {table} as the prices of customer group {group}: {sets} prices would be"
            " set in the shop. Look at them (integra plan) and let them pass, or take the table out of the settings."
        ),
    ),
    "price-group-moved": Text(
        N_("Prices go to another group"),
        N_(
            "The settings ask for price table {table} as the prices of customer group {group}, not {former}: {sets}"
            " prices would be set there and {takes_away} taken away from {former}. Look at them (integra plan) and let"
            " them pass, or put the settings back."
        ),
    ),
    "price-group-dropped": Text(
        N_("Prices of a group no longer asked for"),
        N_(
            "Price table {table} is no longer in the settings: {takes_away} prices of customer group {former} would be"
            " taken away in the shop, whose buyers then pay the base price. Look at them (integra plan) and let them"
            " pass, or put the table back into the settings."
        ),
    ),
    "price-group-twice": Text(
        N_("Two tables for one group"),
        N_(
            "Price table {table} cannot be the prices of customer group {group}: that is table {other} already. Give"
            " one of them another group in the settings (price_group_names)."
        ),
    ),
    "price-group-above-base": Text(
        N_("Group prices above the base price"),
        Counted(
            "n",
            "Of table {table} {name}, a price (of {of}) is above the base price (table {base}), so its group pays the"
            " base price: a shop's group prices can only lower it. Make the table with the highest prices the base"
            " (base_price_table), or correct the price in C-Plus.",
            "Of table {table} {name}, {n} prices of {of} are above the base price (table {base}), so its group pays the"
            " base price: a shop's group prices can only lower it. Make the table with the highest prices the base"
            " (base_price_table), or correct the prices in C-Plus.",
        ),
    ),
    "customer-table-unpublished": Text(
        N_("Customer's prices not in the shop"),
        N_(
            "{customer} buys by price table {table} in C-Plus, which this shop does not publish; the shop shows the"
            " base price. Add the table to group_price_tables, or give the customer another table."
        ),
    ),
    "no-price": Text(
        N_("Product without price"),
        N_("{sku} has no price, so it is not published (missing is not zero). Enter its price in C-Plus."),
    ),
    "content-kind": Text(
        N_("Another kind of product"),
        N_("{sku} is of type {type} in the shop and of another in C-Plus. Delete it in the shop's admin."),
    ),
    "category-map": Text(
        N_("Mapped category"),
        N_(
            "The account's options map {path} to category {category}, which is not below the shop's root category."
            " Correct the map (categories) in the options; other products go on."
        ),
    ),
    "grid-variant-missing": Text(
        N_("Variant missing in the shop"),
        N_("{sku} of a grid is not in the shop yet. It is sent again; waiting is safe."),
    ),
    "media-hours": Text(
        N_("Photos wait for their hours"),
        Counted(
            "n",
            "Photos go to this shop from {hours} only (media_hours of the account), and those of a product wait."
            " Stock, prices and orders do not.",
            "Photos go to this shop from {hours} only (media_hours of the account), and those of {n} products wait."
            " Stock, prices and orders do not.",
        ),
    ),
    "photo-no-picture": Text(
        N_("Photo that is no picture"),
        N_("A photo of {sku} in C-Plus is no picture. Replace it there; the rest of the product is sent."),
    ),
    "photo-too-large": Text(
        N_("Photo too large"),
        N_("A photo of {sku} is too large to send. Replace it in C-Plus by a smaller one; the rest is sent."),
    ),
    "bad-photo": Text(
        N_("Kind of picture"),
        N_("The shop does not take this kind of picture ({photo} of {sku}). Replace it in C-Plus."),
    ),
    "photo-gone": Text(
        N_("Photo gone"),
        N_("A photo was removed in C-Plus while it was being sent. The next cycle follows; waiting is safe."),
    ),
}
