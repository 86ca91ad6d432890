"""An installer sets up an OpenMage account: from a file of answers, and looked at by the doctor afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import tomli_w

from connectors.sandbox.openmage import OpenMage, create_app
from connectors.sandbox.shop import serve
from engine.settings import load
from tests.end_to_end.test_init import Installer
from tests.end_to_end.world import World

KEY = "chave-da-api"


def test_a_script_sets_up_an_openmage_that_the_doctor_then_finds_in_order(world: World, tmp_path: Path) -> None:
    installer = Installer(tmp_path, world)
    database, answers = world.database, tmp_path / "answers.toml"
    options = {"host": database.host, "port": database.port, "path": database.path, "reservation": "flag+amount"}
    options |= {"releases_at_invoicing": "integra"}
    shop = OpenMage(lambda: datetime.now(UTC), {"integra": KEY})
    shop.rewrites = False
    shop.denied.add("sales_order_shipment.addTrack")
    with serve(create_app(shop)) as url:
        account = {
            "id": "antiga", "kind": "openmage", "order_prefix": "OM",
            "options": {"url": f"{url}/index.php/api/xmlrpc", "user": "integra"},
        }  # fmt: skip
        answers.write_text(tomli_w.dumps({"erp": {"options": options}, "account": [account]}), encoding="utf-8")
        secrets = {"INTEGRA_ERP_PASSWORD": database.password, "INTEGRA_ANTIGA_KEY": KEY}
        done = installer.run("init", "--answers", str(answers), **secrets)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Falta sales_order_shipment.addTrack" in " ".join(done.stdout.split())
        (written,) = load(installer.settings).account
        assert (written.kind, written.options["url"], written.options["user"]) == ("openmage", url, "integra")

        doctor = installer.run("doctor", "--json", **secrets)
        told = {entry["code"]: entry["ok"] for entry in json.loads(doctor.stdout) if entry.get("code")}
        assert told["shop-rights.no-shipping"] is False
        assert told["shop-stock.many"] is told["shop.front-file"] is True
