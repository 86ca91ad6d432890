"""The words of the questions: a prompt, what `?` explains, and how the values of some are called."""

from __future__ import annotations

from typing import NamedTuple

from console.language import N_


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
    "payment_forms.*": Words(
        N_("Payment terms for any method not mapped"),
        N_('C-Plus\'s terms for payment methods of the shop that have none of their own. "-" leaves it for later.'),
    ),
    "carriers.*": Words(
        N_("Carrier for any delivery method"),
        N_('C-Plus\'s carrier for delivery methods that have none of their own. "-" leaves it for later.'),
    ),
    "reservation": Words(
        N_("How orders reserve goods"),
        N_(
            'If you do not know: choose none, finish, and run "integra cplus watch CODPROD": you reserve one piece in'
            " C-Plus, Integra sees what moves, and offers to change this setting."
        ),
    ),
    "releases_at_invoicing": Words(
        N_("Who gives the reservation back when an order is invoiced"),
        N_(
            '"integra cplus watch CODPROD" finds out. If both did it, the product would be sold twice; if nobody'
            " did, it would stay reserved."
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
    "id": Words(
        N_("Short name of the account"),
        N_('Small letters, digits and "-", at most 20; used in commands. It must never change.'),
    ),
    "name": Words(N_("Name of the shop on the screen"), N_("As the people of the store call it.")),
    "url": Words(N_("Address of the shop"), N_("For example https://www.example.com, without /rest.")),
    "token": Words(
        N_("Integration token"),
        N_("Magento: System > Integrations > access token. It is kept in secrets.toml, which only you can read."),
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
}

NOTES = {
    "products": N_("{products} products"),
    "customers": N_("{customers} customers"),
    "pieces": N_("{pieces} pieces"),
    "cfop": N_("CFOP {cfop}"),
}

ORDER = (
    "companies", "sectors", "order_company", "movement_type", "seller", "user_code", "order_status", "customer_tag",
    "account_plan", "default_price_table", "payment_forms.*", "carriers.*", "reservation", "releases_at_invoicing",
)  # fmt: skip
"""The ERP's questions, from what is looked up to what is decided."""
