"""What a connector finds when it looks at the other side before, or while, it is used; the console puts it into words.

A survey changes nothing. It answers what it can, says what that means for the settings, and leaves to a person what no
query can settle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from engine.errors import Param

ERP = "erp"
ACCOUNT = "account"


class Mark(StrEnum):
    """What a finding asks of the reader."""

    OK = "ok"
    WRONG = "wrong"  # to be put right
    UNKNOWN = "unknown"  # no query settles it: somebody has to decide, or to ask


@dataclass(frozen=True, slots=True)
class Proposal:
    """The setting that a finding implies: an option of the connector, and its value as TOML holds it."""

    option: str
    value: Any


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line of evidence with quantities, one for each {} of its text; the console writes them as its readers do."""

    text: str
    values: Sequence[Decimal]

    def __str__(self) -> str:
        return self.text.format(*(f"{value:f}" for value in self.values))


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer. `code` is "<topic>.<name>" and has a sentence in the console, which `params` complete.

    `evidence` is what the answer rests on, as lines of counts, codes and names of registers: never a person's data.
    `settled_by` names the settings that answer what the finding leaves open, once all of them are written.
    """

    code: str
    mark: Mark
    params: Mapping[str, Param] = field(default_factory=dict)
    evidence: Sequence[str | Amounts] = ()
    proposals: Sequence[Proposal] = ()
    settled_by: Sequence[str] = ()

    @property
    def topic(self) -> str:
        """What the finding is about: findings of one topic are shown together."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a question takes, called as the other side calls it; `notes` help to tell it from the others."""

    value: Any
    name: str = ""
    notes: Mapping[str, Param | Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say, with the values there are.

    `place` says where the answer belongs: an option of the ERP's connector, or a key of the account; "<option>.<key>"
    is one entry of an option that is a table, and `subject` what that entry is called. `default` holds values of the
    choices, in order; empty where nothing speaks for any. `several`: any number of values, in an order that may
    matter; `optional`: none is an answer too.
    """

    place: str  # ERP or ACCOUNT
    key: str
    choices: Sequence[Choice]
    default: Sequence[Any] = ()
    several: bool = False
    optional: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found and all that is left to ask, in the order in which to show it."""

    findings: Sequence[Finding] = ()
    questions: Sequence[Question] = ()

    def proposed(self, option: str) -> Any:
        """The value that a finding implies for an option, None when none does."""
        return next((p.value for f in self.findings for p in f.proposals if p.option == option), None)


__all__ = ["ACCOUNT", "ERP", "Amounts", "Choice", "Finding", "Mark", "Proposal", "Question", "Report"]
