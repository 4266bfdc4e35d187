"""Two at the same moment: whatever the order, one thing has happened, and nothing is left lying about."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.models import EmailChange, SignInSession
from portal.jobs.models import Job
from portal.kit.db import db
from portal.kit.files import storage
from portal.privacy import service as privacy
from portal.privacy.models import Deletion, Export
from tests.conftest import Visitor
from tests.people import Cast, Somebody

pytestmark = pytest.mark.both_databases


@pytest.fixture
def both(app: Flask) -> Callable[..., list[int]]:
    """Press buttons at the same moment, each by (browser, address, fields); return the statuses in the order given."""

    def press(*presses: tuple[Visitor, str, dict[str, object]]) -> list[int]:
        pages = [browser.get("/contact") for browser, _path, _fields in presses]
        start, statuses = threading.Barrier(len(presses)), [0] * len(presses)

        def one(number: int) -> None:
            browser, path, fields = presses[number]
            data = {"csrf_token": pages[number].fields()["csrf_token"], **fields}
            start.wait()
            statuses[number] = browser.client.post(path, data=data).status_code

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(presses))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statuses

    return press


@pytest.fixture
def count(unit):
    """Count the rows of a table."""

    def rows(model: type, *clauses: object) -> int:
        with unit():
            return db.session.scalar(select(func.count()).select_from(model).where(*clauses)) or 0

    return rows


def two_tabs(cast: Cast, person: Somebody) -> tuple[Visitor, Visitor]:
    """Return two browsers in which one person is signed in."""
    return cast.sign_in(person), cast.sign_in(person)


def photo(colour: tuple[int, int, int]) -> tuple[io.BytesIO, str]:
    """A photo of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(out, "PNG")
    return io.BytesIO(out.getvalue()), "me.png"


def test_two_copies_asked_for_at_once_are_one(cast, both, count):
    one, other = two_tabs(cast, cast.ada)
    start = "/settings/privacy/export"
    assert both((one, start, {}), (other, start, {})) == [303, 303]
    assert count(Export) == count(Job, Job.kind == "privacy.build_export") == 1


def test_two_deletions_asked_for_at_once_are_one(cast, both, count, outbox):
    one, other = two_tabs(cast, cast.ada)
    delete = "/settings/privacy/delete"
    assert set(both((one, delete, {"confirm": "y"}), (other, delete, {"confirm": "y"}))) == {303}
    assert (count(Deletion), count(SignInSession)) == (1, 0)
    assert len([email for email in outbox.to(cast.ada.email) if "/delete/undo/" in email.text]) == 1


def test_two_photos_at_once_leave_one_file(app, cast, both):
    one, other = two_tabs(cast, cast.ada)
    before = {"photo": photo((200, 30, 30))}, {"photo": photo((30, 30, 200))}
    assert both((one, "/settings/avatar", before[0]), (other, "/settings/avatar", before[1])) == [303, 303]
    with app.app_context():
        assert list(storage().keys("avatar")) == [accounts.get_person(cast.ada.account_id).avatar_key]


def test_an_address_is_confirmed_or_the_change_is_stopped_never_both(cast, both, outbox, unit, client, new_client):
    cast.sign_in(cast.ada).submit("/settings/email", email="new@example.com")
    confirm = outbox.last("new@example.com").link("/email/confirm/")
    veto = outbox.last(cast.ada.email).link("/email/veto/")
    statuses = both((client, confirm, {}), (new_client(), veto, {}))
    with unit():
        email = accounts.get_person(cast.ada.account_id).email
        (change,) = db.session.scalars(select(EmailChange)).all()
    assert (email, change.state) in [(cast.ada.email, "vetoed"), ("new@example.com", "confirmed")]
    # Who vetoes what is confirmed by then is led on to the undo.
    assert sorted(statuses) in ([303, 303], [303, 410])


def test_a_deletion_is_undone_or_carried_out_never_both(app, cast, outbox, clock, unit, run_jobs, client):
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    undo = outbox.last(cast.ada.email).link("/delete/undo/")
    clock.forward(days=13, hours=23, minutes=59, seconds=50)
    token = client.get(undo).fields()["csrf_token"]
    outcome: list[int] = []

    def begin() -> None:
        with unit():
            privacy.begin_due()

    def press() -> None:
        outcome.append(client.client.post(undo, data={"csrf_token": token}).status_code)

    clock.forward(seconds=8)
    threads = [threading.Thread(target=press), *(threading.Thread(target=begin) for _each in range(3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.forward(minutes=1)
    begin()
    run_jobs()
    with unit():
        (deletion,) = db.session.scalars(select(Deletion)).all()
        here = accounts.find_by_email(cast.ada.email) is not None
    assert (outcome, deletion.state, here) in [([303], "undone", True), ([410], "done", False)]
