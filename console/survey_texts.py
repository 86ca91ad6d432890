"""What a survey found, in words: a sentence for each finding's code, and a heading for each topic."""

from __future__ import annotations

from console.language import N_

TOPICS = {
    "server": N_("Firebird server"),
    "rights": N_("Rights of the Firebird user"),
    "shape": N_("Tables and columns"),
    "neighbours": N_("Other programs on the base"),
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
}

FINDINGS = {
    # --- the server
    "server.version": N_("Firebird {engine}, ODS {ods}, dialect {dialect}, pages of {page} bytes."),
    "server.charset": N_("The base is declared {declared}. Text columns by charset:"),
    "server.charset-mixed": N_("The base is declared {declared}, and some columns are UTF8 while others are not:"),
    "server.transactions": N_(
        "No transaction of others has stood open for {minutes} minutes or more ({n} are open now)."
    ),
    "server.transaction-long": N_(
        "{n} transactions of others stand open for long, the oldest for {minutes} minutes: Firebird cannot clean up"
        " meanwhile. Close and open that program."
    ),
    "server.transactions-unseen": N_("User {user} does not see the transactions of others; ask again as SYSDBA."),
    "server.gap": N_("The oldest active transaction is {gap} behind the newest. Automatic sweep: {sweep}."),
    "server.gap-wide": N_(
        "The oldest active transaction is {gap} behind the newest, so every query reads old versions of rows."
        " Automatic sweep: {sweep}. Close the programs at night, then run: gfix -sweep"
    ),
    "server.dead-client": N_("The server finds clients that went away without a word:"),
    "server.dead-client-off": N_(
        "The server has no way of its own to find a client that went away: its locks stay until the system's TCP"
        " keepalive. Set ConnectionIdleTimeout in firebird.conf, or lower tcp_keepalive_time on the server."
    ),
    "server.dead-client-unseen": N_(
        "How this server finds a client that went away cannot be read before Firebird 4.0. Look in firebird.conf for"
        " DummyPacketInterval (0 = never), and lower the system's TCP keepalive (2 hours by default) on the server."
    ),
    "rights.enough": N_("User {user} may read and write all that Integra needs ({n} rights tried)."),
    "rights.missing": N_("User {user} lacks {n} rights:"),
    # --- its shape
    "shape.complete": N_("Everything that Integra needs is there ({tables} tables in all)."),
    "shape.missing": N_("{n} columns are missing without which Integra does not work:"),
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
    "shape.number-keys": N_("Older layout: {n} keys are numbers:"),
    "shape.customer-code": N_("CLIENTE.CODIGO takes {width} characters. Length in use: customers"),
    "shape.shop-customer-id": N_("CLIENTE.CODCLILOJAVIRTUAL is {kind}; {used} customers have one."),
    "shape.no-shop-customer-id": N_("There is no CLIENTE.CODCLILOJAVIRTUAL; it is not needed."),
    # --- neighbours
    "neighbours.no-vendor-tables": N_("No tables of C-Plus's own shop connector."),
    "neighbours.silent": N_("C-Plus's own shop connector knows {shops} shops; last sign of life: {last}."),
    "neighbours.alive": N_(
        "ANOTHER CONNECTOR SEEMS TO BE RUNNING: C-Plus's own gave a sign of life at {last} ({shops} shops). Switch it"
        " off before an account goes live, or both will write the same products and orders."
    ),
    "neighbours.queues": N_("Queues of other programs, which Integra leaves alone:"),
    # --- reservation
    "reservation.trigger": N_("{n} triggers of the base move the reserved quantity, so Integra only sets the flag:"),
    "reservation.procedure": N_(
        "No trigger moves the reserved quantity, but {n} procedures do; who calls them is not known. Find out with:"
        " integra cplus watch CODPROD"
    ),
    "reservation.no-trigger": N_(
        "None of the {n} triggers of the base moves the reserved quantity: C-Plus's own program does, or nobody."
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
        "This C-Plus does NOT keep a till from selling reserved goods: {rows} stock rows hold less than is reserved."
    ),
    "reservation.till-checked": N_(
        "Whether a till is kept from selling reserved goods is not known; the stock table has {n} checks of its own."
        " Try it with: integra cplus watch CODPROD"
    ),
    "reservation.till-unknown": N_(
        "Whether this C-Plus keeps a till from selling reserved goods is not known: nothing of the base does it, and no"
        " stock row shows the contrary. Try it with: integra cplus watch CODPROD"
    ),
    # --- counters
    "counters.next": N_("{n} counters hold the next free code. Counter / highest code in use:"),
    "counters.last": N_("{n} counters hold the last code given. Counter / highest code in use:"),
    "counters.ahead": N_("{n} counters are ahead of the highest code, as after deletions. Counter / highest code:"),
    "counters.behind": N_(
        "{n} counters are behind the highest code: another program gives codes without them. Integra takes none that is"
        " in use. Counter / highest code:"
    ),
    "counters.missing": N_("CODIGO has no row for {n} of the codes that Integra gives; the highest key counts there:"),
    "counters.line-generator": N_("Generator {generator} gives the keys of order lines ({n} generators in all)."),
    "counters.no-line-generator": N_("No generator {generator}: keys of order lines follow the highest one."),
    # --- orders
    "orders.none": N_("There are no orders yet, so their states cannot be looked at."),
    "orders.letters": N_("States of orders (FLAGSTATUS): {letters}. Letter: orders / invoiced / cancelled"),
    "orders.letters-strange": N_(
        "No order has the state O (open) that Integra writes; ask C-Plus's support."
        " Letter: orders / invoiced / cancelled"
    ),
    "orders.statuses": N_("The store has {n} statuses of its own for orders. What does each mean? (status_map)"),
    "orders.sale-statuses": N_(
        "The store has {n} statuses of its own for sales. What does each mean? (sale_status_map)"
    ),
    "orders.reference": N_("The shop's order number goes into {column}. Columns for it, and orders that use them:"),
    "orders.no-reference": N_("ORCAMENTO has no column for the shop's order number: Integra cannot write orders here."),
    "orders.movements": N_("{n} movement types could be the shop's sale (CFOP inside / outside the state). Decide:"),
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
    "payments.terms": N_("{n} payment terms, {online} of them offered in the on-line shop:"),
    "payments.kinds": N_("{n} payment kinds:"),
    "payments.carriers": N_("{n} carriers; the shop's delivery methods are to be mapped to them:"),
    "fiscal.nfe": N_("{n} NF-e of sales are authorised by SEFAZ (100). Record, state, code: how many"),
    "fiscal.nfe-strange": N_(
        "No NF-e of a sale (MOVENDA) with SEFAZ's code 100 was found; ask C-Plus's support. Record, state, code:"
    ),
    "fiscal.no-nfe": N_("No NF-e was issued yet: look again after the first."),
    "fiscal.no-nfe-table": N_("This base has no NFELETRONICA: the NF-e key comes from DOCUMENTO alone."),
    "fiscal.documents": N_("{n} fiscal documents. Record: how many / with an access key"),
    # --- goods
    "goods.tags": N_('{n} characteristics of products. Which one means "venda on-line"? Active products with each:'),
    "goods.products": N_("{active} active products."),
    "goods.sections": N_("{n} sections, {deep} of them below another; {without} active products are in none."),
    "goods.grids": N_("{cells} products are cells of a grid. Its axes:"),
    "goods.sku": N_("The shop calls products by CODPROD. PRODUTO.CODIGO repeats {repeated} times."),
    "goods.ean": N_("Bar codes are those of kind {kind}. Valid GTIN / looked at:"),
    "goods.no-ean": N_("No kind of code holds mostly valid GTIN; the shop gets none. Valid / looked at:"),
    "goods.kit-side": N_("Kits: {n} rows of COMPOSICAO, the kit stands in {side}. Composed products by side:"),
    "goods.kit-side-unknown": N_("{n} rows of COMPOSICAO, and which side is the kit does not show. Decide (kit_side):"),
    "goods.no-kits": N_("There are no kits."),
    "goods.stamped-by-trigger": N_("Triggers stamp LAST_CHANGE on:"),
    "goods.stamped-by-writer": N_("No trigger stamps LAST_CHANGE; Integra does it on what it writes."),
    "texts.found": N_("The description comes from {column}. What a sample holds:"),
    "texts.rtf": N_("The description comes from {column}. Some texts are RTF. What a sample holds:"),
    "texts.none": N_("No product has a text for the shop yet."),
    "measures.none": N_("No product has weight or measures: the shop cannot compute freight."),
    "measures.plausible": N_("Weights look like kilograms and measures like centimetres. Median (sample):"),
    "measures.other-unit": N_(
        "Weights or measures seem to be in another unit than kilograms and centimetres; look at one product that you"
        " know before taking over the factors. Median (sample):"
    ),
    "prices.tables": N_("{n} active price tables. Products with a price:"),
    "prices.formula": N_("{n} price tables are computed by a formula and are not published; decide what to do:"),
    "prices.currency": N_("{n} prices name a currency of their own; decide (convert_currencies)."),
    "stock.scope": N_("Stock in {n} places. Company/sector: rows / pieces / reserved"),
    "stock.minimum": N_(
        "{n} stock rows have a minimum (QTDEMIN). It is not held back from the shop; the account's buffer is. Decide."
    ),
    "stock.negative": N_("{n} stock rows are below zero; the shop is told zero for them."),
    "customers.tags": N_("{n} characteristics of customers. Customers with each:"),
    "customers.defaults": N_("{n} customers. What most of them have:"),
    "survey.in-use": N_(
        "The engine that runs has the C-Plus file to itself; stop it to have the base looked at more closely."
    ),
    "survey.too-slow": N_("This took too long and was given up, not to slow down the tills: {question}."),
    "survey.failed": N_("The base refused the question {question}: {detail}"),
}
