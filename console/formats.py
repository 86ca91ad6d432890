"""Amounts, quantities and times as people here write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.language import language, number, say
from console.safe_text import SafeText, safe
from engine.amounts import from_cents, from_e4


def _store_time() -> tzinfo:
    try:
        return ZoneInfo("America/Sao_Paulo")
    except ZoneInfoNotFoundError:  # a machine without tzdata; Brazil has had no summer time since 2019
        return timezone(timedelta(hours=-3), "-03")


STORE_TIME = _store_time()


def money(cents: int) -> SafeText:
    """-123456 -> "-R$ 1.234,56"."""
    sign = "-" if cents < 0 else ""
    return SafeText(f"{sign}R$ {number(from_cents(abs(cents)))}")


def quantity(e4: int) -> SafeText:
    """Ten-thousandths of a piece or kilogram, without needless zeros."""
    return number(from_e4(e4))


def instant(text: str | None) -> datetime | None:
    """The instant in an ISO 8601 text of the store; None for none, or for one that cannot be read."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def moment(when: datetime | None, now: datetime) -> SafeText:
    """An instant on the store's clock: the time alone today, else day and month, else the year too."""
    if when is None:
        return SafeText("—")
    local, today = when.astimezone(STORE_TIME), now.astimezone(STORE_TIME)
    if local.date() == today.date():
        return SafeText(f"{local:%H:%M:%S}")
    if language() == "en":
        return SafeText(f"{local:%Y-%m-%d %H:%M}")
    return SafeText(f"{local:%d/%m %H:%M}" if local.year == today.year else f"{local:%d/%m/%Y}")


def date_and_time(when: datetime | None) -> SafeText:
    """A day and a time of it on the store's clock, whatever day it is now; "—" for none."""
    if when is None:
        return SafeText("—")
    return SafeText(f"{when.astimezone(STORE_TIME):{'%Y-%m-%d %H:%M' if language() == 'en' else '%d/%m/%Y %H:%M'}}")


def day(when: date, now: datetime) -> SafeText:
    """A day: day and month in this year, else the year too."""
    if language() == "en":
        return SafeText(when.isoformat())
    return SafeText(f"{when:%d/%m}" if when.year == now.astimezone(STORE_TIME).year else f"{when:%d/%m/%Y}")


def store_day(now: datetime) -> date:
    """The day on the store's clock."""
    return now.astimezone(STORE_TIME).date()


def duration(seconds: float) -> SafeText:
    """The largest one or two units: "8 s", "3 min", "2 h 05", "4 d"."""
    whole = int(max(0.0, seconds))
    if whole < 60:
        return SafeText(f"{whole} s")
    if whole < 3600:
        return SafeText(f"{whole // 60} min")
    if whole < 86_400:
        return SafeText(f"{whole // 3600} h {whole % 3600 // 60:02}")
    return SafeText(f"{whole // 86_400} d")


def ago(when: datetime | None, now: datetime) -> SafeText:
    """How long ago; "—" for never."""
    return SafeText("—") if when is None else say("{time} ago", time=duration((now - when).total_seconds()))


def ahead(when: datetime | None, now: datetime) -> SafeText:
    """How soon; "now" when it is due."""
    if when is None:
        return SafeText("—")
    seconds = (when - now).total_seconds()
    return say("now") if seconds <= 0 else say("in {time}", time=duration(seconds))


def document(digits: str) -> SafeText:
    """A CPF or CNPJ with its punctuation; anything else as it is."""
    if len(digits) == 11 and digits.isdigit():
        return SafeText(f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}")
    if len(digits) == 14 and digits.isascii() and digits.isalnum():
        return SafeText(f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}")
    return safe(digits)


def postcode(digits: str) -> SafeText:
    """A CEP with its hyphen."""
    return SafeText(f"{digits[:5]}-{digits[5:]}") if len(digits) == 8 and digits.isdigit() else safe(digits)
