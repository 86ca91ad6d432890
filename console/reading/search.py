"""What people type, as the store's indexes of words look for it."""

from __future__ import annotations

ORDERS = "SELECT rowid FROM order_search WHERE order_search MATCH :words"
"""Ids of sales_order; `:words` is a `pattern`, as in the others."""
SKUS = "SELECT sku FROM sku_number WHERE id IN (SELECT rowid FROM product_search WHERE product_search MATCH :words)"
CUSTOMERS = "SELECT rowid FROM customer_search WHERE customer_search MATCH :words"
"""Ids of customer."""

_OF_A_MASK = str.maketrans("", "", "./-()")


def pattern(text: str) -> str:
    """What an index MATCHes for rows in which each typed word begins a word, accents and case ignored.

    A number in a mask, such as 529.982.247-25, is looked for without it too. A text without a letter or digit finds
    nothing.
    """
    words = [word for word in text.replace("\0", "").split() if any(map(str.isalnum, word))]
    return " AND ".join(_either(word) for word in words) or '""'


def whole(text: str) -> str:
    """The same for a code that is a word from beginning to end, with or without its leading zeros."""
    code = "".join(text.replace("\0", "").split()).translate(_OF_A_MASK)
    return f"{_quoted(code)} OR {_quoted(code.lstrip('0'))}"


def _either(word: str) -> str:
    bare = word.translate(_OF_A_MASK)
    masked = bare != word and any(map(str.isdigit, bare))
    return f"({_begins(word)} OR {_begins(bare)})" if masked else _begins(word)


def _begins(word: str) -> str:
    return f"{_quoted(word)}*"


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
