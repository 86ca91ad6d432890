"""XML on the wire, both ways: XML-RPC for everything, and the one call that only SOAP v2 has.

What comes in is not trusted: a document type, and with it every entity, is refused.
"""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser

from connectors.openmage.faults import Fault

MAX_INT = 2**31 - 1
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_XML_BYTES = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_ARRAY_TYPE = f"{{{_ENCODING}}}arrayType"
_XSD = "http://www.w3.org/2001/XMLSchema"
_SHOP = "urn:Magento"
_MULTI_UPDATE = "catalogInventoryStockItemMultiUpdate"
_MULTI_UPDATE_ANSWER = f"{_MULTI_UPDATE}Response"


class NotXml(Exception):
    """The answer is something else: a page of HTML, a part of an answer, a document type."""


def request(method: str, params: Sequence[Any]) -> bytes:
    """An XML-RPC call. Decimals leave as text, as the shop sends its numbers too."""
    return xmlrpc.client.dumps(tuple(_plain(value) for value in params), method, allow_none=True).encode()


def answer(content: bytes) -> Any:
    """The value of an XML-RPC answer. Raises Fault, NotXml."""
    target = xmlrpc.client.Unmarshaller(use_builtin_types=True)
    try:
        parser = DefusedExpatParser(target, forbid_dtd=True)
        parser.feed(_clean(content))
        parser.close()
        (value,) = target.close()
    except xmlrpc.client.Fault as fault:
        raise Fault(int(fault.faultCode), str(fault.faultString)) from None
    except (ExpatError, DefusedXmlException, xmlrpc.client.ResponseError, ValueError, TypeError, LookupError) as error:
        raise NotXml(type(error).__name__) from None
    return value


def multi_update(session: str, rows: Sequence[tuple[str, Mapping[str, str]]]) -> bytes:
    """The SOAP v2 call that sets the stock of many products: (SKU, what to set) pairs, matched by their place."""
    envelope = ElementTree.Element(f"{{{_ENVELOPE}}}Envelope", {"xmlns:xsd": _XSD, "xmlns:typens": _SHOP})
    body = ElementTree.SubElement(envelope, f"{{{_ENVELOPE}}}Body")
    call = ElementTree.SubElement(body, f"typens:{_MULTI_UPDATE}")
    _text(call, "sessionId", session)
    ids = ElementTree.SubElement(call, "productIds", _array("xsd:string", "typens:ArrayOfString", len(rows)))
    entity = "typens:catalogInventoryStockItemUpdateEntity"
    data = ElementTree.SubElement(call, "productData", _array(entity, f"{entity}Array", len(rows)))
    for sku, values in rows:
        _text(ids, "item", sku)
        item = ElementTree.SubElement(data, "item", {_TYPE: entity})
        for key, value in values.items():
            _text(item, key, value, "xsd:string" if key == "qty" else "xsd:int")
    written: bytes = ElementTree.tostring(envelope, encoding="utf-8", xml_declaration=True)
    return written


def multi_update_answer(content: bytes) -> bool:
    """Whether the shop says that it took all. Raises Fault, NotXml."""
    try:
        root = defusedxml.ElementTree.fromstring(_clean(content), forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise NotXml(type(error).__name__) from None
    by_name = {element.tag.rpartition("}")[2]: element for element in root.iter()}
    if "Fault" in by_name:
        code, message = (by_name[key].text or "" if key in by_name else "" for key in ("faultcode", "faultstring"))
        digits = re.search(r"\d+$", code)  # "SOAP-ENV:5" from some versions, "5" from others; PHP's own: "WSDL"
        raise Fault(int(digits[0]) if digits else 0, message)
    if _MULTI_UPDATE_ANSWER not in by_name:
        raise NotXml("no answer in it")
    return (by_name["result"].text if "result" in by_name else "") in ("true", "1")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_XML.sub("", value)
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Decimal) or (isinstance(value, int) and abs(value) > MAX_INT):
        return str(value)
    return value


def _clean(content: bytes) -> bytes:
    """Modules print blank lines before the answer, and old texts hold control characters that no parser takes."""
    return _NO_XML_BYTES.sub(b"", content.lstrip(_BEFORE_XML))


def _text(parent: ElementTree.Element, name: str, text: str, kind: str = "xsd:string") -> None:
    ElementTree.SubElement(parent, name, {_TYPE: kind}).text = _NO_XML.sub("", text)


def _array(of: str, kind: str, rows: int) -> dict[str, str]:
    return {_ARRAY_TYPE: f"{of}[{rows}]", _TYPE: kind}
