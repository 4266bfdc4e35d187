"""Whoever dissolves an organisation hears what our products did with what was made for it (P41)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.jobs import worker
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.scopes import across
from portal.kit.staff_reads import StaffRead
from portal.organisations.models import DissolutionCall
from portal.privacy import service as privacy
from portal.products import service as products
from standins.product import Product, listing, new_secret
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases
OFFICER = "A product hasn’t deleted a dissolved organisation’s data yet"
DONE, LATE = "Our products deleted the data of Looms", "Not every product has deleted the data of Looms yet"


@pytest.fixture
def dissolve(cast: Cast, team: Team, through_the_wait: Callable[[], None]) -> Callable[[], None]:
    """Dissolve Looms, and let the wait go by."""

    def act() -> None:
        cast.sign_in(cast.ada).submit(f"{team.path}/dissolve", sure="y")
        through_the_wait()

    return act


def kept(unit: Callable) -> int:
    with unit(), across("all that tests made"):
        return db.session.scalar(select(func.count()).select_from(DissolutionCall)) or 0


def confirm(browser: Visitor, product: Product) -> int:
    body, headers = product.confirmation(product.seen[-1])
    return int(browser.client.post("/webhooks/products/production", data=body, headers=headers).status_code)


def subjects(outbox: Outbox, email: str) -> list[str]:
    return [each.subject for each in outbox.to(email)]


def test_it_is_said_before(cast: Cast, team: Team) -> None:
    page = cast.sign_in(cast.ada).get(f"{team.path}/dissolve")
    assert "email you once all of them have, or after 7 days which haven’t" in page.text


def test_whoever_dissolved_it_hears_once_all_have_confirmed_and_nothing_is_kept(
    dissolve: Callable, team: Team, outbox: Outbox, unit: Callable, product: Product
) -> None:
    dissolve()
    email = next(each for each in outbox.to(team.owner.email) if each.subject == DONE)
    assert "3 Clicks Production: " in email.text
    assert DONE not in subjects(outbox, team.member.email)
    assert kept(unit) == 0


def test_without_products_nothing_is_kept_and_nothing_said(
    dissolve: Callable, team: Team, outbox: Outbox, unit: Callable
) -> None:
    dissolve()
    assert DONE not in subjects(outbox, team.owner.email) and kept(unit) == 0


def test_one_that_is_late_is_named_once_after_7_days_and_its_end_told_all_the_same(
    cast: Cast,
    dissolve: Callable,
    look: Callable,
    team: Team,
    outbox: Outbox,
    unit: Callable,
    clock: Clock,
    product: Product,
) -> None:
    product.is_later = True
    dissolve()
    browser = cast.sign_in(cast.ada)
    clock.forward(days=6, hours=23)
    look()
    assert LATE not in subjects(outbox, team.owner.email)
    clock.forward(hours=2)
    look()
    look()
    assert subjects(outbox, team.owner.email).count(LATE) == 1
    assert "3 Clicks Production" in outbox.last(team.owner.email).text
    assert [confirm(browser, product) for _each in range(2)] == [204, 204]
    assert subjects(outbox, team.owner.email).count(DONE) == 1 and kept(unit) == 0


def test_of_two_products_the_last_one_counts(
    app: Flask, dissolve: Callable, team: Team, outbox: Outbox, product: Product, settings: Callable, unit: Callable
) -> None:
    (one,) = json.loads(listing(app.extensions["portal.settings"].products[0].url, product.secret))
    other = json.loads(listing("http://127.0.0.1:1/", new_secret()))[0] | {"name": "other", "title": "Other"}
    settings(products=json.dumps([one, other]))
    dissolve()
    assert kept(unit) == 2 and DONE not in subjects(outbox, team.owner.email)
    with unit(), across("the one that waits"):
        call_id = db.session.scalars(select(DissolutionCall.call_id).where(DissolutionCall.confirmed_at.is_(None))).one()
        products.confirm_by_hand(call_id)
    assert kept(unit) == 0
    assert "3 Clicks Production: " in outbox.last(team.owner.email).text and "Other: " in outbox.last(team.owner.email).text


def test_one_that_never_confirms_is_confirmed_by_the_privacy_officer(
    cast: Cast,
    dissolve: Callable,
    look: Callable,
    team: Team,
    outbox: Outbox,
    unit: Callable,
    clock: Clock,
    product: Product,
) -> None:
    officer, product.is_later = cast.pia, True
    dissolve()
    clock.forward(days=8)
    for _each in range(2):
        look()
    told = [each for each in outbox.to(officer.email) if each.subject == OFFICER]
    assert len(told) == 1 and "3 Clicks Production" in told[0].text and "Looms" not in told[0].text
    pia = cast.sign_in_staff(officer)
    listed = pia.get("/admin/erasures")
    assert "Late" in listed.text and str(team.id) not in listed.text and "Looms" not in listed.text
    path = str(listed.soup.select_one("table a")["href"])
    assert str(team.id) in pia.get(path).text
    assert [pia.submit(path, evidence=each).status for each in ("", "a guess")] == [422, 422] and kept(unit) == 1
    assert "Confirmed." in pia.submit(path, evidence="written").text
    assert kept(unit) == 0 and "Nothing waits" in pia.get("/admin/erasures").text
    email = next(each for each in outbox.to(team.owner.email) if each.subject == DONE)
    assert ", by our privacy officer" in email.text
    with unit():
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "products.confirmed_by_staff"))
        assert (entry.by_id, entry.facts["product"], entry.facts["evidence"]) == (officer.id, "production", "written")
        read = db.session.scalars(select(StaffRead).where(StaffRead.table_name == "product_call")).first()
        assert read is not None and (read.staff_id, read.organisation_id) == (officer.id, team.id)
    # Whoever has the page open in a second tab, and the product that answers after all, change nothing.
    assert pia.get(path).status == 404 and confirm(pia, product) == 204
    assert subjects(outbox, team.owner.email).count(DONE) == 1


def test_only_the_end_of_an_organisation_is_confirmed_there(cast: Cast, unit: Callable) -> None:
    with unit():
        person = products.tell_deleted(uuid.uuid4(), product="production")
        organisation = products.tell_dissolved(uuid.uuid4(), product="production")
    pia = cast.sign_in_staff(cast.pia)
    page = "/admin/erasures/organisations/"
    assert [pia.get(f"{page}{each}").status for each in (person, organisation)] == [404, 200]
    with unit():
        products.confirm_from("production", call_id=organisation)
    assert pia.get(f"{page}{organisation}").status == 404


def test_an_account_that_is_erased_meanwhile_is_told_nothing_and_the_product_is_asked_on(
    app: Flask,
    cast: Cast,
    dissolve: Callable,
    team: Team,
    outbox: Outbox,
    clock: Clock,
    run_jobs: Callable[[], int],
    product: Product,
    unit: Callable,
) -> None:
    product.is_later = True
    dissolve()
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        privacy.begin_due()
    run_jobs()
    assert kept(unit) == 0
    assert str(team.id) in product.deleted and str(cast.ada.id) in product.deleted
