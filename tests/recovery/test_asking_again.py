"""Forgot your password?, asked again: nobody is left without an email, and nobody learns what an address is (S6, B37)."""

import pytest
from sqlalchemy import event, select

from portal.accounts import service as accounts
from portal.jobs.models import Job
from portal.kit.db import db

NEW = "seven green bobbins in a drawer"
THIEF = "thief@example.com"
MEI = {"name": "Mei Lin", "email": "mei@example.com", "password": "seven quiet looms at dawn", "accept_terms": "y"}
DEAD = "This link no longer works"


def ask(client, email):
    return client.submit("/forgot-password", email=email)


def resets(outbox, address):
    return [email for email in outbox.to(address) if "/reset-password/" in email.text]


def moves(cast, outbox):
    thief = cast.sign_in(cast.ada)
    thief.submit("/settings/email", email=THIEF)
    thief.submit(outbox.last(THIEF).link("/email/confirm/"))
    return thief


def test_a_stranger_who_asks_all_day_leaves_the_owner_an_email_every_few_minutes(client, new_client, cast, outbox, clock):
    for _ask in range(15):
        ask(client, cast.ada.email)
    assert len(resets(outbox, cast.ada.email)) == 1
    clock.forward(minutes=5, seconds=1)
    ask(new_client(), cast.ada.email)
    assert len(resets(outbox, cast.ada.email)) == 2


def test_whoever_asks_again_is_sent_the_live_link_once_more(client, new_client, cast, outbox, clock):
    ask(client, cast.ada.email)
    waiting = client.get(outbox.last(cast.ada.email).link("/reset-password/"))
    clock.forward(minutes=6)
    ask(new_client(), cast.ada.email)
    first, second = resets(outbox, cast.ada.email)
    assert first.link("/reset-password/") == second.link("/reset-password/")
    assert client.send(waiting, password=NEW).path == "/login", "asking did not kill the link in hand"
    for email in (first, second):
        assert new_client().get(email.link("/reset-password/")).title == DEAD


def test_the_link_sent_again_lives_no_longer_and_says_until_when(client, cast, outbox, clock):
    ask(client, cast.ada.email)
    assert len(resets(outbox, cast.ada.email)) == 1
    clock.forward(minutes=6)
    ask(client, cast.ada.email)
    first, second = resets(outbox, cast.ada.email)
    said = [next(line for line in email.text.splitlines() if "works once, until" in line) for email in (first, second)]
    assert said[0] == said[1]
    page = client.get(second.link("/reset-password/"))
    clock.forward(minutes=25)
    assert client.send(page, password=NEW).status == 410


def test_a_used_link_is_not_sent_again(client, cast, outbox, clock):
    ask(client, cast.ada.email)
    used = outbox.last(cast.ada.email).link("/reset-password/")
    client.submit(used, password=NEW)
    clock.forward(minutes=6)
    ask(client, cast.ada.email)
    link = resets(outbox, cast.ada.email)[-1].link("/reset-password/")
    assert link != used
    assert client.get(link).status == 200


def test_who_lost_the_email_of_the_sign_up_gets_the_confirmation_again(client, new_client, outbox, clock):
    """B37: sign up, lose the email, "Forgot your password?"."""
    client.submit("/signup", **MEI)
    clock.forward(days=2)
    page = ask(new_client(), MEI["email"])
    assert page.title == "Check your email"
    link = outbox.last(MEI["email"]).link("/verify-email/")
    client.submit(link)
    assert client.submit("/login", email=MEI["email"], password=MEI["password"]).path == "/home"


def test_the_confirmation_is_not_sent_again_for_an_address_that_has_an_account(client, cast, outbox):
    client.submit("/signup", **{**MEI, "email": cast.ada.email})
    ask(client, cast.ada.email)
    assert len(outbox.to(cast.ada.email)) == 2, "that there is an account already, and the reset link"
    assert outbox.last(cast.ada.email).link("/reset-password/")


