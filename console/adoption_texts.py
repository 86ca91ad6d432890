"""What is said of rows of adoption: where they stand, by what they were known, and why one cannot be settled so."""

from __future__ import annotations

from console.language import N_

STANDINGS = {
    "sure": N_("sure"),
    "settled": N_("settled by a person"),
    "doubtful": N_("doubtful"),
    "double": N_("double"),
    "only-shop": N_("only in the shop"),
    "left-alone": N_("left alone by a person"),
    "only-cplus": N_("only in C-Plus"),
    "not-flagged": N_("in the shop, not flagged in C-Plus"),
}

PILES = {
    "doubtful": N_("doubtful"),
    "double": N_("double"),
    "only-shop": N_("only shop"),
    "only-cplus": N_("only C-Plus"),
    "not-flagged": N_("not flagged"),
    "settled": N_("settled"),
    "left-alone": N_("left alone"),
    "sure": N_("sure"),
}

MEANINGS = {
    "sure": N_("It is sold from C-Plus."),
    "settled": N_("It is sold from C-Plus."),
    "doubtful": N_("Nothing is done to it, and nothing is made in its place, until you say whose it is."),
    "double": N_("Nothing is done to it until you say which one is the product of C-Plus; the others are none of it."),
    "only-shop": N_("Integra never touches it."),
    "left-alone": N_("Integra never touches it."),
    "only-cplus": N_("It is made in the shop once the first write is approved."),
    "not-flagged": N_("Nothing is done to it until it is marked for this shop in C-Plus."),
}

REASONS = {
    "sku": N_("by its SKU"),
    "appended-key": N_("by its SKU with the key of C-Plus behind it"),
    "gtin": N_("by its GTIN"),
    "name": N_("by its name only"),
    "variants": N_("by its variants"),
    "id": N_("by its id, after somebody changed its SKU in the shop"),
    "gtin-differs": N_("SKU and GTIN, or SKU and name, say different things"),
    "sku-twice": N_("the shop has this SKU twice"),
    "same-item": N_("several of the shop are one of C-Plus"),
    "nothing": "",
    "document": N_("by CPF or CNPJ"),
    "email": N_("by the e-mail"),
    "unidentified": N_("no valid CPF, CNPJ or e-mail"),
}

WRONG = {
    "no-row": N_("the shop has no item with this id; export the file again"),
    "taken-over": N_("is adopted already; change it in the shop or in C-Plus"),
    "changed-meanwhile": N_("somebody else said otherwise of it meanwhile: look again, then decide"),
    "not-settled": N_("nobody has said whose it is: there is nothing to take back"),
    "no-item": N_("C-Plus has no active product with this key"),
    "item-taken": N_("this product of C-Plus is another item of the shop already"),
    "item-twice": N_("this product of C-Plus is named in more than one line"),
    "wrong-kind": N_("a product with a grid can only be a grid of C-Plus, and no other"),
    "sku-stands-twice": N_("the shop has this SKU twice: rename one there, then run integra adopt with --again"),
    "no-proposal": N_("there is no single proposal to say yes to: write the key of C-Plus"),
    "customer-row": N_("customers are settled with integra customers, not here"),
    "no-id": N_("the id of the shop's item is missing"),
    "id-twice": N_("the same item of the shop stands in an earlier line"),
}
