"""Money and quantities at the edge: Decimal outside, integers (cents, ten-thousandths) inside and in SQLite."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
E4_PER_UNIT = 10_000  # C-Plus keeps quantities as NUMERIC(18,4)
ZERO = Decimal(0)


def to_cents(amount: Decimal) -> int:
    """Round half up to the cent, as Brazilian documents do, and count the cents."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_cents(cents: int) -> Decimal:
    """The amount of that many cents, with two decimals."""
    return (Decimal(cents) / 100).quantize(CENT)


def e4_to_cents(e4: int) -> int:
    """Cents of an amount given in ten-thousandths (C-Plus keeps prices with four decimals), half up, away from zero."""
    return (abs(e4) + 50) // 100 * (1 if e4 >= 0 else -1)


def to_e4(quantity: Decimal) -> int:
    """Count the ten-thousandths of a quantity; finer fractions round half up."""
    return int((quantity * E4_PER_UNIT).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_e4(e4: int) -> Decimal:
    """The quantity of that many ten-thousandths, without trailing zeros."""
    whole, rest = divmod(e4, E4_PER_UNIT)
    return Decimal(whole) if rest == 0 else (Decimal(e4) / E4_PER_UNIT).normalize()
