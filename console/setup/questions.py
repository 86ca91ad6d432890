"""The words of the questions: a prompt, what `?` explains, and how the values of some are called."""

from __future__ import annotations

from typing import NamedTuple

from console.language import N_, Counted


class Words(NamedTuple):
    """A few words before the cursor, and the explanation."""

    prompt: str
    help: str


CONNECTION = {
    "host": Words(
        N_("Machine of the Firebird server"),
        N_(
            'Name or address of the machine where C-Plus keeps its data. "-" opens a file of this machine by itself,'
            " which only fits a demonstration."
        ),
    ),
    "port": Words(N_("Port"), N_("3050, unless somebody changed it in firebird.conf.")),
    "path": Words(
        N_("Path of the base on that machine"),
        N_("As the server sees it, for example C:\\CPlus\\CPLUS.FDB, or its alias."),
    ),
    "user": Words(N_("Firebird user"), N_("SYSDBA, or a user of its own with rights on C-Plus's tables.")),
    "password": Words(N_("Password of that user"), N_("It is kept in secrets.toml, which only you can read.")),
}

REFUSED = {
    "erp-login-refused": N_("The server refuses this user or this password: type both again."),
    "erp-path-wrong": N_("The server answers and finds no base under that path: type it as the server itself sees it."),
    "erp-unreachable": N_(
        "No Firebird server answers there. Is the machine on, and does its firewall let port 3050 through? Type machine"
        " and port again."
    ),
    "channel-unreachable": N_(
        "No shop answers under that address: check it letter by letter, and that this machine reaches the internet."
    ),
}
"""What to do at the prompt; the engine's own sentences speak of an engine that runs."""

QUESTIONS = {
    "companies": Words(
        N_("Companies whose stock the shop may sell"),
        N_("Numbers from the list, separated by commas, in the order in which goods are taken."),
    ),
    "sectors": Words(
        N_("Stock sectors that count"),
        N_("Their pieces are added up for the shop; goods are taken from the first one that has enough."),
    ),
    "order_company": Words(N_("Company of the shop's orders"), N_("The one that will invoice them.")),
    "movement_type": Words(
        N_("Movement type of the shop's sales"),
        N_("It gives the CFOP inside and outside the state. Best one of its own for the shop."),
    ),
    "seller": Words(N_("Seller of the shop's orders"), N_('"-" writes none.')),
    "user_code": Words(N_("C-Plus user that stands on the orders"), N_('"-" writes none.')),
    "order_status": Words(N_("Status of a new order"), N_('One of the store\'s own. "-" writes none.')),
    "customer_tag": Words(N_("Characteristic of customers from the shop"), N_('New customers get it. "-": none.')),
    "account_plan": Words(N_("Account plan of new customers"), N_('"-" writes none.')),
    "default_price_table": Words(
        N_("Price table of customers without one"),
        N_("Written on the order where neither the customer nor the shop says one."),
    ),
    "status_map": Words(
        N_('What the order status "{subject}" means'),
        N_(
            "The store gives its orders this status in C-Plus. Picking and packed show in the order's history, problem"
            ' and cancelled put it before a person. "-": it means nothing to Integra.'
        ),
    ),
    "sale_status_map": Words(
        N_('What the sale status "{subject}" means'),
        N_('Likewise for the sale that the order becomes. "-": it means nothing to Integra.'),
    ),
    "payment_forms": Words(
        N_('Payment terms for "{subject}"'),
        N_('Orders of the shop that are paid so get these terms in C-Plus. "-": those for any other method.'),
    ),
    "payment_forms.*": Words(
        N_("Payment terms for any other method"),
        N_('C-Plus\'s terms for payment methods of the shop that have none of their own. "-" leaves it for later.'),
    ),
    "carriers": Words(
        N_('Carrier for "{subject}"'),
        N_('Orders of the shop that are delivered so get this carrier in C-Plus. "-": that for any other method.'),
    ),
    "carriers.*": Words(
        N_("Carrier for any other delivery method"),
        N_('C-Plus\'s carrier for delivery methods that have none of their own. "-" leaves it for later.'),
    ),
    "reservation": Words(
        N_("How orders reserve goods"),
        N_(
            "If you do not know, choose none. At the end you can reserve one piece in C-Plus while Integra watches what"
            " moves, and offers to change this setting. The same later with: integra cplus watch CODPROD"
        ),
    ),
    "releases_at_invoicing": Words(
        N_("Who gives the reservation back when an order is invoiced"),
        N_(
            "If you do not know, choose erp: at worst pieces stay reserved until somebody gives them back, and nothing"
            " is sold twice. To find out: integra cplus watch CODPROD"
        ),
    ),
    "online_tag": Words(
        N_('Characteristic that means "venda on-line"'),
        N_("Products with it go to this shop; taking it away takes them off the storefront."),
    ),
    "base_price_table": Words(N_("Price table of the shop"), N_("Its prices are those that everybody sees.")),
    "group_price_tables": Words(
        N_("Further tables, for groups of customers"),
        N_('Each becomes a group of the shop, called like the table. "-": none.'),
    ),
}

