"""Links of emails that were sent before links were made short: the way out works for ever, a confirmation is asked anew."""

import hashlib

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from portal.kit import keys
from portal.kit.db import db
from portal.newsletter.models import Subscriber
from tests.newsletter.test_in_and_out import ADDRESS, ONE_CLICK, ask, confirm

pytestmark = pytest.mark.both_databases


def earlier(purpose, value):
    """Return a link's token as it was written until links were made short."""
    key = hashlib.sha256(f"portal.link.{purpose}signer{keys.secret_keys()[0]}".encode()).digest()
    nothing = hashlib.sha256(b"").hexdigest()[:32]
    how = {"digest_method": hashlib.sha256, "key_derivation": "none"}
    return URLSafeTimedSerializer([key], signer_kwargs=how).dumps([value, nothing])


@pytest.fixture
def count(unit):
    def rows():
        with unit():
            return db.session.scalar(select(func.count()).select_from(Subscriber))

    return rows


def test_the_oldest_way_out_still_leads_out(app, client, outbox, unit, clock, count):
    confirm(client, outbox)
    with unit():
        token = earlier("newsletter.unsubscribe", str(db.session.scalars(select(Subscriber.id)).one()))
    assert len(token) > 120
    clock.forward(days=4000)
    assert client.get(f"/newsletter/unsubscribe/{token}").status == 200
    assert client.post(f"/newsletter/unsubscribe/{token}", **ONE_CLICK).status == 200
    assert count() == 0


def test_an_earlier_confirmation_is_refused_by_a_page_that_says_how_to_go_on(app, client, outbox, count):
    with app.app_context():
        token = earlier("newsletter.confirm", "sealed")
    page = client.get(f"/newsletter/confirm/{token}")
    assert (page.status, page.title) == (410, "This link no longer works")
    assert "Ask for a new link" in page.text
    ask(client)
    assert client.submit(outbox.last(ADDRESS).link("/newsletter/confirm/")).title == "You’re subscribed"
    assert count() == 1
