"""The language of what people read: English sentences in the code, catalogues in `locale/`.

`N_` and `Counted` mark a sentence of a table, which `_` and `tell` translate where it is shown; `say` and `say_n`
translate now. What they return is safe to show: the catalogues are ours, what is filled in passes through `safe`, and
a Decimal is written as people here write it.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from console.safe_text import SafeText, safe

DOMAIN = "integra"
LANGUAGES = ("pt_BR", "en")
DEFAULT_LANGUAGE = "pt_BR"
MANY = 2
LOCALE = Path(__file__).parent / "locale"


class _Chosen:
    """The language of this process, chosen once at its start."""

    name = DEFAULT_LANGUAGE
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str) -> None:
    """Speak this language from now on; "en" needs no catalogue."""
    _Chosen.name = language
    _Chosen.catalogue = (
        gettext.NullTranslations()
        if language == "en"
        else gettext.translation(DOMAIN, localedir=LOCALE, languages=[language])
    )


def language() -> str:
    """The language in use."""
    return _Chosen.name


def number(value: Decimal) -> SafeText:
    """1234.5 -> "1.234,5" in Portuguese, "1,234.5" in English."""
    text = f"{value:,f}"
    return SafeText(text if language() == "en" else text.translate(_SWAP))


_SWAP = str.maketrans(",.", ".,")


class Counted(NamedTuple):
    """A sentence of a table that counts something; `by` names the parameter with the number."""

    by: str
    one: str
    many: str


def N_(msgid: str) -> str:
    """Mark a sentence for the catalogue and leave it as it is."""
    return msgid


def _(msgid: str) -> SafeText:
    """The sentence in the operator's language."""
    return SafeText(_Chosen.catalogue.gettext(msgid) if msgid else "")


class _Params(dict[str, SafeText]):
    def __missing__(self, name: str) -> SafeText:
        return SafeText("—")


def say(msgid: str, **params: object) -> SafeText:
    """The sentence with its {params} filled in; one that is missing shows as a dash."""
    return _fill(_(msgid), params)


def tell(sentence: str | Counted, params: Mapping[str, object]) -> SafeText:
    """A sentence of a table, with its params filled in; without its number a counted one speaks of many."""
    if isinstance(sentence, str):
        return _fill(_(sentence), params)
    number = params.get(sentence.by)
    return _fill(
        _Chosen.catalogue.ngettext(sentence.one, sentence.many, number if isinstance(number, int) else MANY), params
    )


def say_n(singular: str, plural: str, n: int, **params: object) -> SafeText:
    """The sentence for that many; {n} is the number."""
    return _fill(_Chosen.catalogue.ngettext(singular, plural, n), {**params, "n": n})


def _fill(sentence: str, params: Mapping[str, object]) -> SafeText:
    return SafeText(
        sentence.format_map(_Params({name: _shown(value) for name, value in params.items() if value is not None}))
    )


def _shown(value: object) -> SafeText:
    return number(value) if isinstance(value, Decimal) else safe(value)
