"""The one table of actions holds together: every key does one thing, is explained, and is done by its screen."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.binding import Binding

from console.actions import ACTIONS, actions_at, key_names, keys_page
from console.keys import EATEN
from console.reasons import Situation
from console.screens.adoption import AdoptionScreen
from console.screens.affected import AffectedScreen
from console.screens.allowances import Allowances
from console.screens.audit import Audit
from console.screens.catalogue import Catalogue
from console.screens.changed_texts import ChangedTexts
from console.screens.customers import Customers
from console.screens.order import OrderScreen
from console.screens.orders import Orders
from console.screens.overview import Overview
from console.screens.place import Place
from console.screens.plan import Plan
from console.screens.problems import Problems
from console.screens.settings import Settings
from console.screens.shipments import Shipments
from console.screens.shipments_file import ShipmentFile
from engine.runtime.commands import OWNER_ONLY, AnyVerb
from engine.settings import Settings as Loaded
from engine.verbs.accounts import account_verbs
from engine.verbs.adoption import adoption_verbs
from engine.verbs.allowances import allowance_verbs
from engine.verbs.listing import listing_verbs
from engine.verbs.orders import order_verbs
from engine.verbs.problems import problem_verbs
from engine.verbs.registrations import registration_verbs
from engine.verbs.shop_changes import shop_change_verbs
from tests.console.builder import PLAIN

SCREENS: list[tuple[type[Place], tuple[str, ...]]] = [
    (Overview, ("overview", "list", "everywhere")),
    (Orders, ("orders", "list", "everywhere")),
    (OrderScreen, ("order", "everywhere")),
    (AffectedScreen, ("affected", "list", "everywhere")),
    (Catalogue, ("catalogue", "list", "everywhere")),
    (Customers, ("customers", "list", "everywhere")),
    (AdoptionScreen, ("adoption", "list", "everywhere")),
    (ChangedTexts, ("changed_texts", "list", "everywhere")),
    (Problems, ("problems", "list", "everywhere")),
    (Plan, ("plan", "list", "everywhere")),
    (Allowances, ("allowances", "list", "everywhere")),
    (Settings, ("settings", "list", "everywhere")),
    (Audit, ("audit", "list", "everywhere")),
    (Shipments, ("shipments", "list", "everywhere")),
    (ShipmentFile, ("shipment_file", "list", "everywhere")),
]
BY_THE_HOST = {"wake", "set_setting", "set_operator"}
TOUCHING_THE_ERP = {"link_sale", "flag_online", "customer_table", "choose_customer", "resolve_customer_field"}


@pytest.mark.parametrize(("screen", "places"), SCREENS)
def test_no_key_means_two_things_on_a_screen(screen: type[Place], places: tuple[str, ...]) -> None:
    for one, other in combinations(actions_at(*places), 2):
        assert not set(one.keys) & set(other.keys), (screen.__name__, one.id, other.id)


@pytest.mark.parametrize(("screen", "places"), SCREENS)
def test_every_action_of_a_screen_is_bound_and_done(screen: type[Place], places: tuple[str, ...]) -> None:
    bindings = [binding for binding in screen.BINDINGS if isinstance(binding, Binding)]
    bound = {key for binding in bindings for key in binding.key.split(",")}
    for action in actions_at(*(place for place in places if place != "list")):
        assert callable(getattr(screen, f"do_{action.id}", None)), action.id
        assert set(action.keys) <= bound, action.id


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_explained_and_reachable(action: object) -> None:
    from console.actions import Action

    assert isinstance(action, Action)
    assert action.label
    assert action.help.endswith(".")
    assert not EATEN & set(action.keys)
    assert len(action.label) <= 14


def engine_verbs() -> list[AnyVerb]:
    """Those that need neither C-Plus nor a host."""
    return [
        *order_verbs(lambda: 0, lambda _: PLAIN),
        *account_verbs(),
        *allowance_verbs(),
        *adoption_verbs(dict),
        *shop_change_verbs(),
        *listing_verbs(dict),
        *problem_verbs(),
        *registration_verbs(),
    ]


def test_a_key_says_that_it_is_the_owners_where_the_engine_takes_it_from_nobody_else() -> None:
    for verb in engine_verbs():
        for action in ACTIONS:
            if action.verb == verb.name:
                assert action.owner is (verb.roles == OWNER_ONLY), action.id


def test_every_command_that_a_key_asks_is_one_the_engine_knows() -> None:
    known = {verb.name for verb in engine_verbs()} | BY_THE_HOST | TOUCHING_THE_ERP
    assert {action.verb for action in ACTIONS if action.verb} <= known
    assert Loaded().engine.undo_s == 0


def test_what_costs_money_or_stops_the_shop_asks_first() -> None:
    for id in (
        "approve",
        "refuse",
        "confirm_payment",
        "accept_payment",
        "deny_payment",
        "refund",
        "ship",
        "pause",
        "resume",
        "go_live",
    ):
        assert next(action for action in ACTIONS if action.id == id).dangerous


def test_with_no_engine_no_command_can_be_given() -> None:
    for action in ACTIONS:
        if action.verb:
            assert action.why_not(Situation(attached=False)), action.id


def test_the_card_of_keys_has_a_row_for_each() -> None:
    page = keys_page()
    for action in ACTIONS:
        assert f"| `{key_names(action)}` |" in page
