"""A deletion is a plan of steps: told beforehand, carried out by everybody, and complete once each has confirmed (P41)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.jobs import worker
from portal.jobs.models import Job
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.mail import sendgrid_gateway
from portal.mail import service as mail
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState, ErasureStep, StepConfirmation, StepState
from portal.privacy.service import deletions
from portal.products.models import ProductCall
from tests.privacy.conftest import traces_of
from tests.privacy.test_signed_receipts import verifier

pytestmark = pytest.mark.both_databases

UNDO = "/settings/privacy/delete/undo/"


@pytest.fixture
def delete(app, cast, clock, run_jobs):
    """Delete somebody's account: ask for it, let the time to cancel go by, and carry it out."""

    def act(person):
        cast.sign_in(person).submit("/settings/privacy/delete", confirm="y")
        clock.forward(days=14, minutes=1)
        carry_out()

    def carry_out():
        with app.app_context(), worker.unit_of_work():
            service.begin_due()
        run_jobs()

    return act


@pytest.fixture
def name_late(app, run_jobs):
    """Let the schedule look for steps that are late."""

    def look():
        with app.app_context(), worker.unit_of_work():
            service.name_late_steps()
        run_jobs()

    return look


def steps(app):
    """Return the steps of the one deletion, by whom each is about."""
    with app.app_context():
        return {step.target: step for step in db.session.scalars(select(ErasureStep).order_by(ErasureStep.place))}


def confirm(client, product, message=None):
    """Confirm a call by a message, as the product does."""
    body, headers = product.confirmation(message or product.seen[-1])
    return client.client.post("/webhooks/products/production", data=body, headers=headers).status_code


def test_the_page_tells_every_step_beforehand(cast, product):
    page = cast.sign_in(cast.ada).get("/settings/privacy/delete")
    plan = page.soup.find(id="plan").get_text(" ")
    for told in ("Your data in this portal", "3 Clicks Production", "SendGrid", "Google Analytics", "Amazon Web", "Stripe"):
        assert told in plan
    assert "it only has totals" in plan.lower() and "7 days" in plan


def test_a_product_is_told_once_the_time_to_cancel_is_over_and_confirms_by_its_answer(app, cast, outbox, delete, product):
    product.holds = {str(cast.ada.id), str(cast.ben.id)}
    delete(cast.ada)
    assert product.deleted == [str(cast.ada.id)] and product.holds == {str(cast.ben.id)}
    email = outbox.last(cast.ada.email)
    assert "3 Clicks Production: It confirmed straight away." in email.text
    assert "We no longer hold it" in email.text
    found = steps(app)
    assert found["production"].confirmed_by is StepConfirmation.ANSWER
    assert found["tables"].confirmed_by is StepConfirmation.READ_BACK
    assert found["google_analytics"].state is StepState.NOT_NEEDED


def test_nothing_goes_out_while_it_can_be_cancelled(app, cast, outbox, client, clock, run_jobs, product, tick):
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    link = outbox.last(cast.ada.email).link(UNDO)
    clock.forward(days=13, hours=23)
    tick()
    run_jobs()
    assert product.seen == [] and steps(app) == {}
    client.submit(link)
    clock.forward(days=30)
    tick()
    run_jobs()
    assert product.seen == [] and steps(app) == {}


def test_while_a_call_is_under_way_nothing_can_be_cancelled(app, cast, outbox, client, clock, product):
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    link = outbox.last(cast.ada.email).link(UNDO)
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    assert client.get(link).status == 410
    assert client.post(link).status in (400, 410, 422)
    with app.app_context():
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.RUNNING]


def test_a_product_that_confirms_later_brings_a_second_receipt(app, cast, outbox, client, delete, product):
    product.is_later = True
    delete(cast.ada)
    first = outbox.last(cast.ada.email)
    assert "3 Clicks Production: Not confirmed yet." in first.text
    assert "only until everyone has confirmed" in first.text
    link = first.link("/privacy/receipt/")
    assert "Not everyone has confirmed yet" in client.get(link).text
    one = client.client.get(f"{link}/file").data
    assert confirm(client, product) == 204
    second = outbox.last(cast.ada.email)
    assert second.subject == "Your deletion is complete"
    assert "3 Clicks Production: It sent us a confirmation." in second.text
    page = client.get(second.link("/privacy/receipt/"))
    assert "Not everyone has confirmed yet" not in page.text and "It sent us a confirmation." in page.text
    both, keys = client.client.get(f"{link}/file").data, client.client.get("/.well-known/portal-keys.json").data
    assert both.startswith(one), "the first receipt stays as it was"
    documents = verifier.check(both, keys)
    assert [each["type"] for each in documents] == ["deletion_receipt", "deletion_complement"]
    with app.app_context():
        deletion = db.session.scalars(select(Deletion)).one()
        assert (deletion.sealed, deletion.person_id) == (None, None)
        assert db.session.scalars(select(ProductCall.subject_id)).all() == [None]


