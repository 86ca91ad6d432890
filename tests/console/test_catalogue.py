"""Every sentence is there in Portuguese, says what the English one says, and is compiled."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors
import engine
from console import language, texts
from console.problems import AREAS, PROBLEMS
from console.refusal_texts import REFUSALS
from engine.orders import Cancellation, Fulfilment, Payment, Queue
from engine.store.effects import Kind
from tests.console.catalogue import CONSOLE, MO, compiled, translated

SAYS = {"_": slice(1), "N_": slice(1), "say": slice(1), "say_n": slice(2), "Counted": slice(1, 3)}
"""Which arguments of each are sentences."""


def said() -> Iterator[str]:
    """Every sentence of the code, those inside of f-strings too."""
    for path in CONSOLE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
                for argument in node.args[SAYS[node.func.id]]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def pairs() -> Iterator[tuple[str, str]]:
    for message in translated():
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            yield from zip(ids, strings, strict=True)


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    sentences, catalogue = set(said()), dict(pairs())
    assert not sentences - catalogue.keys(), "run: python -m tests.console.catalogue"
    assert not catalogue.keys() - sentences, "run: python -m tests.console.catalogue"
    assert not [sentence for sentence, portuguese in catalogue.items() if not portuguese]


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert MO.read_bytes() == compiled(translated()), "run: python -m tests.console.catalogue"


def test_a_translation_takes_the_same_parameters() -> None:
    def names(text: str) -> set[str]:
        if "%(" in text:
            return set()
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for english, portuguese in pairs():
        assert names(english) == names(portuguese), english


def test_a_sentence_without_its_parameter_is_still_shown() -> None:
    language.use("pt_BR")
    assert "o Integra usar —:" in texts.explain("channel-rights")
    assert texts.explain("no-such-code", {"a": 1}, "why") == "no-such-code (a=1): why"
    assert texts.refusal("no-such-code") == "no-such-code"
    assert texts.event("no-such-event", {}) == "no-such-event"


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (texts.QUEUES, list(Queue)),
        (texts.PAYMENTS, list(Payment)),
        (texts.FULFILMENTS, list(Fulfilment)),
        (texts.CANCELLATIONS, list(Cancellation)),
        (texts.EFFECTS, list(Kind)),
        (texts.EVENTS, [f"payment-{payment}" for payment in Payment]),
    ],
)
def test_everything_an_order_can_be_has_a_word(table: dict[str, str], codes: list[str]) -> None:
    assert set(codes) <= table.keys()


# --- the codes of the engine and its connectors ----------------------------------------------------------------------

ERRORS = {"RetryLater", "OutcomeUnknown", "Refused", "Misconfigured", "NeedsPerson", "CodeTaken", "StillOpen"}


def literal(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def codes_of(package: str) -> Iterator[tuple[str, str]]:
    """(code, where) of every error, refusal and problem that is raised by name."""
    root = Path(package)
    for path in root.rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found: str | None = None
            if (name in ERRORS or name == "_refusal") and node.args:
                found = literal(node.args[0])
            elif name == "raise_problem" and len(node.args) > 2:
                found = literal(node.args[2])
            elif name == "Outcome":
                error = next((word.value for word in node.keywords if word.arg == "error"), None)
                found = literal(error.elts[0]) if isinstance(error, ast.Tuple) else None
            if found:
                yield found, f"{path.relative_to(root.parent)}:{node.lineno}"


@pytest.mark.parametrize("package", [engine, connectors])
def test_every_code_that_can_reach_a_person_has_a_sentence(package: object) -> None:
    folder = str(Path(getattr(package, "__file__", "")).parent)
    without = {code: where for code, where in codes_of(folder) if code not in PROBLEMS and code not in REFUSALS}
    assert not without, "add them to a file of console/problems or to console/refusal_texts.py"


def test_no_code_has_two_sentences() -> None:
    assert sum(len(area.TEXTS) for area in AREAS) == len(PROBLEMS)


def test_fields_and_expectations_are_told_in_words() -> None:
    language.use("pt_BR")
    told = texts.explain("customer-conflict", {"customer": "Maria", "fields": "name, phone, shoe_size"})
    assert told.startswith("nome, telefone, shoe_size de Maria")
    assert "esperado: um valor" in texts.explain("settings", {"key": "k", "file": "f", "expected": "a value"})


def test_a_sentence_that_counts_knows_one_from_many() -> None:
    language.use("pt_BR")
    one, two = (texts.explain("stock-negative", {"n": n, "skus": "9"}) for n in (1, 2))
    assert "um produto" in one
    assert "2 produtos" in two
