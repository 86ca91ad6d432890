"""How a question is put: line by line to a person, or to nobody, where an answers file has said it all."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from console.language import _, say
from console.safe_text import SafeText
from console.wrapping import wrapped
from engine.errors import Misconfigured

T = TypeVar("T")

SHOWN_MAX = 15
NOTHING = "-"
HELP = "?"


class WrongAnswer(Exception):
    """What was typed will not do; the text says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: `key` is the setting, as an answers file names it."""

    key: str
    prompt: SafeText
    help: SafeText


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a list to choose from, as it is shown."""

    value: Any
    text: SafeText


class Asker(Protocol):
    """Who is asked."""

    def tell(self, text: str = "", mark: str = "") -> None:
        """Say something that asks for nothing, wrapped behind its mark."""

    def show(self, lines: Iterable[str]) -> None:
        """Lines that are laid out already."""

    def text(self, ask: Ask, default: str, check: Callable[[str], T]) -> T:
        """A text that `check` takes (it raises WrongAnswer otherwise) and turns into the answer."""

    def pick(
        self, ask: Ask, lines: Sequence[Line], default: Sequence[Any], *, several: bool, optional: bool
    ) -> list[Any]:
        """Values of the list, in the order in which they were named."""

    def secret(self, ask: Ask, *, known: bool) -> str | None:
        """A secret; None leaves the one that is known."""

    def yes(self, ask: Ask, default: bool) -> bool:
        """Yes or no."""


class Terminal:
    """A person at a terminal: the default in brackets, Enter takes it, `?` explains, what will not do is asked again.

    Ctrl-C and the end of input come through as KeyboardInterrupt and EOFError.
    """

    def __init__(self) -> None:
        self._listed: list[Line] = []

    def tell(self, text: str = "", mark: str = "") -> None:
        """Print it."""
        self.show(wrapped(text, mark))

    def show(self, lines: Iterable[str]) -> None:
        """Print them."""
        for line in lines:
            print(line)

    def text(self, ask: Ask, default: str, check: Callable[[str], T]) -> T:
        """Ask until the answer will do."""
        while True:
            typed = self._typed(ask, default) or default
            try:
                return check("" if typed == NOTHING else typed)
            except WrongAnswer as error:
                self.tell(str(error), "  ")

    def pick(
        self, ask: Ask, lines: Sequence[Line], default: Sequence[Any], *, several: bool, optional: bool
    ) -> list[Any]:
        """Ask for numbers of the list; words narrow a long one. The list of the question before is not shown again."""
        if list(lines) != self._listed:
            self.tell()
            self._list(lines, "")
            self._listed = list(lines)
        numbers = [str(n) for n, line in enumerate(lines, 1) if line.value in default]
        ordered = ",".join(sorted(numbers, key=lambda n: list(default).index(lines[int(n) - 1].value)))
        while True:
            typed = self._typed(ask, ordered or (NOTHING if optional else "")) or ordered
            try:
                return _picked(typed, lines, several=several, optional=optional)
            except WrongAnswer as error:
                if any(char.isalpha() for char in typed) and self._list(lines, typed):
                    continue
                self.tell(str(error), "  ")

    def secret(self, ask: Ask, *, known: bool) -> str | None:
        """Ask without showing what is typed."""
        while True:
            typed = getpass.getpass(self._prompt(ask, _("kept as it is") if known else ""))
            if typed == HELP:
                self.tell(ask.help, "  ")
            elif typed or known:
                return typed or None
            else:
                self.tell(_("An answer is needed here."), "  ")

    def yes(self, ask: Ask, default: bool) -> bool:
        """Ask for a letter."""
        yes, _slash, no = _("y/n").partition("/")
        shown = f"{yes.upper()}/{no}" if default else f"{yes}/{no.upper()}"
        while True:
            typed = self._typed(ask, shown).lower()
            if not typed:
                return default
            if typed[0] in (yes, no):
                return typed[0] == yes
            self.tell(say("Type {yes} or {no}.", yes=yes, no=no), "  ")

    def _typed(self, ask: Ask, default: str) -> str:
        while True:
            typed = input(self._prompt(ask, default)).strip()
            if typed != HELP:
                return typed
            self.tell(ask.help, "  ")

    def _prompt(self, ask: Ask, default: str) -> str:
        """What stands before the cursor; of a long question the last line."""
        *above, last = wrapped(f"{ask.prompt} [{default}]:" if default else f"{ask.prompt}:", rest="  ")
        self.show(above)
        return f"{last} "

    def _list(self, lines: Sequence[Line], word: str) -> bool:
        """Show the list, or those with the word in them; whether there were any."""
        numbered = [(n, line) for n, line in enumerate(lines, 1) if word.casefold() in line.text.casefold()]
        for n, line in numbered[:SHOWN_MAX]:
            self.tell(line.text, f"  {n:3}  ")
        if len(numbered) > SHOWN_MAX:
            self.tell(say("... {n} more; type a word to search", n=len(numbered) - SHOWN_MAX), " " * 7)
        return bool(numbered)


class Unattended:
    """Nobody: every question takes its default, which the answers file has set. Where none is: Misconfigured."""

    def __init__(self, file: str) -> None:
        self._file = file

    def tell(self, text: str = "", mark: str = "") -> None:
        """Print it all the same: a script's log shows what was found."""
        self.show(wrapped(text, mark))

    def show(self, lines: Iterable[str]) -> None:
        """Likewise."""
        for line in lines:
            print(line)

    def text(self, ask: Ask, default: str, check: Callable[[str], T]) -> T:
        """The default."""
        try:
            return check(default)
        except WrongAnswer as error:
            raise self._wrong(ask, str(error)) from error

    def pick(
        self, ask: Ask, lines: Sequence[Line], default: Sequence[Any], *, several: bool, optional: bool
    ) -> list[Any]:
        """The default."""
        if not default and not optional:
            raise self._wrong(ask, ", ".join(str(line.value) for line in lines[:SHOWN_MAX]))
        print(f"{ask.prompt}: {', '.join(line.text for line in lines if line.value in default) or NOTHING}")
        return list(default)

    def secret(self, ask: Ask, *, known: bool) -> str | None:
        """The one that is known."""
        if not known:
            raise Misconfigured("secret-missing", ask.key, name=ask.key)
        return None

    def yes(self, ask: Ask, default: bool) -> bool:
        """The default."""
        return default

    def _wrong(self, ask: Ask, expected: str) -> Misconfigured:
        return Misconfigured("settings", file=self._file, key=ask.key, expected=expected)


def _picked(typed: str, lines: Sequence[Line], *, several: bool, optional: bool) -> list[Any]:
    if not typed or typed == NOTHING:
        if optional:
            return []
        raise WrongAnswer(_("An answer is needed here."))
    by_value = {str(line.value): line.value for line in lines}
    chosen: list[Any] = []
    for part in typed.replace(",", " ").split():
        if part.isdecimal() and 1 <= int(part) <= len(lines) and len(part) < 4:
            value = lines[int(part) - 1].value
        elif part in by_value:
            value = by_value[part]
        else:
            raise WrongAnswer(say("{typed} is not in the list: type a number from 1 to {n}.", typed=part, n=len(lines)))
        if value not in chosen:
            chosen.append(value)
    if len(chosen) > 1 and not several:
        raise WrongAnswer(_("Only one can be chosen here."))
    return chosen