def test_a_confirmation_that_comes_twice_is_one(app, cast, outbox, client, delete, product):
    product.is_later = True
    delete(cast.ada)
    assert [confirm(client, product) for _each in range(3)] == [204, 204, 204]
    assert len([each for each in outbox.to(cast.ada.email) if each.subject == "Your deletion is complete"]) == 1


def test_one_that_comes_before_the_receipt_is_in_the_receipt(app, cast, outbox, client, clock, run_jobs, product):
    product.is_later = True
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    run_jobs()
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    with app.app_context():
        assert worker.run_next() and product.seen
    assert confirm(client, product) == 204
    run_jobs()
    email = outbox.last(cast.ada.email)
    assert email.subject.startswith("Receipt") and "It sent us a confirmation." in email.text


def test_what_is_late_is_named_to_the_person_and_to_the_privacy_officer_once(
    app, cast, outbox, clock, delete, product, name_late
):
    pru = cast.make("Pru Officer", "pru@example.com", "pru minds what is promised")
    cast.give_role(pru, "privacy")
    product.is_later = True
    delete(cast.ada)
    clock.forward(days=6, hours=23)
    name_late()
    assert [each.subject for each in outbox.to(pru.email)] == []
    clock.forward(hours=2)
    for _each in range(2):
        name_late()
    email = outbox.last(cast.ada.email)
    assert email.subject == "Part of your deletion isn’t confirmed yet" and "3 Clicks Production" in email.text
    (told,) = outbox.to(pru.email)
    with app.app_context():
        number = db.session.scalars(select(Deletion.number)).one()
    assert told.subject == f"A deletion needs you: {number}"
    assert cast.ada.email not in told.text and cast.ada.name not in told.text


def test_without_an_officer_the_alarm_address_is_told(cast, outbox, clock, delete, product, name_late, settings):
    settings(alarm_email="alarm@example.com")
    product.is_later = True
    delete(cast.ada)
    clock.forward(days=8)
    name_late()
    assert "A deletion needs you" in outbox.last("alarm@example.com").subject


@pytest.fixture
def officer(cast):
    """Somebody in the role privacy, at work."""
    pru = cast.make("Pru Officer", "pru@example.com", "pru minds what is promised")
    cast.give_role(pru, "privacy")
    cast.give_factor(pru)
    return cast.staff_in(cast.sign_in_staff(pru))


def test_the_privacy_officer_confirms_by_hand_and_the_person_hears_of_it(app, cast, outbox, unit, delete, product, officer):
    product.is_later = True
    delete(cast.ada)
    step = steps(app)["production"]
    with unit():
        service.confirm_step(step.id, by=officer, evidence="Call with the product's team, reference 7781")
    assert "Our privacy officer confirmed it." in outbox.last(cast.ada.email).text
    with app.app_context():
        assert db.session.scalars(select(ProductCall.subject_id)).all() == [None]
    with unit(), pytest.raises(NotFound):
        service.confirm_step(step.id, by=officer, evidence="again")


def test_nobody_confirms_what_the_portal_does_itself_and_support_confirms_nothing(app, cast, unit, delete, product, officer):
    product.is_later = True
    delete(cast.ada)
    sam = cast.staff_in(cast.sign_in_staff(cast.sam))
    with unit(), pytest.raises(NotFound):
        service.confirm_step(steps(app)["tables"].id, by=officer, evidence="x")
    with unit(), pytest.raises(NotFound):
        service.confirm_step(steps(app)["production"].id, by=sam, evidence="x")


def test_a_product_that_leaves_the_file_while_a_step_waits_is_confirmed_by_hand(
    app, cast, outbox, clock, unit, run_jobs, delete, product, officer, settings, name_late
):
    product.is_later = True
    delete(cast.ada)
    settings(products="[]")
    calls = len(product.seen)
    for _day in range(8):
        clock.forward(days=1, minutes=1)
        run_jobs()
    assert len(product.seen) == calls
    name_late()
    assert "Product “production”: Not confirmed yet." in outbox.last(cast.ada.email).text
    with unit():
        service.confirm_step(steps(app)["production"].id, by=officer, evidence="The product was shut down, disk destroyed")
    assert outbox.last(cast.ada.email).subject == "Your deletion is complete"


