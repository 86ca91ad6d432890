"""A row that C-Plus does not store, or not yet."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "erp-busy": Text(
        N_("C-Plus is busy"),
        N_("Somebody in C-Plus holds the row that is needed. It is tried again; waiting is safe."),
    ),
    "erp-commit-unknown": Text(
        N_("C-Plus did not confirm"),
        N_("The connection broke while C-Plus was storing. Integra looks before it stores again; waiting is safe."),
    ),
    "erp-code-taken": Text(
        N_("Number taken in C-Plus"),
        N_("C-Plus gave the number to another row meanwhile. Integra takes the next one; waiting is safe."),
    ),
    "erp-keys-taken": Text(
        N_("Numbers taken in C-Plus"),
        N_("Others took the next numbers of C-Plus at that moment. It is tried again; waiting is safe."),
    ),
    "erp-keys-exhausted": Text(
        N_("No free number in C-Plus"),
        N_("The counter of C-Plus has no free number left. Correct it in C-Plus; ask its support."),
    ),
    "no-free-order-code": Text(
        N_("No free order number in C-Plus"),
        N_("Every order number that C-Plus gave was taken. Correct its counter; ask the support of C-Plus."),
    ),
    "no-free-customer-code": Text(
        N_("No free customer code in C-Plus"),
        N_("Every customer code that C-Plus gave was taken. Correct its counter; ask the support of C-Plus."),
    ),
    "erp-order-open": Text(
        N_("Order still being stored"),
        N_("A first try of the same order has not ended in C-Plus. Integra waits for it; waiting is safe."),
    ),
    "erp-customer-open": Text(
        N_("Customer still being stored"),
        N_("A first try of the same customer has not ended in C-Plus. Integra waits for it; waiting is safe."),
    ),
    "erp-code-too-long": Text(
        N_("Value too long for C-Plus"),
        N_("{value} does not fit into {column} of {table}."),
    ),
    "erp-reference-too-long": Text(
        N_("Order number too long for C-Plus"),
        N_("The reference {reference} does not fit into {column}. Shorten order_prefix of the account."),
    ),
    "erp-reference-no-number": Text(
        N_("Order number is no number"),
        N_("{column} takes numbers only, and the reference is {reference}. Make order_prefix of the account a number."),
    ),
    "erp-key-exists": Text(
        N_("C-Plus has it already"),
        N_("C-Plus refuses a second row ({constraint} of {table}). Look for it in C-Plus."),
    ),
    "erp-reference-missing": Text(
        N_("C-Plus lacks what the row refers to"),
        N_("C-Plus refuses the row: what it refers to is gone ({constraint} of {table})."),
    ),
    "erp-refused": Text(
        N_("C-Plus refuses"),
        N_("C-Plus refuses to store this. The log has its words; it is tried again."),
    ),
}
