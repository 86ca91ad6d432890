"""An installer sets Integra up at a terminal, on a real server and a real shop; or a script does from a file."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
import tomli_w

from connectors.sandbox.base import registers as r
from engine.settings import load
from tests.end_to_end.programs import Place
from tests.end_to_end.world import TOKEN, World

ROOT = Path(__file__).parents[2]
ANSWER_S_MAX = 30


class Installer:
    """A person at a terminal with `integra init` running."""

    def __init__(self, folder: Path, world: World) -> None:
        self.settings = folder / "loja" / "settings.toml"
        self.secrets = self.settings.with_name("secrets.toml")
        self.world = world
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("INTEGRA_")}
        self.environment |= {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "HOME": str(folder)}
        self.state = folder / "state"
        self.screen = io.StringIO()

    def start(self) -> pexpect.spawn:
        command = ["-m", "console", *self.arguments("init")]
        self.child = pexpect.spawn(
            sys.executable, command, env=self.environment, encoding="utf-8", timeout=ANSWER_S_MAX, cwd=str(ROOT)
        )
        self.child.delaybeforesend = None
        self.child.logfile_read = self.screen
        return self.child

    def arguments(self, *verb: str) -> list[str]:
        return [*verb, "--settings", str(self.settings), "--state", str(self.state)]

    def run(self, *verb: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "console", *self.arguments(*verb)],
            env=self.environment | environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_S_MAX,
            check=False,
        )

    def answers(self, *pairs: tuple[str, str]) -> None:
        """Wait for each prompt, then type."""
        for prompt, typed in pairs:
            self.child.expect(re.escape(prompt) + r"[^\n]*: ")
            self.child.sendline(typed)

    def connects(self, password: str) -> None:
        database = self.world.database
        self.answers(
            ("Máquina do servidor", database.host or ""),
            ("Porta", str(database.port)),
            ("Caminho do banco", database.path),
            ("Usuário do Firebird", database.user),
            ("Senha desse usuário", password),
        )

    def written(self) -> list[Path]:
        return sorted(self.settings.parent.glob("*")) if self.settings.parent.exists() else []


@pytest.fixture
def installer(tmp_path: Path, world: World) -> Iterator[Installer]:
    """Somebody who knows C-Plus and not Integra."""
    somebody = Installer(tmp_path, world)
    yield somebody
    if "child" in somebody.__dict__ and not somebody.child.closed:
        somebody.child.close(force=True)


def test_an_installer_comes_from_nothing_to_a_checked_setup(installer: Installer, world: World) -> None:
    world.sell_in_the_shop("AVULSO", 5)
    world.buy({"AVULSO": 1})  # its orders tell how buyers pay and are delivered to
    child = installer.start()
    installer.answers(("Máquina do servidor", "?"))
    child.expect("apelido|demonstra")  # the explanation, and the question again
    installer.connects("wrong-password")
    child.expect("digite os dois de novo")
    installer.answers(("Usuário do Firebird", ""), ("Senha desse usuário", ""))
    child.expect("preciso responder")  # what was refused is not kept by an Enter
    installer.answers(("Senha desse usuário", world.database.password))
    child.expect('"pix": 000000002 PIX')  # what C-Plus calls it, and not only a key of ours
    installer.answers(
        ("Adotar estas configurações", ""),
        ("Setores de estoque", "9"),
    )
    child.expect("9 não está na lista")
    installer.answers(
        ("Setores de estoque", "2,1"),
        ("Tipo de movimento", ""),
        ("Vendedor", ""),
        ("Usuário do C-Plus", "3"),
        ("Situação de um pedido", ""),
        ("Característica dos clientes", ""),
        ("Plano de contas", ""),
        ("Tabela de preço de quem", ""),
        ("Como os pedidos reservam", ""),
    )
    child.expect("preciso responder")  # nothing in the base speaks for a mode: Enter is no decision
    installer.answers(("Como os pedidos reservam", "none"))  # and then nobody has to give anything back
    installer.answers(
        ('situação de pedido "ABERTO"', ""),
        ('situação de pedido "EM SEPARAÇÃO"', "picking"),
        ('situação de pedido "PRONTO PARA FATURAR"', "-"),
    )
    child.expect("SEM RESERVA")
    installer.answers(
        ("Configurar agora a conta", "s"),
        ("Tipo de loja", ""),
        ("Nome curto", "Loja Um"),
        ("Nome curto", "loja"),
        ("Nome da loja", "Casa Aurora"),
        ("Endereço da loja", f"{world.url}/rest/V1/"),
        ("todas as quatro chaves", "n"),
        ("Token de acesso", "errado"),
    )
    child.expect("recusa o token")
    installer.answers(
        ("Continuar sem", "n"),
        ("Endereço da loja", ""),
        ("todas as quatro chaves", "n"),
        ("Token de acesso", TOKEN),
    )
    child.expect("só o token")  # how it is let in
    installer.answers(("Adotar estas configurações, que a loja mostra", ""))
    child.expect("responde")
    installer.answers(
        ("Prefixo", "LJ"),
        ("Primeiro dia", "31/02/2026"),
        ("Primeiro dia", "01/03/2026"),
        ("venda on-line", ""),
        ("Tabela de preço da loja", ""),
        ("Outras tabelas", "2"),
        ('Forma de pagamento para "Boleto bancário (boleto)"', ""),
        ("Forma de pagamento para qualquer outro", "1"),
        ('Transportadora para "Correios PAC"', "1"),
        ("Transportadora para qualquer outro", "-"),
    )
    assert installer.written() == []  # nothing before the last yes
    installer.answers(("Gravar isto?", "s"))
    child.expect("A seguir")
    installer.answers(("CODPROD de um produto", "999999999"))
    child.expect("999999999")
    installer.answers(("CODPROD de um produto", world.simple_product()))
    child.expect("1. No C-Plus")  # what is to be done there, while Integra watches
    child.sendcontrol("c")
    child.expect(pexpect.EOF)

    settings = load(installer.settings)
    options = settings.erp.options
    assert options["sectors"] == [r.DEPOSITO, r.LOJA]
    assert (options["movement_type"], options["user_code"]) == (r.SHOP_SALE, r.USER_INTEGRATION)
    assert options["payment_forms"]["*"] == r.AT_SIGHT
    assert options["payment_forms"]["pix"] == "000000002"
    assert list(options["carriers"]) == ["Correios PAC"]
    assert options["status_map"] == {"000000002": "picking"}
    assert options["reservation"] == "none"
    assert "releases_at_invoicing" not in options
    (account,) = settings.account
    assert account.options["url"] == world.url
    assert (account.id, account.order_prefix, account.online_tag) == ("loja", "LJ", r.VENDA_ONLINE)
    assert account.group_price_tables == [r.ATACADO]
    assert account.import_orders_since.isoformat() == "2026-03-01"
    assert "# Integra: as config" in installer.settings.read_text(encoding="utf-8")  # the commented file, completed
    assert stat.S_IMODE(installer.secrets.stat().st_mode) == 0o600
    assert tomllib.loads(installer.secrets.read_text())["erp"]["password"] == world.database.password
    assert "Senha desse" in installer.screen.getvalue()
    assert world.database.password not in installer.screen.getvalue()
    assert world.database.password not in installer.settings.read_text(encoding="utf-8")

    doctor = installer.run("doctor", "--json")
    assert doctor.returncode == 1, doctor.stdout + doctor.stderr
    told = json.loads(doctor.stdout)
    assert {"erp", "loja", "reservation", "goods", "stock", "shop-rights", "shop-stock"} <= {
        entry["check"] for entry in told
    }
    wrong = [entry["code"] for entry in told if entry["ok"] is False]
    assert wrong == ["reservation.none-till-unknown"]  # a till can sell what was sold on-line: that stays loud
    asked = {entry["code"] for entry in told if entry.get("code") and entry["ok"] is None}
    assert not asked & {"orders.statuses", "orders.movements", "payments.carriers"}  # init was told
    shown = installer.run("doctor").stdout.splitlines()
    assert shown[-1].startswith("A corrigir (!!): 1.")
    assert shown.index("A corrigir") > shown.index("A decidir ou perguntar")


def test_who_leaves_in_the_middle_leaves_nothing_behind(installer: Installer, world: World) -> None:
    child = installer.start()
    installer.connects(world.database.password)
    installer.answers(("Adotar estas configurações", ""))
    child.expect("Setores de estoque")
    child.sendcontrol("c")
    child.expect("nada foi gravado")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert installer.written() == []


def test_a_script_sets_up_from_a_file_and_a_second_run_changes_only_what_the_file_says(
    installer: Installer, world: World, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.toml"
    database = world.database
    options = {"host": database.host, "port": database.port, "path": database.path, "reservation": "flag+amount"}
    wanted = {
        "erp": {"options": options},
        "account": [{"id": "loja", "kind": "magento", "order_prefix": "LJ", "options": {"url": world.url}}],
    }
    answers.write_text(tomli_w.dumps(wanted), encoding="utf-8")
    secrets = {"INTEGRA_ERP_PASSWORD": database.password, "INTEGRA_LOJA_TOKEN": TOKEN}

    undecided = installer.run("init", "--answers", str(answers), **secrets)
    assert undecided.returncode == 2
    assert "releases_at_invoicing" in undecided.stderr
    assert installer.written() == []

    options["releases_at_invoicing"] = "integra"
    answers.write_text(tomli_w.dumps(wanted), encoding="utf-8")
    first = installer.run("init", "--answers", str(answers), **secrets)
    assert first.returncode == 0, first.stdout + first.stderr
    assert installer.written() == [installer.settings]  # the secrets stay where the script keeps them
    assert load(installer.settings).erp.options["sectors"] == [r.LOJA, r.DEPOSITO]

    before = installer.settings.read_bytes()
    unchanged = installer.run("init", "--answers", str(answers), **secrets)
    assert "Nada muda." in unchanged.stdout
    options["reservation"] = "none"
    answers.write_text(tomli_w.dumps(wanted), encoding="utf-8")
    second = installer.run("init", "--answers", str(answers), **secrets)
    assert second.returncode == 0, second.stdout + second.stderr
    shown = second.stdout.splitlines()
    assert '  - reservation = "flag+amount"' in shown
    assert '  + reservation = "none"' in shown
    assert len([line for line in shown if line.startswith("  + ")]) == 1
    assert installer.settings.read_bytes() == before  # somebody's own file: the overlay takes the change
    assert load(installer.settings).erp.options["reservation"] == "none"

    options["reservation"] = "flag"
    answers.write_text(tomli_w.dumps(wanted), encoding="utf-8")
    assert installer.run("init", "--answers", str(answers), **secrets).returncode == 0
    kept = [path for path in installer.written() if path.name.startswith("settings.local.toml.")]
    assert tomllib.loads(kept[0].read_text())["erp"]["options"]["reservation"] == "none"


def test_a_script_is_told_that_the_shop_refused_its_key_and_the_settings_are_kept(
    installer: Installer, world: World, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.toml"
    database = world.database
    options = {"host": database.host, "port": database.port, "path": database.path, "reservation": "none"}
    shop = {"id": "loja", "kind": "magento", "order_prefix": "LJ", "options": {"url": world.url}}
    answers.write_text(tomli_w.dumps({"erp": {"options": options}, "account": [shop]}), encoding="utf-8")
    secrets = {"INTEGRA_ERP_PASSWORD": database.password, "INTEGRA_LOJA_TOKEN": "not-the-token"}
    for _written_or_unchanged in range(2):
        refused = installer.run("init", "--answers", str(answers), **secrets)
        assert refused.returncode == 1, refused.stdout + refused.stderr
        assert "a loja não foi alcançada" in refused.stderr
        assert load(installer.settings).account[0].id == "loja"


def test_a_server_that_does_not_answer_is_3_and_a_wrong_path_is_2(
    installer: Installer, world: World, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.toml"
    database = world.database
    for port, path, code in ((9, database.path, 3), (database.port, "/nowhere/cplus.fdb", 2)):
        options = {"host": database.host, "port": port, "path": path}
        answers.write_text(tomli_w.dumps({"erp": {"options": options}}), encoding="utf-8")
        refused = installer.run("init", "--answers", str(answers), INTEGRA_ERP_PASSWORD=database.password)
        assert refused.returncode == code, refused.stderr
        assert "Traceback" not in refused.stderr


def test_doctor_looks_at_the_base_also_beside_the_running_engine(world: World, tmp_path: Path) -> None:
    place = Place(world, tmp_path, interval_s=3600)
    with place.service() as service:
        told = json.loads(place.run("doctor", "--json").stdout)
        assert str(service.pid) in next(entry["text"] for entry in told if entry["check"] == "engine")
        assert "Firebird" in next(entry["text"] for entry in told if entry.get("code") == "server.version")
        assert service.running
        shown = place.run("doctor").stdout.splitlines()
        assert max(map(len, shown)) <= 80