def test_what_a_product_must_know_is_sealed_or_an_id_and_gone_once_it_confirms(app, cast, client, delete, product):
    product.is_later = True
    delete(cast.ada)
    with app.app_context():
        (payload,) = db.session.scalars(select(Job.payload).where(Job.kind == "products.call")).all()
    assert set(payload) == {"call_id"}
    (account,) = set(product.deleted)
    assert account == str(cast.ada.id)
    confirm(client, product)
    left = traces_of(app, cast.ada.id.hex) | traces_of(app, str(cast.ada.id))
    assert {name.partition(".")[0] for name in left} <= {"audit_entry", "portal", "staff_read_subject"}, left


class TestVendor:
    """SendGrid, which emails leave through, erases what it holds of the recipients."""

    @pytest.fixture
    def asked(self, monkeypatch, settings):
        """What SendGrid was asked to erase; it fails as often as `failures` says."""
        asked = []
        settings(smtp_url="smtp://u:p@smtp.sendgrid.net:587", sendgrid_api_key="SG.key")
        monkeypatch.setattr(sendgrid_gateway, "erase_recipients", lambda addresses: asked.append(list(addresses)))
        monkeypatch.setattr("portal.mail.transport._send_smtp", lambda *_args: None)
        return asked

    def test_it_is_asked_by_its_api_with_every_address(self, app, cast, outbox, delete, asked):
        delete(cast.ada)
        assert asked == [["ada@example.com"]]
        assert "SendGrid: It accepted our order to delete it." in outbox.last(cast.ada.email).text
        assert steps(app)["sendgrid"].sealed is None

    def test_it_is_asked_again_until_it_takes_the_order(
        self, app, cast, outbox, clock, run_jobs, delete, asked, monkeypatch
    ):
        def fail(_addresses):
            asked.append("failed")
            raise mail.sendgrid_gateway.outgoing.CallFailed("503")

        with monkeypatch.context() as broken:
            broken.setattr(sendgrid_gateway, "erase_recipients", fail)
            delete(cast.ada)
            assert "SendGrid: Not confirmed yet." in outbox.last(cast.ada.email).text
            assert b"ada@" not in steps(app)["sendgrid"].sealed
        clock.forward(minutes=2)
        run_jobs()
        assert asked == ["failed", ["ada@example.com"]]
        assert outbox.last(cast.ada.email).subject == "Your deletion is complete"

    def test_without_a_key_the_privacy_officer_does_it(self, app, cast, outbox, unit, delete, asked, monkeypatch, officer):
        monkeypatch.setitem(
            app.extensions, "portal.settings", replace(app.extensions["portal.settings"], sendgrid_api_key=None)
        )
        delete(cast.ada)
        assert asked == []
        assert "A member of our team has it done and confirms it." in outbox.last(cast.ada.email).text
        with unit():
            service.confirm_step(steps(app)["sendgrid"].id, by=officer, evidence="Support request 1 at SendGrid")
        assert outbox.last(cast.ada.email).subject == "Your deletion is complete"


def test_the_receipt_lists_each_step_with_its_confirmation(client, cast, outbox, delete, product):
    delete(cast.ada)
    link = outbox.last(cast.ada.email).link("/privacy/receipt/")
    document = json.loads(client.client.get(f"{link}/file").data.splitlines()[0])
    told = {step["step"]: bool(step["confirmed_at"]) for step in document["steps"]}
    assert told == {
        "portal:tables": True, "portal:files": True, "product:production": True, "vendor:aws": False,
        "vendor:google_analytics": False, "vendor:sendgrid": False, "vendor:stripe": False,
    }  # fmt: skip
    assert all(step["why"] for step in document["steps"]) and not any(step["open"] for step in document["steps"])


def test_for_somebody_without_an_account_no_product_is_asked_and_the_receipt_says_why(app, outbox, unit, run_jobs, product):
    with unit():
        deletions.begin_for_address("guest@example.com", language="en")
    run_jobs()
    assert product.seen == []
    email = outbox.last("guest@example.com")
    assert "3 Clicks Production: It only knows accounts, and you have none." in email.text
    assert steps(app)["production"].state is StepState.NOT_NEEDED
