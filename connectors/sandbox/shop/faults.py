"""Bad days on order: rules that a test lays down, each matching some calls, spoiling them, and running out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Effect = Literal["answer", "refuse", "lose_reply", "delay"]

DEADLOCK = {"message": "Could not save Source Item Configuration"}
"""What a parallel create now and then gets, with 400; the product is not there afterwards. Worth one retry."""

MAINTENANCE = "<!doctype html><html><head><title>503</title></head><body>Service Temporarily Unavailable</body></html>"


@dataclass
class Fault:
    """One rule. `left` counts down with each call it spoils; `skip` lets that many matching calls pass before.

    `effect`: `answer` replies at once and nothing is carried out; `refuse` breaks the connection before anything is
    carried out; `lose_reply` carries the call out and breaks the connection then; `delay` carries it out `seconds`
    late.
    """

    method: str
    path: str
    effect: Effect
    left: int = 1
    skip: int = 0
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        return re.fullmatch(self.method, method) is not None and re.search(self.path, path) is not None


class Faults:
    """The rules in force. `method` and `path` are patterns: the whole method, any part of the path with its query."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.rules.append(fault)
        return fault

    def clear(self) -> None:
        """The bad day is over."""
        self.rules.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first rule that this call falls under; counts it."""
        for rule in self.rules:
            if not rule.matches(method, path):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.left -= 1
            if rule.left <= 0:
                self.rules.remove(rule)
            return rule
        return None

    # ------------------------------------------------------------- the usual ones

    def answer(self, method: str, path: str, status: int, body: Any, times: int = 1, skip: int = 0) -> Fault:
        """A JSON answer instead of the real one, e.g. `answer("POST", "products$", 400, DEADLOCK)`."""
        return self.add(Fault(method, path, "answer", times, skip, status, body))

    def too_many(self, method: str, path: str, retry_after_s: int, times: int = 1, skip: int = 0) -> Fault:
        """429 with Retry-After, as a firewall before the shop gives it."""
        headers = {"Retry-After": str(retry_after_s)}
        return self.add(Fault(method, path, "answer", times, skip, 429, {"message": "Too Many Requests"}, headers))

    def maintenance(self, method: str, path: str, times: int = 1, skip: int = 0, status: int = 503) -> Fault:
        """An HTML page where JSON is expected."""
        return self.add(Fault(method, path, "answer", times, skip, status, MAINTENANCE))

    def expire_token(self, method: str, path: str, times: int = 1, skip: int = 0) -> Fault:
        """401, as for a token that is no longer good."""
        resources = {"resources": "Magento_Backend::all"}
        body = {"message": "The consumer isn't authorized to access %resources.", "parameters": resources}
        return self.add(Fault(method, path, "answer", times, skip, 401, body))

    def refuse(self, method: str, path: str, times: int = 1, skip: int = 0) -> Fault:
        """The connection breaks, and the shop has done nothing."""
        return self.add(Fault(method, path, "refuse", times, skip))

    def lose_reply(self, method: str, path: str, times: int = 1, skip: int = 0) -> Fault:
        """The shop has done it, and the caller does not hear of it."""
        return self.add(Fault(method, path, "lose_reply", times, skip))

    def delay(self, method: str, path: str, seconds: float, times: int = 1, skip: int = 0) -> Fault:
        """The shop answers late."""
        return self.add(Fault(method, path, "delay", times, skip, seconds=seconds))
