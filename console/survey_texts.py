"""What a survey found, in words: a sentence for each finding's code, and a heading for each topic."""

from __future__ import annotations

from console.language import N_, Counted
from console.survey_shop_texts import SHOP_FINDINGS, SHOP_TOPICS

TOPICS = {
    "server": N_("Firebird server"),
    "rights": N_("Rights of the Firebird user"),
    "shape": N_("Tables and columns"),
    "neighbours": N_("Other programs on the base"),
    "triggers": N_("Integra's own triggers"),
    "reservation": N_("Reservation of goods"),
    "counters": N_("Counters of codes"),
    "orders": N_("Orders"),
    "payments": N_("Payment and delivery"),
    "fiscal": N_("Fiscal documents"),
    "goods": N_("Products"),
    "texts": N_("Texts of products"),
    "measures": N_("Weights and measures"),
    "prices": N_("Price tables"),
    "stock": N_("Stock"),
    "customers": N_("Customers"),
    "survey": N_("Not answered"),
    **SHOP_TOPICS,
}

FINDINGS: dict[str, str | Counted] = {
    # --- the server
    "server.version": N_(
        "Firebird {engine} (format of the file: ODS {ods}, SQL dialect {dialect}, pages of {page} bytes)."
    ),
    "server.charset": N_("The base is declared {declared}. Text columns by character set:"),
    "server.charset-mixed": N_("The base is declared {declared}, and some columns are UTF8 while others are not:"),
    "server.transactions": Counted(
        "n",
        "No transaction of another program has stood open for {minutes} minutes or more ({n} is open now).",
        "No transaction of another program has stood open for {minutes} minutes or more ({n} are open now).",
    ),
    "server.transaction-long": Counted(
        "n",
        "A transaction of another program has stood open for {minutes} minutes: Firebird cannot clean up meanwhile."
        " Close and open that program.",
        "{n} transactions of other programs stand open for long, the oldest for {minutes} minutes: Firebird cannot"
        " clean up meanwhile. Close and open these programs.",
    ),
    "server.transactions-unseen": N_("User {user} does not see the transactions of others; ask again as SYSDBA."),
    "server.engines-seen": N_(
        "User {user} sees every connection: a second Integra that would write into this base is found, and kept out."
    ),
    "server.engines-unseen": N_(
        "User {user} sees only connections under his own name: let every Integra at this base log in as {user}, so that"
        " no two of them write the same orders."
    ),
    "server.gap": N_(
        "Nothing keeps Firebird from clearing away old versions of rows: the oldest open transaction is {gap} behind"
        " the newest (it sweeps by itself at {sweep}; 0 = never)."
    ),
    "server.gap-wide": N_(
        "The oldest open transaction is {gap} behind the newest, so every query reads old versions of rows (Firebird"
        " sweeps them away by itself at {sweep}; 0 = never). Close the programs at night, then run: gfix -sweep"
    ),
    "server.dead-client": N_("The server finds clients that went away without a word:"),
    "server.dead-client-off": N_(
        "The server has no way of its own to find a client that went away: its locks stay until the system's TCP"
        " keepalive. Set ConnectionIdleTimeout in firebird.conf, or lower tcp_keepalive_time on the server."
    ),
    "server.dead-client-unseen": N_(
        "A till that loses its connection keeps its locks until the server notices. When that is cannot be read before"
        " Firebird 4.0: look in firebird.conf for DummyPacketInterval (0 = never), or lower the TCP keepalive time of"
        " the server's system (2 hours by default)."
    ),
    "rights.enough": N_("User {user} may read and write all that Integra needs (rights tried: {n})."),
    "rights.missing": Counted("n", "User {user} lacks {n} right:", "User {user} lacks {n} rights:"),
    # --- its shape
    "shape.complete": N_("Everything that Integra needs is there ({tables} tables in all)."),
    "shape.missing": Counted(
        "n",
        "{n} column is missing without which Integra does not work:",
        "{n} columns are missing without which Integra does not work:",
    ),
    "shape.lost-street-number": N_("No {column}: the number of a customer's house goes into the street."),
    "shape.lost-address-complement": N_("No {column}: a customer's complement goes into the street."),
    "shape.lost-taxpayer-kind": N_("No {column}: whether a customer pays ICMS is not written."),
    "shape.lost-sale-status": N_("No {column}: the store's own status of a sale is not seen."),
    "shape.lost-nfce": N_("No {column}: NFC-e are not seen, only NF-e."),
    "shape.lost-invoiced-at": N_("No {column}: an order counts as invoiced by its sales alone."),
    "shape.lost-order-number": N_("No {column}: an order is called by its code."),
    "shape.lost-delivery-number": N_("No {column}: the number of the delivery address goes into the street."),
    "shape.lost-intermediary": N_("No {column}: a marketplace cannot be named on the order."),
    "shape.lost-cancelled-line": N_("No {column}: a line cancelled by staff is seen only when it is removed."),
    "shape.lost-inactive-table": N_("No {column}: every price table counts as active."),
    "shape.lost-measures": N_("No {column}: height, width and length are not sent to the shop."),
    "shape.lost-web-name": N_("No {column}: products are called by their name at the counter."),
    "shape.lost-site-text": N_("No {column}: there is no further text for the site."),
    "shape.lost-delivery-days": N_("No {column}: days until delivery come from the account only."),
    "shape.text-keys": N_("Newer layout: all keys are text."),
    "shape.number-keys": Counted("n", "Older layout: {n} key is a number:", "Older layout: {n} keys are numbers:"),
    "shape.customer-code": N_("CLIENTE.CODIGO takes {width} characters. Length in use: customers"),
    "shape.shop-customer-id": Counted(
        "used",
        "CLIENTE.CODCLILOJAVIRTUAL is {kind}; {used} customer has one.",
        "CLIENTE.CODCLILOJAVIRTUAL is {kind}; {used} customers have one.",
    ),
    "shape.no-shop-customer-id": N_("There is no CLIENTE.CODCLILOJAVIRTUAL; it is not needed."),
    # --- neighbours
    "neighbours.no-vendor-tables": N_("No tables of C-Plus's own shop connector."),
    "neighbours.silent": Counted(
        "shops",
        "C-Plus's own shop connector knows {shops} shop; last sign of life: {last}.",
        "C-Plus's own shop connector knows {shops} shops; last sign of life: {last}.",
    ),
    "neighbours.alive": N_(
        "ANOTHER CONNECTOR SEEMS TO BE RUNNING: C-Plus's own gave a sign of life at {last} (shops it knows: {shops})."
        " Switch it off before an account goes live, or both will write the same products and orders."
    ),
    "neighbours.queues": N_("Queues of other programs, which Integra leaves alone:"),
    # --- Integra's own triggers
    "triggers.whole": N_("Integra's own triggers are installed and whole ({n})."),
    "triggers.none": N_(
        "None of Integra's own triggers is installed: changes are found on the clock. To install:"
        " integra cplus install-triggers"
    ),
    "triggers.outdated": N_(
        "Integra's own triggers are those of an earlier version, or were rewritten: {names}. To renew them:"
        " integra cplus install-triggers"
    ),
    "triggers.broken": N_(
        "Integra's own triggers are not whole: {names}. To mend them: integra cplus install-triggers"
    ),
    # --- reservation
    "reservation.trigger": Counted(
        "n",
        "{n} trigger of the base moves the reserved quantity, so Integra only sets the flag:",
        "{n} triggers of the base move the reserved quantity, so Integra only sets the flag:",
    ),
    "reservation.procedure": Counted(
        "n",
        "No trigger moves the reserved quantity, but {n} procedure does; who calls it is not known. Find out with:"
        " integra cplus watch CODPROD",
        "No trigger moves the reserved quantity, but {n} procedures do; who calls them is not known. Find out with:"
        " integra cplus watch CODPROD",
    ),
    "reservation.no-trigger": N_(
        "No trigger of the base moves the reserved quantity ({n} looked at): C-Plus's own program does, or nobody."
    ),
    "reservation.counts-open": N_(
        "The reserved quantities are exactly those of the open reserved orders ({equal} of {places} places):"
        " RESERVADOORCAMENTO is kept, and what is invoiced is given back."
    ),
    "reservation.counts-invoiced": N_(
        "The reserved quantities are those of open and of invoiced orders together ({places} places): C-Plus does not"
        " give back what it invoices, so Integra has to."
    ),
    "reservation.none-open": N_(
        "Nothing is reserved now, so the base does not show who counts. Find out with: integra cplus watch CODPROD"
    ),
    "reservation.nobody-counts": N_(
        "Orders are marked as reserved, and no product holds a reserved quantity: nobody seems to count. Product,"
        " company/sector: reserved / in open orders. Find out with: integra cplus watch CODPROD"
    ),
    "reservation.differs": N_(
        "The reserved quantities equal the open reserved orders in {equal} of {places} places only. Product,"
        " company/sector: reserved / in open orders. Find out with: integra cplus watch CODPROD"
    ),
    "reservation.till-sells-reserved": N_(
        "This C-Plus does NOT keep a till from selling reserved goods: stock rows that hold less than is reserved: {n}."
    ),
    "reservation.till-checked": N_(
        "Whether a till is kept from selling reserved goods is not known; the stock table has checks of its own ({n})."
        " Try it with: integra cplus watch CODPROD"
    ),
    "reservation.till-unknown": N_(
        "Whether this C-Plus keeps a till from selling reserved goods is not known: nothing of the base does it, and no"
        " stock row shows the contrary. Try it with: integra cplus watch CODPROD"
    ),
    "reservation.none-till-sells-reserved": N_(
        "THE SHOP'S ORDERS RESERVE NOTHING (reservation = none), and reserving alone would not help: this C-Plus does"
        " not keep a till from selling reserved goods (stock rows that hold less than is reserved: {n}). Find out who"
        " counts with: integra cplus watch CODPROD"
    ),
    "reservation.none-till-checked": N_(
        "THE SHOP'S ORDERS RESERVE NOTHING (reservation = none): a till can sell what was sold on-line. Whether this"
        " C-Plus would keep a till from selling reserved goods is not known; its stock table has checks ({n}). Find out"
        " with: integra cplus watch CODPROD"
    ),
    "reservation.none-till-unknown": N_(
        "THE SHOP'S ORDERS RESERVE NOTHING (reservation = none): a till can sell what was sold on-line. Whether this"
        " C-Plus would keep a till from selling reserved goods is not known. Find out with: integra cplus watch CODPROD"
    ),
    # --- counters
    "counters.next": N_("Counters (CODIGO) that hold the next free code. Counter / highest code in use:"),
    "counters.last": N_("Counters (CODIGO) that hold the last code given. Counter / highest code in use:"),
    "counters.ahead": N_("Counters (CODIGO) ahead of the highest code, as after deletions. Counter / highest code:"),
    "counters.behind": N_(
        "Counters (CODIGO) behind the highest code: another program gives codes without them. Integra takes none that"
        " is in use. Counter / highest code:"
    ),
    "counters.missing": N_("CODIGO has no row for some codes that Integra gives; the highest key counts there:"),
    "counters.line-generator": N_("Firebird's own counter {generator} gives the keys of order lines, as C-Plus's."),
    "counters.no-line-generator": N_(
        "Firebird has no counter {generator}, which gives the keys of order lines elsewhere: here they follow the"
        " highest one."
    ),
    # --- orders
    "orders.none": N_("There are no orders yet, so their states cannot be looked at."),
    "orders.letters": N_("States of orders (FLAGSTATUS): {letters}. Letter: orders / invoiced / cancelled"),
    "orders.letters-strange": N_(
        "No order has the state O (open) that Integra writes; ask C-Plus's support."
        " Letter: orders / invoiced / cancelled"
    ),
    "orders.statuses": Counted(
        "n",
        "The store has {n} status of its own for orders; status_map says what it means:",
        "The store has {n} statuses of its own for orders; status_map says what each means:",
    ),
    "orders.sale-statuses": Counted(
        "n",
        "The store has {n} status of its own for sales; sale_status_map says what it means:",
        "The store has {n} statuses of its own for sales; sale_status_map says what each means:",
    ),
    "orders.reference": N_("The shop's order number goes into {column}. Columns for it, and orders that use them:"),
    "orders.no-reference": N_("ORCAMENTO has no column for the shop's order number: Integra cannot write orders here."),
    "orders.movements": Counted(
        "n",
        "{n} movement type could be the shop's sale (CFOP inside / outside the state):",
        "{n} movement types could be the shop's sale (CFOP inside / outside the state):",
    ),
    "orders.flags": N_("Columns without an explanation, in the newest orders / as Integra writes them:"),
    "orders.flags-differ": N_(
        "C-Plus's own orders hold other values in {columns} than Integra writes; ask C-Plus's support what they do."
        " In the newest orders / as Integra writes them:"
    ),
    "orders.taxes": N_(
        "Whether C-Plus computes the taxes at invoicing is not known: have one order of the shop invoiced, and look at"
        " its NF-e before the next."
    ),
    # --- payments, fiscal
    "payments.terms": N_("Payment terms: {n}, of them offered in the on-line shop: {online}"),
    "payments.kinds": Counted("n", "{n} payment kind:", "{n} payment kinds:"),
    "payments.carriers": Counted(
        "n",
        "{n} carrier, to whom the shop's delivery methods are mapped:",
        "{n} carriers, to whom the shop's delivery methods are mapped:",
    ),
    "fiscal.nfe": Counted(
        "n",
        "{n} NF-e of a sale is authorised by SEFAZ (100). Record, state, code: how many",
        "{n} NF-e of sales are authorised by SEFAZ (100). Record, state, code: how many",
    ),
    "fiscal.nfe-strange": N_(
        "No NF-e of a sale (MOVENDA) with SEFAZ's code 100 was found; ask C-Plus's support. Record, state, code:"
    ),
    "fiscal.no-nfe": N_("No NF-e was issued yet: look again after the first."),
    "fiscal.no-nfe-table": N_("This base has no NFELETRONICA: the NF-e key comes from DOCUMENTO alone."),
    "fiscal.documents": Counted(
        "n",
        "{n} fiscal document. Record: how many / with an access key",
        "{n} fiscal documents. Record: how many / with an access key",
    ),
    # --- goods
    "goods.tags": Counted(
        "n",
        '{n} characteristic of products; does it mean "venda on-line" (online_tag)? Active products with it:',
        '{n} characteristics of products, one of which means "venda on-line" (online_tag). Active products with each:',
    ),
    "goods.products": Counted("active", "{active} active product.", "{active} active products."),
    "goods.sections": N_("Sections: {n}, of them below another: {deep}. Active products in none: {without}."),
    "goods.grids": Counted(
        "cells",
        "{cells} product is a cell of a grid. The grids' axes:",
        "{cells} products are cells of a grid. The grids' axes:",
    ),
    "goods.sku": N_("The shop calls products by CODPROD. Values of PRODUTO.CODIGO that repeat another: {repeated}."),
    "goods.ean": N_("Bar codes are those of kind {kind}. Valid ones (GTIN) / looked at:"),
    "goods.no-ean": N_("No kind of code holds mostly valid bar codes (GTIN); the shop gets none. Valid / looked at:"),
    "goods.kit-side": N_("Kits: COMPOSICAO has {n} rows, the kit stands in {side}. Composed products by side:"),
    "goods.kit-side-unknown": N_("COMPOSICAO has {n} rows, and which side is the kit does not show (kit_side):"),
    "goods.no-kits": N_("There are no kits."),
    "goods.stamped-by-trigger": N_("Triggers stamp LAST_CHANGE on:"),
    "goods.stamped-by-writer": N_("No trigger stamps LAST_CHANGE; Integra does it on what it writes."),
    "texts.found": N_("The description comes from {column}. Texts in a sample / of them HTML / RTF:"),
    "texts.rtf": N_("The description comes from {column}, and some texts are RTF. In a sample / of them HTML / RTF:"),
    "texts.none": N_("No product has a text for the shop yet."),
    "measures.none": N_("No product has weight or measures: the shop cannot compute freight."),
    "measures.plausible": N_("Weights look like kilograms and measures like centimetres. Median (sample):"),
    "measures.other-unit": N_(
        "Weights or measures seem to be in another unit than kilograms and centimetres; look at one product that you"
        " know before taking over the factors. Median (sample):"
    ),
    "prices.tables": Counted(
        "n", "{n} active price table. Products with a price:", "{n} active price tables. Products with a price:"
    ),
    "prices.formula": Counted(
        "n",
        "{n} price table is computed by a formula, and such a one is not published:",
        "{n} price tables are computed by a formula, and such ones are not published:",
    ),
    "prices.currency": Counted(
        "n",
        "{n} price names a currency of its own (convert_currencies).",
        "{n} prices name a currency of their own (convert_currencies).",
    ),
    "stock.scope": Counted(
        "n",
        "Stock in {n} place. Company/sector: rows / pieces / reserved",
        "Stock in {n} places. Company/sector: rows / pieces / reserved",
    ),
    "stock.minimum": Counted(
        "n",
        "{n} stock row has a minimum (QTDEMIN). It is not held back from the shop; the account's buffer is.",
        "{n} stock rows have a minimum (QTDEMIN). It is not held back from the shop; the account's buffer is.",
    ),
    "stock.negative": Counted(
        "n",
        "{n} stock row is below zero; the shop is told zero for it.",
        "{n} stock rows are below zero; the shop is told zero for them.",
    ),
    "customers.tags": Counted(
        "n",
        "{n} characteristic of customers. Customers with it:",
        "{n} characteristics of customers. Customers with each:",
    ),
    "customers.defaults": Counted("n", "{n} customer, who has:", "{n} customers. What most of them have:"),
    "survey.in-use": N_(
        "The engine that runs has the C-Plus file to itself; stop it to have the base looked at more closely."
    ),
    "survey.too-slow": N_("This took too long and was given up, not to slow down the tills: {question}."),
    "survey.failed": N_("The base refused the question {question}: {detail}"),
    **SHOP_FINDINGS,
}
