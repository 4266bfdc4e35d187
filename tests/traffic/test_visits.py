"""P23: every visit is noted for two weeks, its address sealed, and neither it nor its key lives longer."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from portal.app import AREAS
from portal.kit import clock as kit_clock
from portal.kit import keys
from portal.kit.actor import Actor
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.traffic import routes, service
from portal.traffic.models import Visit
from portal.traffic.service import days as log_days
from portal.traffic.service import recorder as recorder_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def recorder(app):
    """The app's recorder, with nothing waiting and no key left of other tests."""
    recorder = routes.recorder(app)
    recorder.flush()
    with app.app_context():
        for day in keys.day_keys().days(log_days.PURPOSE):
            keys.day_keys().destroy(log_days.PURPOSE, day)
    recorder._key = None
    return recorder


@pytest.fixture
def visits(app, recorder, unit):
    """Write what waits and return every row."""

    def read() -> list[Visit]:
        recorder.flush()
        with unit():
            return list(db.session.scalars(select(Visit).order_by(Visit.at)))

    read()
    with unit():
        db.session.query(Visit).delete()
    return read


def findings(app):
    with app.app_context():
        return [check.run() for area in AREAS for check in area.checks if check.promise == "P23"]


def note(recorder, *, subject_id=None, address="203.0.113.7", endpoint="legal.privacy"):
    recorder.note(service.Seen(kit_clock.now(), endpoint, "GET", 200, address, subject_id))


@contextmanager
def listening(app) -> Iterator[list[str]]:
    """Collect every statement that reaches the database."""
    statements: list[str] = []

    def hear(_connection, _cursor, sql, *_rest):
        statements.append(sql)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield statements
    event.remove(engine, "before_cursor_execute", hear)


def test_a_visit_is_noted_by_endpoint_and_its_address_is_sealed(app, client, visits):
    client.get("/privacy", environ_base={"REMOTE_ADDR": "203.0.113.7"}, headers={"User-Agent": "Marker/9"})
    (visit,) = visits()
    assert (visit.endpoint, visit.method, visit.status) == ("legal.privacy", "GET", 200)
    assert visit.subject_id is None
    for column in Visit.__table__.columns:
        value = getattr(visit, column.key)
        assert b"203.0.113.7" not in (value if isinstance(value, bytes) else str(value).encode())
        assert "Marker" not in str(value)
    with app.app_context():
        key = keys.day_keys().find(log_days.PURPOSE, visit.sealed_on)
        assert keys.open_sealed(log_days.PURPOSE, visit.sealed_address, context=visit.id.bytes, key=key) == b"203.0.113.7"


def test_a_path_with_a_secret_is_never_noted(client, visits):
    client.get("/no-such-page/secret-token-in-the-path?email=ada@example.com")
    (visit,) = visits()
    assert visit.endpoint is None
    assert visit.status == 404


def test_one_visit_cannot_be_passed_off_as_another(app, client, visits):
    client.get("/privacy")
    (visit,) = visits()
    with app.app_context():
        key = keys.day_keys().find(log_days.PURPOSE, visit.sealed_on)
        with pytest.raises(keys.CannotOpen):
            keys.open_sealed(log_days.PURPOSE, visit.sealed_address, context=uuid.uuid4().bytes, key=key)


def test_static_files_and_probes_are_not_noted(client, visits):
    for path in ("/static/css/portal.css", "/healthz", "/readyz"):
        client.client.get(path)
    assert visits() == []


def test_a_page_costs_no_query_for_its_note(app, client, recorder):
    with listening(app) as statements:
        client.get("/privacy")
        assert [sql for sql in statements if "visit" in sql] == []
        recorder.flush()
    assert len([sql for sql in statements if "INSERT INTO visit" in sql]) == 1


def test_a_batch_is_one_insert_however_many_visits_wait(app, recorder):
    for _each in range(120):
        note(recorder)
    with listening(app) as statements:
        assert recorder.flush() == 120
    assert len([sql for sql in statements if sql.startswith("INSERT")]) == 1


def test_a_log_that_cannot_be_written_breaks_no_answer(app, client, recorder, monkeypatch):
    def fail(*_args, **_kw):
        raise OSError("no disk")

    monkeypatch.setattr(recorder, "_write", fail)
    assert client.get("/privacy").status == 200
    assert recorder.flush() == 0
    assert client.get("/privacy").status == 200


def test_a_flood_costs_bounded_memory(recorder):
    for _each in range(recorder_of.MOST_WAITING + 500):
        note(recorder)
    assert len(recorder._waiting) == recorder_of.MOST_WAITING
    recorder._waiting.clear()


