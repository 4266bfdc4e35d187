"""A table that was half read at a kill is gone on with by key: no row is lost or comes twice, and little is read again."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal.accounts import service as accounts
from portal.accounts.models import SignInEvent, SignInOutcome
from portal.jobs import worker
from portal.jobs.service import LEASE
from portal.kit import clock as time
from portal.kit.claims import Dataset, register
from portal.kit.db import db
from portal.privacy.service import copy_files, table_files
from tests.privacy.conftest import Copy, link_of, start

pytestmark = pytest.mark.both_databases
ROWS, BATCH = 95, 10


class Killed(BaseException):
    """The worker is gone: nothing that clears up is run."""


@pytest.fixture
def ada(cast, unit, monkeypatch):
    """Ada, with ninety-five sign-ins at three instants, of which a file of her copy takes ten."""
    monkeypatch.setattr(copy_files, "NOTE_SECONDS", 0)
    monkeypatch.setattr(copy_files, "SHARE", 0)
    monkeypatch.setattr(table_files, "ROWS_OF_A_FILE", BATCH)
    ada = cast.sign_in(cast.ada)
    with unit():
        db.session.execute(insert(SignInEvent), [_sign_in(cast.ada.account_id, number) for number in range(ROWS)])
    return ada


def _sign_in(person_id, number):
    at = time.now() - timedelta(minutes=number % 3)
    told = {"id": uuid.uuid4(), "outcome": SignInOutcome.SIGNED_IN, "device": f"Browser {number}", "count": 1}
    return {**told, "person_id": person_id, "first_at": at, "last_at": at}


@pytest.fixture
def handed(monkeypatch):
    """Count the rows that the table of sign-ins hands out, and kill the worker when so many were: `handed(at=57)`."""
    count, kill_at = [0], [0]
    real = Dataset.keyed

    def counted(dataset, after=None):
        for each in real(dataset, after):
            if dataset.name == "sign_in_event":
                count[0] += 1
                if count[0] == kill_at[0]:
                    raise Killed
            yield each

    monkeypatch.setattr(Dataset, "keyed", counted)

    def kill(*, at=0):
        was, count[0], kill_at[0] = count[0], 0, at
        return was

    return kill


def work(app):
    with app.app_context():
        worker.drain()


def devices_in(copy, kind):
    names = [f"data/sign_in_event{part}.{kind}" for part in ("", *(f"-{number}" for number in range(2, 99)))]
    for name in (each for each in names if each in copy.names):
        text = copy.text(name)
        rows = copy.json(name) if kind == "json" else csv.DictReader(io.StringIO(text, newline=""))
        yield from (row["device"] for row in rows)


@pytest.mark.parametrize("at", [1, 57, 100, 190])
def test_what_is_read_again_is_a_batch_at_most_and_no_row_is_lost_or_twice(app, cast, ada, handed, clock, at):
    start(ada)
    handed(at=at)
    with pytest.raises(Killed):
        work(app)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert handed() == at
    work(app)
    copy = Copy.of(ada.client.get(link_of(ada)).data).verified()
    for kind in ("json", "csv"):
        found = list(devices_in(copy, kind))
        assert len(found) == len(set(found)) == ROWS
    again = at + handed() - 2 * ROWS
    assert 0 <= again <= 2 * BATCH + 2, "JSON and CSV of one file, and the row that each looks ahead"
    (listed,) = [each for each in copy.json("manifest.json")["datasets"] if each["name"] == "sign_in_event"]
    assert listed["rows"] == ROWS and set(listed["files"]) <= set(copy.names) and len(listed["files"]) == 20


def test_every_table_can_be_read_on_from_each_of_its_keys(cast, unit, ada):
    with unit():
        subject = accounts.subject_of(accounts.get_person(cast.ada.account_id))
        for dataset in register().export(subject):
            rows = list(dataset.keyed())
            assert [row for _key, row in rows] == list(dataset)
            for place, (key, _row) in enumerate(rows[:5]):
                assert list(dataset.keyed(key)) == rows[place + 1 :], dataset.name