def test_the_mailbox_that_was_left_gets_the_link_that_takes_the_account_back_again(client, cast, outbox, clock):
    moves(cast, outbox)
    before = len(outbox.to(cast.ada.email))
    clock.forward(minutes=10)
    ask(client, cast.ada.email)
    told = outbox.to(cast.ada.email)
    assert len(told) == before + 1
    assert told[-1].text == told[before - 1].text, "the same as was sent with the move"
    assert client.submit(told[-1].link("/email/undo/")).title == "Your account is secured"


def test_a_report_of_misuse_at_the_mailbox_that_was_left_sends_it_too(client, cast, outbox):
    moves(cast, outbox)
    before = len(outbox.to(cast.ada.email))
    client.submit("/report-misuse", email=cast.ada.email, message="I cannot get in.")
    assert len(outbox.to(cast.ada.email)) == before + 1
    assert outbox.last(cast.ada.email).link("/email/undo/")


@pytest.mark.parametrize("path", ["/forgot-password", "/report-misuse"])
def test_every_address_costs_the_same_questions_and_the_same_job(app, cast, new_client, outbox, unit, path):
    moves(cast, outbox)
    new_client().submit("/signup", **MEI)
    outbox.all()
    seen, pages, jobs = [], [], []
    for email in (cast.ben.email, cast.ada.email, MEI["email"], "nobody@example.com"):
        visitor, statements = new_client(), []
        page = visitor.get(path)
        with app.app_context():
            engine = db.engine

        def note(_c, _cursor, statement, *_rest, statements=statements):
            statements.append(statement.split("(")[0][:60])

        event.listen(engine, "before_cursor_execute", note)
        answer = visitor.send(page, email=email, **({"message": "Help"} if path == "/report-misuse" else {}))
        event.remove(engine, "before_cursor_execute", note)
        seen.append(statements)
        pages.append((answer.path, answer.status, answer.text, len(answer.response.get_data())))
        with unit():
            rows = db.session.scalars(select(Job).where(Job.kind.like("recovery.%"))).all()
            jobs.append([(job.kind, {key: len(str(value)) for key, value in job.payload.items()}) for job in rows])
        outbox.all()
    for each in (seen, pages, jobs):
        assert [other == each[0] for other in each[1:]] == [True] * 3, each


def test_who_signs_up_with_an_address_that_was_left_is_told_what_confirming_ends(client, new_client, cast, outbox):
    """A thief who moved the account signs up with the address that was left: its owner must not confirm by mistake."""
    moves(cast, outbox)
    new_client().submit("/signup", **{**MEI, "email": cast.ada.email})
    email = outbox.last(cast.ada.email)
    page = client.get(email.link("/verify-email/"))
    assert "An account used this email address until recently" in page.text
    assert page.soup.find("a", string="Take your account back instead")
    assert client.submit(email.link("/email/undo/")).title == "Your account is secured"
    assert client.get(email.link("/verify-email/")).status == 410


def test_a_sign_up_of_before_does_not_come_to_life_when_the_account_leaves_the_address(
    client, new_client, cast, outbox, unit, clock
):
    mallory = new_client()
    mallory.submit("/signup", **{**MEI, "email": "ada.lin@example.com"})
    confirm = outbox.last("ada.lin@example.com").link("/verify-email/")
    ada = cast.sign_in(cast.ada)
    for address in ("ada.lin@example.com", "ada.lee@example.com"):
        ada.submit("/settings/email", email=address)
        ada.submit(outbox.last(address).link("/email/confirm/"))
    assert client.get(confirm).status == 410
    before = len(outbox.to("ada.lin@example.com"))
    page = mallory.shown
    mallory.send(page, action=page.path.replace("check-email", "resend"))
    assert len(outbox.to("ada.lin@example.com")) == before
    with unit():
        assert accounts.find_by_email("ada.lin@example.com") is None
