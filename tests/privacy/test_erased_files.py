"""A file goes with its row, also when whoever erased it was killed in between."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.jobs import worker
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.files import Storage, storage
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState, RequestFile
from portal.support.models import Ticket
from tests.privacy.test_asking import proven
from tests.support import samples

pytestmark = pytest.mark.both_databases
KINDS = ("attachment", "avatar")


def test_a_file_that_outlived_its_row_by_a_kill_is_gone_with_the_next_piece(app, cast, clock, run_jobs, monkeypatch):
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Zips", message="Where?", files=samples.chosen(("a.txt", b"zips")))
    ada.submit("/settings/avatar", photo=(io.BytesIO(samples.png()), "a.png"))
    ada.submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    killed, remove = set(), Storage.remove

    def die_once(self, key):
        if key in killed or not key.startswith(KINDS):
            remove(self, key)
        killed.add(key)

    monkeypatch.setattr(Storage, "remove", die_once)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    run_jobs()
    with app.app_context():
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.DONE]
        assert {key.partition("/")[0] for key in killed} >= set(KINDS)
        assert [kind for kind in KINDS if list(storage().keys(kind))] == []


def test_what_a_guest_sent_with_the_request_for_their_deletion_goes_with_it(app, client, outbox, run_jobs, unit):
    client.submit("/contact", name="Gus", email="guest@example.com", subject="Zips", message="Where?")
    proven(client, outbox, kind="deletion", message="All of it.", files=[(io.BytesIO(b"It is me."), "id.txt")])
    with unit():
        request_file = db.session.scalars(select(RequestFile)).one()
    run_jobs()
    with unit():
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.DONE]
        assert db.session.scalars(select(Ticket)).all() == []
        assert db.session.scalars(select(RequestFile)).all() == []
        assert not storage().exists(request_file.file_key)


def test_a_file_of_such_a_request_that_is_left_is_seen_before_anything_is_called_done(client, outbox, unit):
    client.submit("/contact", name="Gus", email="guest@example.com", subject="Zips", message="Where?")
    proven(client, outbox, kind="deletion", message="All of it.", files=[(io.BytesIO(b"It is me."), "id.txt")])
    with unit():
        assert "request_file" in register().residue(Subject.of(emails=["guest@example.com"]))