ACCOUNT = {
    "kind": Words(
        N_("Kind of shop"),
        N_("magento: Magento 2, Adobe Commerce, Mage-OS. openmage: OpenMage, Magento 1."),
    ),
    "id": Words(
        N_("Short name of the account"),
        N_('Small letters, digits and "-", at most 20; used in commands. It must never change.'),
    ),
    "name": Words(N_("Name of the shop on the screen"), N_("As the people of the store call it.")),
    "url": Words(N_("Address of the shop"), N_("For example https://www.example.com, without /rest.")),
    "user": Words(
        N_("API user of the shop"),
        N_("OpenMage: System > Web Services > SOAP/XML-RPC - Users. Give Integra a user of its own."),
    ),
    "all_keys": Words(
        N_("Do you have all four keys of the integration?"),
        N_(
            "Consumer key, consumer secret, access token and access token secret: Magento shows them in System >"
            " Integrations when the integration is activated. With all four the calls can be signed, which every shop"
            " takes; the access token alone is enough only where the shop's owner allowed it."
        ),
    ),
    "consumer_key": Words(N_("Consumer key"), N_("The first of the four. They are kept in secrets.toml.")),
    "consumer_secret": Words(N_("Consumer secret"), N_("The second of the four. They are kept in secrets.toml.")),
    "token": Words(
        N_("Access token"),
        N_("Magento: System > Integrations > access token. It is kept in secrets.toml, which only you can read."),
    ),
    "token_secret": Words(N_("Access token secret"), N_("The last of the four. They are kept in secrets.toml.")),
    "key": Words(
        N_("API key of the user"),
        N_("OpenMage: System > Web Services > Users. It is kept in secrets.toml, which only you can read."),
    ),
    "order_prefix": Words(
        N_("Prefix of the order numbers in C-Plus"),
        N_("1 to 4 capital letters or digits before the shop's number, so that two shops stay apart."),
    ),
    "import_orders_since": Words(
        N_("First day whose orders are taken over"),
        N_("Day/month/year. What was ordered before is left alone."),
    ),
}

CHOICES = {
    ("reservation", "flag+amount"): N_("flag+amount: Integra marks the order and adds the reserved quantity"),
    ("reservation", "flag"): N_("flag: Integra marks the order, a trigger of the base does the rest"),
    ("reservation", "none"): N_("none: C-Plus is not told; tills can sell goods of web orders"),
    ("releases_at_invoicing", "erp"): N_("erp: C-Plus gives it back by itself"),
    ("releases_at_invoicing", "integra"): N_("integra: C-Plus leaves it, Integra gives it back"),
} | {
    (option, meaning): said
    for option in ("status_map", "sale_status_map")
    for meaning, said in (
        ("waiting", N_("waiting: nothing is being done yet")),
        ("picking", N_("picking: its goods are being picked")),
        ("packed", N_("packed: ready to leave")),
        ("problem", N_("problem: a person has to look at it")),
        ("cancelled", N_("cancelled: the store has given it up")),
    )
}

NOTES: dict[str, str | Counted] = {
    "products": Counted("products", "{products} product", "{products} products"),
    "customers": Counted("customers", "{customers} customer", "{customers} customers"),
    "pieces": N_("pieces: {pieces}"),
    "cfop": N_("CFOP {cfop}"),
}

LABELS = {
    "charset": N_("Character set of the connection"),
    "counters": N_("What the counter {key} holds"),
    "description_columns": N_("Where descriptions stand, the first one with text counts"),
    "ean_kind": N_("Kind of code that holds the bar codes"),
    "former_reference_columns": N_("Where the shop's order number stood before"),
    "kit_side": N_("Where the kit stands in COMPOSICAO"),
    "measure_factors": N_("{key}: what C-Plus's number is multiplied with"),
    "payment_forms": N_('Payment terms for "{key}"'),
    "reference_column": N_("Where the shop's order number stands in ORCAMENTO"),
    "releases_at_invoicing": N_("Who gives the reservation back when an order is invoiced"),
    "reservation": N_("How orders reserve goods"),
}
"""Settings that the base itself shows, as people call them; {key} is an entry of one that is a table."""

LABEL_VALUES = {
    "last": N_("the last code given"),
    "weight": N_("weight, to kilograms"),
    "height": N_("height, to centimetres"),
    "width": N_("width, to centimetres"),
    "length": N_("length, to centimetres"),
}

ORDER = (
    "companies", "sectors", "order_company", "movement_type", "seller", "user_code", "order_status", "customer_tag",
    "account_plan", "default_price_table", "reservation", "releases_at_invoicing", "status_map", "sale_status_map",
)  # fmt: skip
"""The ERP's questions, from what is looked up to what is decided."""
