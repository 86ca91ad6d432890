"""The language of what people read: English sentences in the code, catalogues in `locale/`.

`N_` marks a sentence of a table, which is translated where it is shown; `_`, `say` and `say_n` translate now. What they
return is safe to show: the catalogues are ours, and whatever is filled in passes through `safe`.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from console.safe_text import SafeText, safe

DOMAIN = "integra"
LANGUAGES = ("pt_BR", "en")
DEFAULT_LANGUAGE = "pt_BR"
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


def say_n(singular: str, plural: str, n: int, **params: object) -> SafeText:
    """The sentence for that many; {n} is the number."""
    return _fill(_Chosen.catalogue.ngettext(singular, plural, n), {**params, "n": n})


def _fill(sentence: str, params: dict[str, object]) -> SafeText:
    return SafeText(
        sentence.format_map(_Params({name: safe(value) for name, value in params.items() if value is not None}))
    )
