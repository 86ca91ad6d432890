"""The shop's API as calls by name, within a session that is begun when one is needed.

A session ends after an hour, and when somebody else logs in as the same user. The shop says so before it does anything,
so the call is repeated once in a new session, a write too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anyio
import httpx

from connectors.openmage import xml
from connectors.openmage.faults import ACCESS_DENIED, SESSION_EXPIRED, Fault, meaning
from connectors.openmage.transport import FRONT, Http, unanswered
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater

NO_API = ("channel-address", "channel-not-xml")
"""A page where XML belongs, or none."""
XMLRPC, SOAP = "/api/xmlrpc", "/api/v2_soap"

Call = tuple[str, Sequence[Any]]
"""A method and its arguments."""


class Api:
    """The calls of one API user."""

    def __init__(self, http: Http, user: str, key: str) -> None:
        self.http = http
        self._user = user
        self._key = key
        self._session: str | None = None
        self._login = anyio.Lock()

    async def read(self, method: str, *args: Any) -> Any:
        """Call something that changes nothing."""
        return await self._call(method, args, writes=False)

    async def write(self, method: str, *args: Any) -> Any:
        """Call something that changes something."""
        return await self._call(method, args, writes=True)

    async def read_many(self, calls: Sequence[Call]) -> list[Any]:
        """Many calls in one request: their results, in place of one that was refused its error."""
        return await self._many(calls, writes=False)

    async def write_many(self, calls: Sequence[Call]) -> list[Any]:
        """The same for calls that change something. Where it raises, any of them may have been carried out."""
        return await self._many(calls, writes=True)

    async def set_stock(self, rows: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        """The SOAP v2 call for many products. It stops at the first fault, and what stood before it stays done.

        An empty one changes nothing: it tells whether the shop answers SOAP v2 at all.
        """
        method = "cataloginventory_stock_item.multiUpdate"
        try:
            taken = await self._in_session(
                SOAP, lambda session: xml.multi_update(session, rows), method, xml.multi_update_answer, bool(rows)
            )
        except Fault as fault:
            raise meaning(method, fault, writes=bool(rows)) from None
        if not taken:
            raise Refused("channel-refused", method, message="false", status=None)

    async def allowed(self) -> frozenset[str]:
        """The methods that this user's role may call, of all that the shop has."""
        method = "resources"
        try:
            rows = await self._in_session(
                XMLRPC, lambda session: xml.request(method, [session]), method, xml.answer, writes=False
            )
        except Fault as fault:
            raise meaning(method, fault, writes=False) from None
        return frozenset(str(method["path"]) for row in rows for method in row.get("methods") or ())

    async def _call(self, method: str, args: Sequence[Any], *, writes: bool) -> Any:
        try:
            return await self._in_session(
                XMLRPC, lambda session: xml.request("call", [session, method, list(args)]), method, xml.answer, writes
            )
        except Fault as fault:
            raise meaning(method, fault, writes=writes) from None

    async def _many(self, calls: Sequence[Call], *, writes: bool) -> list[Any]:
        if not calls:
            return []
        body = [[method, list(args)] for method, args in calls]
        where = f"multiCall of {calls[0][0]}"
        try:
            answers = await self._in_session(
                XMLRPC, lambda session: xml.request("multiCall", [session, body]), where, xml.answer, writes
            )
        except Fault as fault:
            raise meaning(calls[0][0], fault, writes=writes) from None
        if not isinstance(answers, list) or len(answers) != len(calls):
            raise unanswered("channel-not-xml", where, writes)
        return [_result(method, answer, writes) for (method, _), answer in zip(calls, answers, strict=True)]

    async def _in_session(
        self,
        path: str,
        request: Callable[[str], bytes],
        where: str,
        decode: Callable[[bytes], Any],
        writes: bool,
    ) -> Any:
        session = await self._begin(None)
        try:
            return await self._send(path, request(session), where, decode, writes)
        except Fault as fault:
            if fault.code != SESSION_EXPIRED:
                raise
        return await self._send(path, request(await self._begin(session)), where, decode, writes)

    async def _begin(self, ended: str | None) -> str:
        """The session; a new one where there is none, or only the one that has ended."""
        async with self._login:
            if self._session is None or self._session == ended:
                self._session = None
                content = xml.request("login", [self._user, self._key])
                try:
                    self._session = str(await self._logged_in(content))
                except Fault as fault:
                    if fault.code == ACCESS_DENIED:
                        raise Misconfigured("openmage-login", str(fault), user=self._user) from None
                    raise meaning("login", fault, writes=False) from None
            return self._session

    async def _logged_in(self, content: bytes) -> Any:
        """The answer to a login, where the API is found: as the address says, else below the front file."""
        try:
            return await self._send(XMLRPC, content, "login", xml.answer, writes=False)
        except (Misconfigured, RetryLater) as error:
            if self.http.front or error.code not in NO_API:
                raise
            elsewhere = error
        self.http.front = FRONT
        try:
            return await self._send(XMLRPC, content, "login", xml.answer, writes=False)
        except (Misconfigured, RetryLater):
            self.http.front = ""
            raise elsewhere from None

    async def _send(self, path: str, content: bytes, where: str, decode: Callable[[bytes], Any], writes: bool) -> Any:
        response = await self.http.post(path, content, where, writes=writes)
        try:
            return decode(response.content)
        except xml.NotXml as error:
            status = response.status_code
            failed = status == httpx.codes.INTERNAL_SERVER_ERROR
            code, detail = ("channel-failed" if failed else "channel-not-xml"), f"{where}: {status} {error}"
            raise unanswered(code, detail, writes, status) from None


def _result(method: str, answer: Any, writes: bool) -> Any:
    """The value, or as a value the error that this one call met. What may be gone by itself is raised for all."""
    if not isinstance(answer, dict) or answer.get("isFault") is not True:
        return answer
    fault = Fault(int(answer.get("faultCode") or 0), str(answer.get("faultMessage") or ""))
    error: IntegraError = meaning(method, fault, writes=writes)
    if isinstance(error, OutcomeUnknown | RetryLater):
        raise OutcomeUnknown(error.code, error.detail, **error.params) if writes else error
    return error
