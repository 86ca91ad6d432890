"""What a Magento integration gives: an access token, and the three further strings that let a call be signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.errors import Misconfigured

TOKEN = "token"  # noqa: S105  the name of the secret
SIGNING = ("consumer_key", "consumer_secret", "token_secret")
NAMES = (*SIGNING[:2], TOKEN, SIGNING[2])
"""The secrets' names, in the order in which Magento's admin shows the four strings."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The strings of one integration. Without the last three a call can only carry the token itself."""

    token: str = field(repr=False)
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    token_secret: str = field(default="", repr=False)

    @property
    def can_sign(self) -> bool:
        """Whether all four are there."""
        return bool(self.consumer_key)

    @classmethod
    def read(cls, secrets: Callable[[str], str | None]) -> Keys:
        """The account's secrets. Raises Misconfigured("secret-missing") without a token, or with some of the others."""
        found = {name: (secrets(name) or "").strip() for name in NAMES}
        needed = NAMES if any(found[name] for name in SIGNING) else (TOKEN,)
        for name in needed:
            if not found[name]:
                raise Misconfigured("secret-missing", name, name=name)
        return cls(**found)
