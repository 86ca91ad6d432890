"""The refusals of the sample shop, each with the HTTP status and the body that Magento 2.4.6 gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NO_SUCH_PRODUCT = "The product that was requested doesn't exist. Verify the product and try again."
NO_SUCH_ENTITY = "The entity that was requested doesn't exist. Verify the entity and try again."
NO_SUCH_FIELD_VALUE = "No such entity with %fieldName = %fieldValue"
REQUIRED = '"%fieldName" is required. Enter and try again.'


class ShopError(Exception):
    """A call that the shop answers with an error. `parameters` fill the message's placeholders; Magento does not."""

    status = 400

    def __init__(
        self,
        message: str,
        parameters: Sequence[Any] | Mapping[str, Any] | None = None,
        errors: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.parameters = parameters
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        body: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = list(self.errors)
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body


class Refused(ShopError):
    """400: validation, duplicates, and acts the state does not allow."""


class NotFound(ShopError):
    """404: no such entity, or no such route."""

    status = 404


class Unauthorised(ShopError):
    """401: no token, a wrong or an expired one."""

    status = 401

    def __init__(self, resource: str) -> None:
        super().__init__("The consumer isn't authorized to access %resources.", {"resources": resource})


class MethodNotSupported(ShopError):
    """405: a verb that Magento's REST does not know."""

    status = 405


class Crash(ShopError):
    """500: what Magento did not expect. The app replaces the message by a report id."""

    status = 500


class BareCrash(ShopError):
    """500 in plain text: an error outside the REST framework (salable quantity of an unknown SKU)."""

    status = 500


class Overloaded(ShopError):
    """503 from the web server before the shop: all of PHP's workers are busy."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Service Temporarily Unavailable")


def required(field: str) -> Refused:
    """The answer to a missing parameter of a call."""
    return Refused(REQUIRED, {"fieldName": field})
