"""Customers, wherever they are."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "customer-conflict": Text(
        N_("Customer changed on both sides"),
        N_("{fields} of {customer} changed in C-Plus and in the shop. Choose which one holds: integra customers."),
    ),
    "customer-duplicates": Text(
        N_("Customer several times in C-Plus"),
        N_(
            "{customer} stands in C-Plus under {codes} with one CPF or CNPJ; orders take {chosen}. Choose another with"
            " integra customers choose {id} CODE, or join them in C-Plus."
        ),
    ),
    "customer-email-shared": Text(
        N_("Customer perhaps twice in C-Plus"),
        N_(
            "{customer} was new by CPF or CNPJ, and {codes} of C-Plus have the same e-mail and may be the same person;"
            " orders take {chosen}. Say which it is with integra customers choose {id} CODE."
        ),
    ),
    "customer-blocked": Text(
        N_("Customer blocked in C-Plus"),
        N_("Customer {customer} is blocked in C-Plus ({reason}). Release the customer there, or refuse the order."),
    ),
    "customer-unidentified": Text(
        N_("Customer nobody can identify"),
        N_("A customer of the shop has neither a valid CPF or CNPJ nor an e-mail. Complete the data in the shop."),
    ),
    "customer-gone-in-erp": Text(
        N_("Customer gone from C-Plus"),
        N_("Customer {customer} was deleted in C-Plus and still exists in the shop."),
    ),
    "customers-to-register": Text(
        N_("Customers to register in the shop"),
        N_(
            "{n} customers are marked in C-Plus for an account in the shop. Registering them sends {mails} e-mails, at"
            " most {a_day} a day, which nothing can take back ({unfit} more cannot be registered as they stand). See"
            " them with integra customers register."
        ),
    ),
    "customer-no-address": Text(
        N_("Customer without address"),
        N_("Customer {customer} has no address in the shop that could be changed. The buyer must enter one."),
    ),
}
