"""The `fields=` parameter: which keys of an answer the caller wants, e.g. `items[sku,name],total_count`."""

from __future__ import annotations

from typing import Any

Wanted = dict[str, Any]
"""Key -> 1, or -> the keys wanted inside it."""


def parse(text: str) -> Wanted:
    """The wanted keys as a tree."""
    root: Wanted = {}
    stack = [root]
    key = ""
    for char in text:
        if char == "[":
            inner: Wanted = {}
            stack[-1][key] = inner
            stack.append(inner)
            key = ""
        elif char in ",]":
            if key:
                stack[-1].setdefault(key, 1)
            key = ""
            if char == "]" and len(stack) > 1:
                stack.pop()
        else:
            key += char
    if key:
        stack[-1].setdefault(key, 1)
    return root


def pick(answer: Any, wanted: Wanted) -> Any:
    """The answer with nothing but the wanted keys.

    As Magento's filter does it: an entry without any of the keys stays as an empty list, and an empty list
    asked for its entries' keys comes back as null (recorded: orders/page_past_the_end).
    """
    if isinstance(answer, list):
        return [_intersect(entry, wanted) for entry in answer] if answer else None
    return _intersect(answer, wanted) if isinstance(answer, dict) else answer


def _intersect(entry: Any, wanted: Wanted) -> Any:
    if not isinstance(entry, dict):
        return entry
    kept: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in wanted:
            continue
        inner = wanted[key]
        kept[key] = pick(value, inner) if isinstance(inner, dict) and isinstance(value, (dict, list)) else value
    return kept or []
