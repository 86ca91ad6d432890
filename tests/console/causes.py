"""The guide's page of causes, a section for each code: `python -m tests.console.causes` writes both languages."""

from __future__ import annotations

import string
from pathlib import Path

from console import language
from console.language import Counted, _, tell
from console.problems import AREAS
from console.problems.text import Text
from console.screens.troubled import GUIDE

ROOT = Path(__file__).parents[2]
HEAD = {
    "en": """# Causes of trouble

What the Problems screen (6) tells, by the code of its cause: the words of the list, then what is wrong and what to do.
Where … stands, the screen names which.
""",
    "pt_BR": """# Causas de problemas

O que a tela Problemas (6) conta, pelo código da causa: as palavras da lista, depois o que está errado e o que fazer.
Onde há …, a tela diz qual.
""",
}


def page() -> str:
    """In the language in use, area by area as the table has them."""
    sections = [_section(code, text) for area in AREAS for code, text in area.TEXTS.items()]
    return "\n".join([HEAD[language.language()], *sections])


def _section(code: str, text: Text) -> str:
    sentence = text.sentence.many if isinstance(text.sentence, Counted) else text.sentence
    named = {name: "…" for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}
    return f"## {code}\n\n**{_(text.title)}.** {tell(text.sentence, named)}\n"


def main() -> None:
    """Write the pages."""
    for tongue, path in GUIDE.items():
        language.use(tongue)
        (ROOT / path).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
