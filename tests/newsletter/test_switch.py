"""The switch in the settings, the account's erasure, and the checks of the promises."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.consent import service as consent
from portal.kit.actor import Actor
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.newsletter import checks, service
from portal.newsletter.models import Subscriber, Suppression
from tests.newsletter.test_in_and_out import ONE_CLICK, confirm, way_out


def actor_of(somebody, email=None):
    return Actor(person_id=somebody.id, email=email or somebody.email, language="en")


@pytest.fixture
def ada(cast):
    return actor_of(cast.ada)


def subscribers():
    return db.session.scalars(select(Subscriber)).all()


def test_an_account_joins_without_a_further_confirmation_and_gets_the_welcome(unit, ada, outbox):
    with unit():
        assert not service.state_for(ada)
        service.join(ada)
        service.join(ada)
        assert service.state_for(ada)
    emails = [email for email in outbox.to(ada.email) if "List-Unsubscribe" in email.headers]
    assert len(emails) == 1
    with unit():
        assert [(one.subject_id, one.source) for one in subscribers()] == [(ada.person_id, "settings")]


def test_leaving_by_the_switch_is_at_once_and_is_written_down(unit, ada):
    with unit():
        service.join(ada)
    with unit():
        service.leave(ada)
        service.leave(ada)
    with unit():
        assert not service.state_for(ada)
        assert subscribers() == []
        assert [one.choice for one in consent.decisions_for(ada.person_id)] == ["denied", "granted"]
        assert not consent.may_use(ada.person_id, purpose="newsletter")


def test_who_came_by_the_form_finds_the_switch_on_and_can_leave_by_it(client, outbox, unit, cast):
    confirm(client, outbox, "ADA@example.com")
    ada = actor_of(cast.ada)
    with unit():
        assert service.state_for(ada)
        service.leave(ada)
    with unit():
        assert subscribers() == []


def test_the_link_in_an_email_turns_the_switch_off(client, outbox, unit, ada):
    with unit():
        service.join(ada)
    client.post(way_out(outbox.last(ada.email)), **ONE_CLICK)
    with unit():
        assert not service.state_for(ada)
        said = consent.decisions_for(ada.person_id)[0]
        assert (said.purpose, said.choice, said.mechanism) == ("newsletter", "denied", "email")


def test_the_switch_of_one_person_never_moves_that_of_another(unit, ada, cast):
    ben = actor_of(cast.ben)
    with unit():
        service.join(ada)
        service.join(ben)
        service.leave(ben)
        assert service.state_for(ada)


def test_joining_again_after_leaving_takes_the_suppression_back(unit, ada):
    for _ in range(2):
        with unit():
            service.join(ada)
        with unit():
            service.leave(ada)
    with unit():
        service.join(ada)
    with unit():
        assert service.state_for(ada)
        assert db.session.scalars(select(Suppression)).all() == []


def move(unit, client, outbox, somebody, address):
    """Change an account's address as a person does, with the link in the new mailbox."""
    with unit():
        accounts.request_email_change(actor_of(somebody), email=address)
    client.submit(outbox.last(address).link("confirm"))


def test_the_subscription_follows_the_account_to_its_new_address_and_back(unit, client, outbox, cast, ada):
    with unit():
        service.join(ada)
    link = way_out(outbox.last(ada.email))
    move(unit, client, outbox, cast.ada, "ada.new@example.com")
    with unit():
        assert [one.email for one in subscribers()] == ["ada.new@example.com"]
    client.submit(outbox.last(ada.email).link("undo"))
    with unit():
        assert [one.email for one in subscribers()] == [ada.email]
    client.post(link, **ONE_CLICK)
    with unit():
        assert subscribers() == []


def test_an_undone_change_leaves_the_other_mailbox_its_own_subscription(unit, client, outbox, cast, ada):
    confirm(client, outbox, "eve@example.com")
    move(unit, client, outbox, cast.ada, "eve@example.com")
    client.submit(outbox.last(ada.email).link("undo"))
    with unit():
        assert [one.email for one in subscribers()] == ["eve@example.com"]


def test_a_subscription_does_not_follow_to_an_address_that_has_left_the_list(unit, client, outbox, cast, ada):
    confirm(client, outbox, "left@example.com")
    client.post(way_out(outbox.last("left@example.com")), **ONE_CLICK)
    with unit():
        service.join(ada)
    move(unit, client, outbox, cast.ada, "left@example.com")
    with unit():
        assert subscribers() == []


def test_a_subscription_that_meets_another_at_the_new_address_becomes_one(unit, client, outbox, cast, ada):
    confirm(client, outbox, "both@example.com")
    with unit():
        service.join(ada)
    move(unit, client, outbox, cast.ada, "both@example.com")
    with unit():
        assert [one.email for one in subscribers()] == ["both@example.com"]


def test_an_erasure_takes_the_subscription_and_says_why_the_hash_of_a_leaver_stays(client, outbox, unit, ada, cast):
    confirm(client, outbox, "left@example.com")
    client.post(way_out(outbox.last("left@example.com")), **ONE_CLICK)
    with unit():
        service.join(ada)
    subject = Subject(ada.person_id, frozenset({ada.email, "left@example.com"}))
    with unit():
        (why,) = [row.on_erasure for row in register().retains(subject) if row.area == "newsletter"]
        assert "keeps the newsletter from being sent to you" in why
    for _ in range(50):
        with unit():
            if not register().erase(subject):
                break
    with unit():
        assert subscribers() == []
        assert len(db.session.scalars(select(Suppression)).all()) == 1
        assert [name for name in register().residue(subject) if name.startswith("newsletter")] == []


def test_the_checks_of_the_newsletter_hold(unit, ada):
    with unit():
        service.join(ada)
    with unit():
        assert {check.name: check.run() for check in checks.CHECKS if not check.run().ok} == {}


def test_an_email_without_its_way_out_turns_p18_red(unit, monkeypatch):
    monkeypatch.setattr(checks.mail, "headers_for", lambda url: {"List-Unsubscribe": f"<{url}>"})
    with unit():
        assert not next(check for check in checks.CHECKS if check.name == "way_out_in_every_email").run().ok


def test_a_form_that_asks_for_more_turns_p17_red(unit, monkeypatch):
    monkeypatch.setattr(checks.Subscribe, "name", object(), raising=False)
    with unit():
        assert not next(check for check in checks.CHECKS if check.name == "address_only").run().ok


def test_a_subscriber_who_left_and_is_still_on_the_list_turns_p18_red(unit, ada):
    with unit():
        service.join(ada)
        db.session.flush()
        db.session.add(Suppression(id=subscribers()[0].id, address_hash="0" * 64))
        db.session.flush()
        assert not next(check for check in checks.CHECKS if check.name == "hash_of_leavers_only").run().ok
