"""Settings: checked before anything starts, wrong ones named, secrets kept apart."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

from console import language
from console.verbs.context import error_sentence
from engine.errors import Misconfigured
from engine.settings import AccountSettings, Settings, load, overlay_path, save_overlay, secret_source

SHIPPED = Path(__file__).parents[2] / "settings.toml"

ACCOUNT = """
[[account]]
id = "loja"
kind = "magento"
order_prefix = "LJ"
online_tag = "VENDA ON-LINE"
import_orders_since = 2026-01-01
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def written(file: Path, text: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    return load(file)


def wrong(file: Path, text: str) -> dict[str, Any]:
    with pytest.raises(Misconfigured) as caught:
        written(file, text)
    assert caught.value.code == "settings"
    assert caught.value.params["file"] == str(file)
    return caught.value.params


def shipped_with_every_key_taken() -> dict[str, Any]:
    """The shipped file with the '#' taken away from each line that shows a key or a table."""
    taken = re.sub(r"^# (?=\[|[a-z_]+ = )", "", SHIPPED.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return tomllib.loads(taken)


def keys_of(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    for name, kind in get_type_hints(struct).items():
        yield prefix + name
        if get_origin(kind) is dict:  # its names are the store's own: an example explains it
            continue
        for inner in (kind, *get_args(kind)):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                yield from keys_of(inner, f"{prefix}{name}.")


def keys_in(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        yield prefix + name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and name not in ("options", "intervals", "operators"):
                yield from keys_in(inner, f"{prefix}{name}.")


def test_the_shipped_file_is_read_as_it_is_and_holds_only_defaults() -> None:
    assert load(SHIPPED) == Settings()


def test_the_shipped_file_explains_every_key_and_no_other() -> None:
    assert set(keys_in(shipped_with_every_key_taken())) == set(keys_of(Settings))


def test_the_shipped_file_shows_the_true_defaults() -> None:
    shown = msgspec.convert(shipped_with_every_key_taken(), Settings)
    assert (shown.engine, shown.console, shown.erp) == (Settings().engine, Settings().console, Settings().erp)
    (account,) = shown.account
    own = {field.name for field in msgspec.structs.fields(AccountSettings) if field.required}
    examples = {name: getattr(account, name) for name in own}
    assert account == AccountSettings(**examples, delivery_days=3, options={"url": "https://www.example.com"})


def test_an_account_needs_five_keys_and_gets_the_rest(file: Path) -> None:
    (account,) = written(file, ACCOUNT).account
    assert account.import_orders_since == date(2026, 1, 1)
    assert (account.buffer, account.sources, account.guards.price_drop_percent) == (Decimal(0), {}, 50)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("[engine]\ninterval_s = 0", "engine.interval_s", ">= 1"),
        ('[engine]\ninterval_s = "180"', "engine.interval_s", "int"),
        ("[engine]\nintervall_s = 60", "engine.intervall_s", "no such key"),
        ('[console]\nlanguage = "fr"', "console.language", "fr"),
        (ACCOUNT.replace('"LJ"', '"lj!"'), "account[0].order_prefix", "A-Z0-9"),
        (ACCOUNT.replace('online_tag = "VENDA ON-LINE"', ""), "account[0]", "online_tag"),
        (ACCOUNT + 'buffer = "-1"', "account[0].buffer", "0 or more"),
        (ACCOUNT + 'buffer = "NaN"', "account[0].buffer", "0 or more"),
        (ACCOUNT + 'buffer = "two"', "account[0].buffer", "decimal"),
        (ACCOUNT + 'time_zone = "America/Porto_Alegre"', "account[0].time_zone", "time zone"),
        (ACCOUNT + "[account.guards]\nprice_drop_percent = 101", "account[0].guards.price_drop_percent", "<= 100"),
        (ACCOUNT + ACCOUNT, "account[1].id", "only once"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_what_is_expected(
    file: Path, text: str, key: str, expected: str
) -> None:
    params = wrong(file, text)
    assert params["key"] == key
    assert expected in str(params["expected"])


def test_a_file_in_another_charset_is_named(file: Path) -> None:
    file.write_bytes('[console]\ntheme = "ação"'.encode("latin-1"))
    with pytest.raises(Misconfigured) as caught:
        load(file)
    assert caught.value.code == "settings-charset"
    assert "UTF-8" in error_sentence(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("[engine\n", 1, "the ] at the end of the table's name is missing"),
        ("[engine]\ninterval_s 60\n", 2, "there is no = after the key"),
        ('[erp]\n\nkind = "cplus', 3, "the quote at the end of the text is missing"),
        ("[engine]\n[engine]\n", 2, "this is not written as settings are"),
        ("[engine]\nintervals = [1,\n", 2, "the value is not right"),
    ],
)
def test_a_file_that_is_no_toml_is_told_by_its_line_and_what_is_wrong_there(
    file: Path, text: str, line: int, why: str
) -> None:
    language.use("en")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load(file)
    said = error_sentence(caught.value)
    language.use(language.DEFAULT_LANGUAGE)
    assert f"{file}, line {line}: {why}" in said


def test_a_missing_file_says_how_to_get_one(file: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(file)
    assert (caught.value.code, caught.value.params["file"]) == ("settings-missing", str(file))
    assert "integra init" in error_sentence(caught.value)


def test_what_is_changed_in_the_console_wins_and_leaves_the_file_as_it_was(file: Path) -> None:
    file.write_text("[engine]\ninterval_s = 300\n" + ACCOUNT, encoding="utf-8")
    before = file.read_bytes()
    save_overlay(file, {"engine": {"interval_s": 60}})
    save_overlay(file, {"account": [{"id": "loja", "guards": {"price_drop_percent": 20}}]})
    settings = load(file)
    assert settings.engine.interval_s == 60
    assert settings.account[0].guards.price_drop_percent == 20
    assert settings.account[0].guards.stock_to_zero_percent == 30
    assert settings.account[0].order_prefix == "LJ"
    assert file.read_bytes() == before
    assert stat.S_IMODE(overlay_path(file).stat().st_mode) == stat.S_IMODE(file.stat().st_mode) & 0o644
    assert sorted(path.name for path in file.parent.iterdir()) == ["settings.local.toml", "settings.toml"]


def test_a_wrong_value_in_the_overlay_is_put_down_to_the_overlay(file: Path) -> None:
    file.write_text("", encoding="utf-8")
    save_overlay(file, {"engine": {"interval_s": -1}})
    with pytest.raises(Misconfigured) as caught:
        load(file)
    assert caught.value.params["file"] == str(overlay_path(file))


def test_each_task_has_the_clock_that_was_said_closest_to_it(file: Path) -> None:
    settings = written(
        file, "[engine]\ninterval_s = 300\nintervals = { orders = 60 }\n" + ACCOUNT + "intervals = { orders = 30 }"
    )
    assert settings.interval_s("loja", "orders") == 30
    assert settings.interval_s("outra", "orders") == 60
    assert settings.interval_s("loja", "stock") == 300


def test_secrets_come_from_the_environment_the_credentials_folder_or_a_closed_file(file: Path, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "loja.token").write_text("from-folder\n")
    (credentials / "erp.password").write_text("from-folder\n")
    secrets = file.with_name("secrets.toml")
    secrets.write_text('[loja]\ntoken = "from-file"\n[outra-loja]\ntoken = "from-file"\n')
    secrets.chmod(0o600)
    find = secret_source(file, {"INTEGRA_ERP_PASSWORD": "from-environment", "INTEGRA_CREDENTIALS": str(credentials)})
    assert find("erp", "password") == "from-environment"
    assert find("loja", "token") == "from-folder"
    assert find("outra-loja", "token") == "from-file"
    assert find("outra-loja", "password") is None


def test_a_secrets_file_that_others_can_read_is_refused(file: Path) -> None:
    secrets = file.with_name("secrets.toml")
    secrets.write_text('[loja]\ntoken = "x"\n')
    secrets.chmod(0o640)
    with pytest.raises(Misconfigured) as caught:
        secret_source(file, {})
    assert caught.value.code == "secrets-file-open"
    assert caught.value.params["file"] == str(secrets)