def test_a_thread_of_its_own_writes_once_enough_wait(app, visits):
    recorder = service.Recorder(app)
    recorder.in_background = True
    for _each in range(recorder_of.BATCH):
        note(recorder)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "visits"]
    recorder.in_background = False
    recorder._full.set()
    thread.join(10)
    assert len(visits()) == recorder_of.BATCH


class TestTheEnd:
    """What happens when the two weeks are over."""

    def test_the_key_of_day_fifteen_is_destroyed(self, app, recorder, clock):
        days = []
        for _day in range(16):
            note(recorder)
            recorder.flush()
            days.append(kit_clock.today())
            clock.forward(days=1)
        clock.forward(days=-1)
        with app.app_context():
            assert service.destroy_old_keys() == 2
            assert keys.day_keys().days(log_days.PURPOSE) == days[2:]

    def test_a_copy_of_the_row_cannot_be_opened_any_more(self, app, client, visits, clock):
        client.get("/privacy")
        (copy,) = visits()
        clock.forward(days=14)
        with app.app_context():
            assert service.destroy_old_keys() == 1
            assert keys.day_keys().find(log_days.PURPOSE, copy.sealed_on) is None

    def test_the_schedule_does_it_unasked(self, app, client, visits, clock, run_jobs):
        from portal.jobs import worker

        client.get("/privacy")
        (copy,) = visits()
        with app.app_context():
            worker.tick()
        clock.forward(days=14, hours=1)
        with app.app_context():
            worker.tick()
        run_jobs()
        with app.app_context():
            assert keys.day_keys().find(log_days.PURPOSE, copy.sealed_on) is None

    def test_a_visit_that_waited_too_long_does_not_make_a_dead_key_anew(self, app, recorder, clock):
        note(recorder)
        clock.forward(days=15)
        assert recorder.flush() == 0
        with app.app_context():
            assert keys.day_keys().days(log_days.PURPOSE) == []

    def test_the_sweep_deletes_the_row(self, app, client, visits, unit, clock):
        client.get("/privacy")
        assert len(visits()) == 1
        clock.forward(days=14, seconds=1)
        with unit():
            assert register().sweep()["visit"] == 1
        assert visits() == []

    def test_the_check_sees_a_late_key_and_a_late_row(self, app, client, visits, clock, unit):
        assert all(finding.ok for finding in findings(app))
        client.get("/privacy")
        visits()
        clock.forward(days=13)
        assert all(finding.ok for finding in findings(app))
        clock.forward(days=3)
        assert not all(finding.ok for finding in findings(app))
        with unit():
            service.destroy_old_keys()
        assert not all(finding.ok for finding in findings(app))
        with unit():
            register().sweep()
        assert all(finding.ok for finding in findings(app))


class TestWhose:
    """Who may see a visit."""

    def test_a_person_sees_only_their_own_with_the_address_opened(self, app, recorder, unit):
        ada, ben = uuid.uuid4(), uuid.uuid4()
        note(recorder, subject_id=ada, address="2001:db8::1")
        note(recorder, subject_id=ben, address="198.51.100.9")
        recorder.flush()
        with unit():
            (own,) = service.visits_for(Actor(person_id=ada)).rows
        assert own.address == "2001:db8::1"
        assert timedelta() < own.gone_at - own.at <= timedelta(days=14)

    def test_pages_follow_each_other_without_gap_or_repeat(self, recorder, unit):
        ada = uuid.uuid4()
        for _each in range(7):
            note(recorder, subject_id=ada)
        recorder.flush()
        seen, after = [], None
        with unit():
            while True:
                found = service.visits_for(Actor(person_id=ada), after, size=3)
                seen += [visit.at for visit in found.rows]
                after = found.after
                if after is None:
                    break
        assert len(seen) == 7
        assert seen == sorted(seen, reverse=True)

    def test_an_erasure_takes_the_rows_along(self, recorder, unit):
        ada = uuid.uuid4()
        note(recorder, subject_id=ada)
        recorder.flush()
        with unit():
            assert register().residue(Subject(ada)) == ["visit"]
            while register().erase(Subject(ada)):
                pass
            assert register().residue(Subject(ada)) == []

    def test_a_stranger_has_no_such_page(self, client):
        answer = client.client.get("/settings/privacy/visits")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login")

    def test_the_page_shows_the_address_and_when_it_vanishes(self, cast, recorder):
        ada = cast.sign_in(cast.ada)
        ada.get("/contact", environ_base={"REMOTE_ADDR": "203.0.113.7"})
        recorder.flush()
        page = ada.get("/settings/privacy/visits")
        assert "203.0.113.7" in page.text
        assert "GET /contact" in page.text
        assert "203.0.113.7" not in cast.sign_in(cast.ben).get("/settings/privacy/visits").text
        assert ada.get("/settings/privacy/visits?after=nonsense").status == 404
