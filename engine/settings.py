"""The settings: what settings.toml and its overlay may hold, with types, limits and defaults.

`load` checks everything before anything starts; a wrong value names its key, its file and what is expected. Secrets are
not settings: they come from the environment (INTEGRA_<ACCOUNT>_<NAME>), a credentials folder (systemd's, or the one
named in INTEGRA_CREDENTIALS), or a file `secrets.toml` beside settings.toml that only its owner can read.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import tomli_w

from engine.errors import Misconfigured
from engine.media_limits import HOURS_PATTERN

Seconds = Annotated[int, msgspec.Meta(ge=1, le=86_400)]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
Login = Annotated[str, msgspec.Meta(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]

SECRETS_FILE = "secrets.toml"


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[engine]: clocks and limits that hold for all accounts."""

    interval_s: Seconds = 180
    intervals: dict[str, Seconds] = {}  # per task name, e.g. orders = 60
    change_poll_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0  # 0 = no polling between the cycles
    full_compare_s: Seconds = 3600
    undo_s: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 0  # how long a decision can be taken back
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class ConsoleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[console]"""

    language: Literal["pt_BR", "en"] = "pt_BR"
    theme: str = "textual-dark"
    keys: dict[str, list[str]] = {}  # by action; the console knows them and checks
    bell: bool = True  # a beep where a scan is refused
    bell_for_orders: bool = False  # a beep when a new order comes in
    carriers: dict[str, str] = {}  # a carrier's name -> what its tracking codes look like, a regular expression


class ErpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[erp]: the ERP's kind and the connector's own options."""

    kind: str = "cplus"
    options: dict[str, Any] = {}


class GuardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[account.guards]: what is held until a person looks; in per cent."""

    price_drop_percent: Percent = 50
    prices_changing_percent: Percent = 50  # of the products listed; promotions aside
    texts_changing_percent: Percent = 50  # of the products shown
    leaving_percent: Percent = 30  # of the products shown
    stock_to_zero_percent: Percent = 30


class DefenceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[account.defence]: how a shop that may be cut off is kept from selling what is gone."""

    buffer: Decimal = Decimal(1)  # 0 or more; pieces that are held back besides; 0 = none
    few: Decimal = Decimal(5)  # 0 or more; only of what no more are left of
    silent_cycles: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 2  # of the account's stock; longer is a silence
    silences_a_day: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 3  # so many in vain, and it stays so; 0 = never


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[account.sources.NAME]: whose stock of the ERP a source shows; empty = any. The first that fits has it."""

    companies: list[int] = []
    sectors: list[str] = []


class AccountSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[[account]]: one configured channel."""

    id: Key
    kind: str
    name: str = ""
    order_prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{1,4}$")]
    online_tag: str  # the characteristic that means "venda on-line" here
    base_price_table: str = "000000001"
    group_price_tables: list[str] = []  # published as the prices of customer groups
    price_group_names: dict[str, str] = {}  # table -> its group; others: the group that is called like the table
    sku_key: Literal["sku", "code", "gtin"] = "sku"  # which key of the ERP's products the SKUs of adopted items hold
    companies: list[int] = []  # of those that the ERP's connector reads; empty = all of them
    sectors: list[str] = []
    sources: dict[str, SourceSettings] = {}  # where the channel's stock has several: in place of the two above
    buffer: Decimal = Decimal(0)  # 0 or more
    uncounted_stock: Decimal = Decimal(0)  # shown of goods whose stock the ERP does not keep; 0 = they are not offered
    import_orders_since: date
    time_zone: str = "America/Sao_Paulo"  # of the shop, whose days count
    grid_prefix: Annotated[str, msgspec.Meta(min_length=1, max_length=8)] = "G"
    payment_mail: bool = True  # the channel mails the buyer when a payment is confirmed
    register_tag: str = ""  # the characteristic of people whom the ERP wants registered in the channel; "" = nobody
    registrations_a_day: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 50  # each may cause an e-mail
    applicants_group: str = ""  # the channel's id of the group of those who ask to buy as resellers; "" = nobody does
    authorization_days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 5
    delivery_days: Annotated[int, msgspec.Meta(ge=0, le=365)] | None = None  # where the ERP says none
    delivery_from_arrivals: bool = False  # sold out, and goods on order: their days are added to the delivery days
    media_hours: Annotated[str, msgspec.Meta(pattern=HOURS_PATTERN)] = ""  # when photos may leave; empty = always
    media_kb_per_s: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0  # of photos, on the average; 0 = no limit
    guards: GuardSettings = GuardSettings()
    defence: DefenceSettings = DefenceSettings()
    intervals: dict[str, Seconds] = {}
    options: dict[str, Any] = {}

    def group_name(self, table: str, own_name: str) -> str:
        """The name of the customer group that carries a price table of that name."""
        return self.price_group_names.get(table) or own_name

    @property
    def all_companies(self) -> list[int]:
        """Those of all sources; empty = every one."""
        named = [source.companies for source in self.sources.values()] or [self.companies]
        return sorted({company for companies in named for company in companies}) if all(named) else []

    @property
    def all_sectors(self) -> list[str]:
        """Likewise."""
        named = [source.sectors for source in self.sources.values()] or [self.sectors]
        return sorted({sector for sectors in named for sector in sectors}) if all(named) else []


class OperatorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[operators.NAME]: what a person may, by the name of the Unix login. Others whom the socket lets in may decide."""

    role: Literal["owner", "operator", "viewer"] = "operator"
    enabled: bool = True
    shared_login: str = ""  # a login that several people use, on which this one signs in with a PIN


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of settings.toml with its overlay."""

    engine: EngineSettings = EngineSettings()
    console: ConsoleSettings = ConsoleSettings()
    erp: ErpSettings = ErpSettings()
    account: list[AccountSettings] = []
    operators: dict[Login, OperatorSettings] = {}

    def interval_s(self, account: str, task: str) -> float:
        """The clock of a task in seconds: the account's own, else the task's, else the general one."""
        if task == "watch" and self.engine.change_poll_s:
            return self.engine.change_poll_s
        own = next((a.intervals.get(task) for a in self.account if a.id == account), None)
        return own or self.engine.intervals.get(task) or self.engine.interval_s


def overlay_path(path: Path) -> Path:
    """Where values changed in the console go: settings.toml -> settings.local.toml."""
    return path.with_name(f"{path.stem}.local{path.suffix}")


def load(path: Path) -> Settings:
    """Read settings.toml and its overlay.

    Raises Misconfigured: "settings-missing", "settings-closed", as `read_toml`, and "settings" with file, key and what
    is expected.
    """
    if not path.exists():
        raise Misconfigured("settings-missing", file=str(path))
    return checked(tables(path), path)


def tables(path: Path) -> dict[str, Any]:
    """What settings.toml and its overlay hold together, unchecked; empty where there is neither."""
    overlay = overlay_path(path)
    merged = _parse(path) if path.exists() else {}
    return merge(merged, _parse(overlay)) if overlay.exists() else merged


