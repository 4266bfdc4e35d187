"""A worker that is killed at any statement of the long ways: a deletion and a copy go on, once, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.jobs import worker
from portal.jobs.service import LEASE
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.files import storage
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState, ErasureStep, StepState
from portal.privacy.service import copy_files
from tests.privacy.conftest import Copy, link_of, start

pytestmark = pytest.mark.both_databases


@pytest.fixture
def work(app):
    """Do what a worker does in an hour: begin what is due, and end it."""

    def run():
        with app.app_context():
            with worker.unit_of_work():
                service.begin_due()
            while worker.run_next():
                pass

    return run


@pytest.mark.sweep(statements=160)
def test_a_deletion_that_is_killed_at_any_statement_is_carried_out_once(app, cast, outbox, clock, work, kill):
    ada = cast.ada
    cast.sign_in(ada).submit("/settings/privacy/delete", confirm="y")
    assert outbox.last(ada.email).subject
    clock.forward(days=15)
    kill.while_doing(work)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    work()
    with app.app_context():
        deletion = db.session.scalars(select(Deletion)).one()
        assert deletion.state == DeletionState.DONE
        left = register().residue(Subject(ada.account_id, frozenset({ada.email})))
    assert [name for name in left if name != "mailbox"] == []
    receipts = [email for email in outbox.to(ada.email) if email.subject.startswith("Receipt")]
    assert len({email.headers["Message-ID"] for email in receipts}) == 1


@pytest.mark.sweep(statements=220)
def test_steps_that_are_killed_at_any_statement_are_each_taken_and_confirmed_once(
    app, cast, outbox, client, clock, work, kill, product
):
    product.is_later = True
    ada = cast.ada
    cast.sign_in(ada).submit("/settings/privacy/delete", confirm="y")
    assert outbox.last(ada.email).subject
    clock.forward(days=15)
    kill.while_doing(work)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    work()
    assert product.deleted == [str(ada.id)] and len(set(product.seen)) == 1
    body, headers = product.confirmation(product.seen[0])
    assert client.client.post("/webhooks/products/production", data=body, headers=headers).status_code == 204
    with app.app_context():
        deletion = db.session.scalars(select(Deletion)).one()
        assert (deletion.state, deletion.sealed, deletion.person_id) == (DeletionState.DONE, None, None)
        steps = db.session.scalars(select(ErasureStep)).all()
    assert len({step.target for step in steps}) == len(steps), "no step is written down twice"
    assert [step.target for step in steps if step.state is StepState.WAITING] == []
    kinds = {"Receipt: your data is deleted": 1, "Your deletion is complete": 1}
    told = [email.headers["Message-ID"] for email in outbox.to(ada.email) if email.subject in kinds]
    assert len(set(told)) == sum(kinds.values())


@pytest.mark.sweep(statements=90)
def test_a_confirmation_that_is_killed_at_any_statement_is_taken_when_it_comes_again(
    app, cast, outbox, client, clock, work, kill, product
):
    product.is_later = True
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    assert outbox.last(cast.ada.email).subject
    clock.forward(days=15)
    work()
    body, headers = product.confirmation(product.seen[0])

    def confirm():
        client.client.post("/webhooks/products/production", data=body, headers=headers)
        work()

    kill.while_doing(confirm)
    confirm()
    clock.forward(seconds=LEASE.total_seconds() + 1)
    work()
    told = [email.headers["Message-ID"] for email in outbox.to(cast.ada.email) if "complete" in email.subject]
    assert len(set(told)) == 1
    with app.app_context():
        assert db.session.scalars(select(Deletion.sealed)).all() == [None]


@pytest.mark.sweep(statements=300)
def test_a_copy_that_is_killed_at_any_statement_is_built_once_and_whole(app, cast, outbox, clock, work, kill, monkeypatch):
    # It is noted after each part where it stands, so that what comes after the kill goes on from there.
    monkeypatch.setattr(copy_files, "NOTE_SECONDS", 0)
    monkeypatch.setattr(copy_files, "SHARE", 0)
    ada = cast.sign_in(cast.ada)
    start(ada)
    kill.while_doing(work)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    work()
    answer = ada.client.get(link_of(ada))
    copy = Copy.of(answer.data).verified()
    assert copy.json("data/person.json")[0]["email"] == cast.ada.email
    with app.app_context():
        assert {f"data/{line.name}.json" for line in register().lines()} <= {*copy.names}
    ready = outbox.to(cast.ada.email)
    assert len({email.headers["Message-ID"] for email in ready}) == 1
    clock.forward(days=1)
    with app.app_context(), worker.unit_of_work():
        service.sweep_files()
    with app.app_context():
        assert len(list(storage().keys("export", older_than=timedelta()))) == 1, (
            "half a copy is swept away, the whole is not"
        )
