"""The part of the walk in which a product is slow to confirm a deletion: the emails about it, and the receipt meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.mail import transport
from portal.privacy import service
from portal.privacy.models import ErasureStep
from portal.products.models import ProductCall, Told
from standins.product import Product, listing, new_secret
from tests.conftest import changed_settings
from tests.language.ready.walk import Walk
from tests.people import Somebody

RECEIPT = "/privacy/receipt/"


def delete_at_others(walk: Walk, patch: pytest.MonkeyPatch, tick: Callable[[], None], run_jobs: Callable[[], int]) -> None:
    """Delete an account at a product that confirms late, and at a vendor that somebody asks by hand."""
    product = Product(new_secret())
    listed = listing("http://127.0.0.1:1/", product.secret).replace("3 Clicks Production", "Παραγωγή")
    smtp = {"smtp_url": "smtp://smtp.sendgrid.net:587"}
    pru = walk.somebody("Πρού", "pru")
    walk.cast.give_role(pru, "privacy")
    walk.cast.give_factor(pru)
    patch.setattr(transport, "_send_smtp", lambda *_email: None)
    patch.setitem(
        walk.app.extensions,
        "portal.settings",
        changed_settings(walk.app.extensions["portal.settings"], products=listed, **smtp),
    )
    zoe = walk.somebody("Ζωή", "zoe")
    reader = walk.signed_in(zoe)
    reader.get("/settings/privacy/delete")
    reader.submit("/settings/privacy/delete", confirm="y")
    walk.read_emails()
    for _day in range(23):
        walk.clock.forward(days=1)
        tick()
        run_jobs()
    walk.read_emails()
    receipt = next(email.link(RECEIPT) for email in walk.outbox.to(zoe.email) if RECEIPT in email.text)
    walk.visitor().get(receipt)
    confirm(walk, product, by=pru)
    walk.read_emails()
    walk.visitor().get(receipt)


def confirm(walk: Walk, product: Product, *, by: Somebody) -> None:
    """Have the product confirm by a message, and the privacy officer for the vendor."""
    officer = walk.cast.staff_in(walk.signed_in(by, by_second_factor=True))
    with walk.app.app_context():
        call_id = db.session.scalars(
            select(ProductCall.id).where(ProductCall.tells == Told.ACCOUNT_DELETED, ProductCall.confirmed_at.is_(None))
        ).one()
        step_id = db.session.scalars(
            select(ErasureStep.id).where(ErasureStep.by_hand, ErasureStep.confirmed_at.is_(None))
        ).one()
    body, headers = product.confirmation(str(call_id))
    assert walk.visitor().client.post("/webhooks/products/production", data=body, headers=headers).status_code == 204
    with walk.app.app_context(), unit_of_work():
        service.confirm_step(step_id, by=officer, evidence="7781")