def checked(merged: dict[str, Any], path: Path) -> Settings:
    """Tables as settings. Raises Misconfigured("settings") with file, key and what is expected."""
    overlay = overlay_path(path)
    try:
        settings = msgspec.convert(merged, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise _explain(error, path, overlay) from error
    for name, pattern in settings.console.carriers.items():
        if not _is_pattern(pattern):
            key = f"console.carriers.{name}"
            raise Misconfigured("settings", file=str(path), key=key, expected="a regular expression, like [0-9]{14}")
    ids = [account.id for account in settings.account]
    prefixes = [account.order_prefix for account in settings.account]
    for index, account in enumerate(settings.account):
        if account.id in ids[:index]:
            raise Misconfigured("settings", file=str(path), key=f"account[{index}].id", expected="each id only once")
        if account.order_prefix in prefixes[:index]:  # equal numbers of two shops would be one order in the ERP
            key = f"account[{index}].order_prefix"
            raise Misconfigured("settings", file=str(path), key=key, expected="each prefix only once")
        others = prefixes[:index] + prefixes[index + 1 :]
        if account.order_prefix.isdecimal() and any(
            other.isdecimal() and other.startswith(account.order_prefix) for other in others
        ):  # in a column of whole numbers 1-23 of one shop would be 12-3 of the other
            key = f"account[{index}].order_prefix"
            expected = "no prefix of digits that another one begins with"
            raise Misconfigured("settings", file=str(path), key=key, expected=expected)
        defence = account.defence
        amounts = {"buffer": account.buffer, "defence.buffer": defence.buffer, "defence.few": defence.few}
        for name, amount in amounts.items():
            if not (amount.is_finite() and amount >= 0):  # msgspec has no limits for Decimal
                raise Misconfigured("settings", file=str(path), key=f"account[{index}].{name}", expected="0 or more")
        names = [name.strip().casefold() for name in account.price_group_names.values()]
        if len(set(names)) < len(names) or "" in names:
            key, expected = f"account[{index}].price_group_names", "each group only once"
            raise Misconfigured("settings", file=str(path), key=key, expected=expected)
        if not _zone_is_known(account.time_zone):
            key = f"account[{index}].time_zone"
            raise Misconfigured("settings", file=str(path), key=key, expected="a time zone, like America/Sao_Paulo")
    return settings


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _zone_is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def save_overlay(path: Path, changes: Mapping[str, Any]) -> None:
    """Add changed values to the overlay beside settings.toml, None taking a value out of it: whole or not at all.

    It can be read by whoever can read settings.toml: the consoles of other users want both.
    """
    mode = stat.S_IMODE(path.stat().st_mode) & 0o644 if path.exists() else 0o600
    replace_file(overlay_path(path), tomli_w.dumps(_overlay_with(path, changes)), mode)


def tried(path: Path, changes: Mapping[str, Any]) -> Settings:
    """The settings as they would be with these changes in the overlay. Raises Misconfigured as `load`."""
    return checked(merge(_parse(path) if path.exists() else {}, _overlay_with(path, changes)), path)


def change_overlay(path: Path, changes: Mapping[str, Any]) -> Settings:
    """Save changes to the overlay if they make settings that are right; answers those. Raises Misconfigured."""
    settings = tried(path, changes)
    save_overlay(path, changes)
    return settings


def _overlay_with(path: Path, changes: Mapping[str, Any]) -> dict[str, Any]:
    overlay = overlay_path(path)
    kept: dict[str, Any] = _without_none(merge(_parse(overlay) if overlay.exists() else {}, changes))
    return kept


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    return [_without_none(entry) for entry in value] if isinstance(value, list) else value


def save_secrets(path: Path, changes: Mapping[str, Mapping[str, str]]) -> None:
    """Add secrets, by owner and name, to secrets.toml beside settings.toml: likewise."""
    file = path.with_name(SECRETS_FILE)
    merged = merge(_parse(file) if file.exists() else {}, changes)
    replace_file(file, tomli_w.dumps(merged))


def replace_file(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file whole or not at all."""
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def read_toml(path: Path) -> dict[str, Any]:
    """A file's tables. Raises OSError, and Misconfigured "settings-charset" or "settings-syntax" (line, reason)."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Misconfigured("settings-charset", str(error), file=str(path)) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", where)  # else "end of document"
        line = int(found[1]) if found else text.count("\n") + (not text.endswith("\n"))
        raise Misconfigured("settings-syntax", str(error), file=str(path), line=line, wrong=wrong) from error


def _parse(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except OSError as error:
        raise Misconfigured("settings-closed", str(error), file=str(path)) from error


def merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Tables merge key by key, accounts by their id; everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            merged[key] = merge(old, value)
        elif key == "account" and isinstance(old, list) and isinstance(value, list):
            by_id = {entry.get("id"): entry for entry in value}
            known = {entry.get("id") for entry in old}
            merged[key] = [merge(entry, by_id.get(entry.get("id"), {})) for entry in old]
            merged[key] += [entry for entry in value if entry.get("id") not in known]
        else:
            merged[key] = value
    return merged


def _explain(error: msgspec.ValidationError, path: Path, overlay: Path) -> Misconfigured:
    text, _, where = str(error).partition(" - at `$")
    key = where.rstrip("`").removeprefix(".")
    unknown = re.search(r"unknown field `(\w+)`", text)
    if unknown:
        key = f"{key}.{unknown[1]}".removeprefix(".")
        text = "no such key"
    file = path
    if overlay.exists() and key and key.split(".")[-1] in overlay.read_text(encoding="utf-8"):
        file = overlay
    return Misconfigured("settings", file=str(file), key=key, expected=text)


SecretSource = Callable[[str, str], str | None]


def secret_source(path: Path, environment: Mapping[str, str]) -> SecretSource:
    """How secrets are found: (account or "erp", name) -> value or None.

    Raises Misconfigured("secrets-file-open") where secrets.toml can be read by others.
    """
    folder = environment.get("CREDENTIALS_DIRECTORY") or environment.get("INTEGRA_CREDENTIALS")
    file = path.with_name(SECRETS_FILE)
    table: dict[str, Any] = {}
    if file.exists():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise Misconfigured("secrets-file-open", file=str(file), expected="mode 0600")
        table = _parse(file)

    def find(owner: str, name: str) -> str | None:
        variable = f"INTEGRA_{owner}_{name}".upper().replace("-", "_")
        if variable in environment:
            return environment[variable]
        if folder:
            credential = Path(folder) / f"{owner}.{name}"
            if credential.exists():
                return credential.read_text(encoding="utf-8").strip()
        value = table.get(owner, {}).get(name)
        return None if value is None else str(value)

    return find
