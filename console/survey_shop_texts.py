"""What a survey found in a shop, in words: headings and sentences that stand beside those about C-Plus."""

from __future__ import annotations

from console.language import N_

SHOP_TOPICS = {
    "shop": N_("Shop"),
    "shop-access": N_("Access to the shop"),
    "shop-rights": N_("Rights in the shop"),
    "shop-stores": N_("Websites and store views"),
    "shop-stock": N_("Stock of the shop"),
    "shop-goods": N_("Product attributes of the shop"),
    "shop-prices": N_("Prices of the shop"),
    "shop-payments": N_("Payments of the shop"),
    "shop-queue": N_("Queue of the shop"),
}

SHOP_FINDINGS = {
    # --- who answers
    "shop.version": N_("{edition}, {version}."),
    "shop.version-unsaid": N_("{edition}; the shop does not tell its version, which is not needed."),
    "shop.modules-unseen": N_(
        "The integration may not read the list of modules, so the edition, payment modules, and modules that change the"
        " reservation of stock are not seen."
    ),
    "shop.address-corrected": N_("Of the address {typed} only {url} is used; the rest is added to each call."),
    "shop.front-file": N_(
        "The web server rewrites no addresses, so the shop's API is asked below {url}. That works, and costs nothing."
    ),
    "shop.address-open": N_(
        "{url} is not encrypted: the keys travel in the open. Use https, as the shop itself does where it is named:"
    ),
    # --- access
    "shop-access.oauth": N_("Calls are signed (OAuth 1.0a); the shop does not take the token alone."),
    "shop-access.bearer": N_("The shop takes the token alone (bearer); the other keys are there in case it stops to."),
    "shop-access.bearer-only": N_(
        "The shop takes the token alone (bearer). If its owner forbids that (the default since 2.4.4), the consumer"
        " key, consumer secret and token secret are needed too."
    ),
    "shop-access.clock": N_("This machine's clock and the shop's differ by {seconds} s."),
    "shop-access.clock-off": N_(
        "This machine's clock and the shop's differ by {seconds} s; from 600 s on the shop refuses signed calls. Set"
        " the clock (NTP)."
    ),
    "shop-access.session": N_("The shop lets API user {user} in."),
    "shop-access.pace": N_("The shop answers in {ms} ms (median of {n} reads)."),
    "shop-access.slow": N_(
        "The shop needs {ms} ms to answer (median of {n} reads). Ask the hosting company; a catalogue takes long so."
    ),
    # --- rights
    "shop-rights.enough": N_(
        "The integration may do all that Integra does (kinds of calls tried, none carried out: {n})."
    ),
    "shop-rights.no-store": N_("{right} is missing: websites and store views are not seen."),
    "shop-rights.no-products": N_("{right} is missing: products are neither read nor sent."),
    "shop-rights.no-products-writing": N_("{right} is missing: products are neither made nor changed."),
    "shop-rights.no-photos": N_("{right} is missing: photos are not sent."),
    "shop-rights.no-categories": N_("{right} is missing: categories are not made."),
    "shop-rights.no-attributes": N_("{right} is missing: attributes such as brand and delivery days are not made."),
    "shop-rights.no-sets": N_("{right} is missing: attributes are not put into the products' set."),
    "shop-rights.no-prices": N_("{right} is missing: prices are not sent."),
    "shop-rights.no-stock": N_("{right} is missing: the shop's stock is not read back."),
    "shop-rights.no-stock-writing": N_("{right} is missing: stock is not sent."),
    "shop-rights.no-stocks": N_("{right} is missing: whether the stock is the website's is not seen."),
    "shop-rights.no-stock-links": N_("{right} is missing: whether the source belongs to the stock is not seen."),
    "shop-rights.no-salable": N_("{right} is missing: what the shop can still sell is not compared with C-Plus."),
    "shop-rights.no-customers": N_("{right} is missing: customers are not taken over."),
    "shop-rights.no-customers-writing": N_("{right} is missing: customers' groups and data are not written there."),
    "shop-rights.no-registering": N_("{right} is missing: customers of C-Plus are not registered in the shop."),
    "shop-rights.no-groups": N_("{right} is missing: price tables do not become customer groups."),
    "shop-rights.no-orders": N_("{right} is missing: ORDERS ARE NOT TAKEN OVER."),
    "shop-rights.no-invoices": N_("{right} is missing: invoices of the shop are not read back."),
    "shop-rights.no-invoicing": N_("{right} is missing: the money of approved orders is not taken."),
    "shop-rights.no-cancelling": N_("{right} is missing: refused orders are not cancelled in the shop."),
    "shop-rights.no-commenting": N_("{right} is missing: comments are not put on orders."),
    "shop-rights.no-shipments": N_(
        "{right} is missing: shipments made by others are not seen, and whether a tracking code arrived is not checked"
        " or put right. Orders go on."
    ),
    "shop-rights.no-shipping": N_("{right} is missing: the shop is not told that an order left."),
    "shop-rights.no-refunds": N_("{right} is missing: refunds made in the shop are not read."),
    "shop-rights.no-refunding": N_("{right} is missing: nothing is refunded from here."),
    "shop-rights.no-bulk": N_("{right} is missing: new products are not sent by the shop's queue, but one by one."),
    # --- websites and views
    "shop-stores.websites": N_("Products go to {n} of the shop's websites ({all} in all)."),
    "shop-stores.website-unknown": N_("The shop has no website {website}. It has:"),
    "shop-stores.views": N_("Store views: {n}. Language, currency, time zone, unit of weight:"),
    "shop-stores.named": N_("Store views: {n}."),
    "shop-stores.weight-unit": N_(
        "The shop weighs in {unit}, and Integra sends kilograms. Set kgs: Stores > Configuration > General."
    ),
    "shop-stores.currency": N_("The shop's base currency is {currency}, and prices of C-Plus are sent as they are."),
    "shop-stores.not-hidden": N_("What is written for all store views shows in each (products compared: {looked})."),
    "shop-stores.hidden": N_(
        "Products with values of a single store view, which hide what Integra writes for all of them: {n} of {looked}."
        ' Another connector wrote them so. In the product\'s page choose the store view and tick "Use Default Value":'
    ),
    # --- stock
    "shop-stock.reservations": N_("Stock by source (MSI); an order reserves until it is shipped."),
    "shop-stock.no-reservations": N_(
        "These modules seem to switch Magento's reservations off. Then the shop counts an order down at once, and what"
        " Integra adds for open orders would be sold twice. Ask who made the shop:"
    ),
    "shop-stock.legacy": N_("The shop has no stock by source (MSI): a number a product, lowered by an order at once."),
    "shop-stock.counted-down": N_("The shop has a number a product, which an order lowers at once; none is reserved."),
    "shop-stock.many": N_("Stock of many products goes in one call (SOAP v2, multiUpdate)."),
    "shop-stock.ws-i": N_(
        "Stock goes product by product, which takes three times as long: SOAP v2 is in WS-I mode. If no other program"
        " needs that, switch it off: System > Configuration > Services > Magento Core API > WS-I Compliance."
    ),
    "shop-stock.one-by-one": N_(
        "Stock goes product by product, which takes three times as long: the shop does not answer SOAP v2. Most often"
        " it cannot read its own description (/api/v2_soap/?wsdl=1): ask the hosting company."
    ),
    "shop-stock.source": N_("Stock goes to the source {source}. The shop has:"),
    "shop-stock.source-unknown": N_("The shop has no source {source}. It has:"),
    "shop-stock.source-disabled": N_("The source {source} is switched off in the shop: nothing in it is for sale."),
    "shop-stock.source-unlinked": N_(
        "The source {source} is none of stock {stock}: what is sent there is not for sale. Sources of that stock:"
    ),
    "shop-stock.stock": N_("The websites sell from stock {stock}, {name}. The shop has:"),
    "shop-stock.stock-unknown": N_("The shop has no stock {stock}. It has:"),
    "shop-stock.stock-elsewhere": N_("The websites {websites} do not sell from stock {stock}, {name}. The shop has:"),
    # --- products
    "shop-goods.set": N_("New products get attribute set {set}, {name}."),
    "shop-goods.set-unknown": N_("The shop has no attribute set {set}. It has:"),
    "shop-goods.attributes": N_("Attributes for what Magento has no field for, and their kind (- = will be made):"),
    "shop-goods.attribute-kind": N_(
        "The attribute {code} takes no text (its kind is {kind}). Name another in {option}; a new one is made."
    ),
    "shop-goods.axis-kind": N_(
        "The attribute {code} cannot tell the variants of {axis} apart: that takes a drop-down of all store views"
        " (select, global), and it is {kind}, {scope}. Name another in axes."
    ),
    "shop-goods.no-grids": N_(
        "Products with variants cannot be made over this API: each cell of a grid is a product of its own in the shop."
    ),
    "shop-goods.root": N_("Categories are made below category {category}."),
    "shop-goods.root-unknown": N_("The shop has no category {category}. Its root is:"),
    "shop-goods.map": N_("The categories that the options map sections to are all there ({n})."),
    "shop-goods.map-unknown": N_(
        "The options map {path} to category {category}, which is not below the shop's root category any more: its"
        " products are not sent. Correct categories."
    ),
    # --- prices
    "shop-prices.groups": N_("Customer groups: {n}. Group {group} buys at the base price."),
    "shop-prices.groups-by-hand": N_(
        "A price table goes to the customer group called like it (or named in price_group_names). This API makes no"
        " groups: one that is missing has to be made in the shop's admin, and its prices wait for it."
    ),
    "shop-prices.group-unknown": N_("The shop has no customer group {group} (default_group). It has:"),
    "shop-prices.only-lower": N_(
        "A group's price only counts where it is below the product's: the account's price table has to be the highest."
        " Group prices looked at, none of them above: {looked}."
    ),
    "shop-prices.above-base": N_(
        "Group prices that are not below the product's, so that nobody is ever charged them: {n} of {looked}. Make the"
        " highest table the account's price table. SKU (group): price"
    ),
    # --- payments
    "shop-payments.gateways": N_("Payment modules found ({n}):"),
    "shop-payments.only-shown": N_(
        "The attribute {code} is only shown on the product's page: Magento's checkout offers all its payment methods"
        " whatever stands there, and no module that would change it was found."
    ),
    "shop-payments.maybe-heeded": N_(
        "Magento's checkout does not heed the attribute {code}, but these modules may choose payment methods by"
        " product. Whether they read it, only their settings tell:"
    ),
    # --- the queue
    "shop-queue.worked": N_("The shop's queue has worked off calls before, and none has been left lying."),
    "shop-queue.stuck": N_(
        "Calls left lying in the shop's queue: {n}, the oldest for {minutes} minutes. Its consumer"
        " (async.operations.all) does not run; Integra creates products one by one meanwhile."
    ),
    "shop-queue.unknown": N_(
        "Whether the shop's queue is worked off (consumer async.operations.all) cannot be told without writing: it was"
        " never used, or forgot. Integra needs it only to create many products quickly, and waits for it so long only."
    ),
    "survey.shop-failed": N_("The shop did not answer the question {question}: {detail}"),
    "survey.shop-slow": N_("The questions took more than {seconds} s; the rest of them was left out."),
}
