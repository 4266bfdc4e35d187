"""One transaction per request: what is kept, what is undone, and what happens afterwards in any case."""

import threading

import pytest
from flask import g
from sqlalchemy import delete, insert, select, text, update

from portal.kit import audit
from portal.kit.actor import System
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.unit import (
    OutsideUnit,
    ShowsOnly,
    WrittenAlready,
    acting_as,
    after_unit,
    before_writes,
    current_unit,
    release_connection,
    unit_of_work,
)

pytestmark = pytest.mark.both_databases


def fill(visitor, path="/lab/page", **fields):
    page = visitor.get(path)
    given = {"name": "Ada", "email": "ada@example.com", "password": "a password", **fields}
    return visitor.client.post(path, data={**page.fields(path), **given})


def test_a_view_that_returns_commits(visitor, recorded):
    assert fill(visitor).status_code == 303
    assert recorded() == ["page_posted"]


def test_a_view_that_raises_rolls_back_and_what_comes_after_the_unit_still_happens(visitor, recorded):
    assert visitor.post("/lab/boom").status == 500
    assert recorded() == ["afterwards"]


def test_a_refused_form_rolls_back_though_the_view_returns(visitor, recorded):
    answer = fill(visitor, name="Taken")
    assert answer.status_code == 422
    assert "Taken is taken." in answer.text
    assert recorded() == []


def test_a_failed_commit_is_a_500_that_quotes_nothing(visitor, recorded):
    page = visitor.post("/lab/refused-by-the-database")
    assert page.status == 500
    assert "audit" not in page.text.lower()
    assert "192.0.2.7" not in page.text
    assert recorded() == []


def test_a_failed_commit_is_undone_whole(lab_unit, recorded, lab):
    with pytest.raises(ZeroDivisionError), lab_unit():
        audit.record("lab.written")
        db.session.flush()
        raise ZeroDivisionError
    assert recorded() == []


def test_what_comes_after_the_unit_has_a_transaction_of_its_own_and_may_fail_alone(lab_unit, recorded):
    with lab_unit():
        audit.record("lab.written")
        after_unit(lambda: 1 / 0)
        after_unit(lambda: audit.record("lab.afterwards"))
    assert sorted(recorded()) == ["afterwards", "written"]


def test_what_comes_after_the_unit_comes_after_its_end(lab_unit):
    order = []
    with lab_unit() as unit:
        unit.on_commit.append(lambda: order.append("committed"))
        after_unit(lambda: order.append("afterwards"))
        order.append("inside")
    assert order == ["inside", "committed", "afterwards"]


def test_a_clean_up_that_fails_undoes_nothing_that_was_committed(lab_unit, recorded):
    seen = []
    with lab_unit() as unit:
        audit.record("lab.written")
        unit.on_commit.append(lambda: 1 / 0)
        unit.on_commit.append(lambda: seen.append("second"))
        unit.on_rollback.append(lambda: seen.append("undone"))
    assert recorded() == ["written"]
    assert seen == ["second"]


def test_an_error_is_not_hidden_by_a_clean_up_that_fails(lab_unit):
    with pytest.raises(KeyError), lab_unit() as unit:
        unit.on_rollback.append(lambda: 1 / 0)
        raise KeyError


def test_releasing_the_connection_is_refused_once_something_is_written(lab_unit):
    with pytest.raises(WrittenAlready), lab_unit():
        audit.record("lab.added")
        release_connection()


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(event="lab.changed"),
        insert(AuditEntry).values(event="lab.inserted", facts={}),
        text("UPDATE audit_entry SET event = 'lab.by_hand'"),
    ],
    ids=["bulk", "insert", "by hand"],
)
def test_releasing_is_refused_after_a_statement_that_passed_no_flush(lab_unit, statement):
    with pytest.raises(WrittenAlready), lab_unit():
        db.session.execute(statement)
        release_connection()


def test_a_verb_that_comes_before_the_first_write_does_nothing_after_one_and_is_named(lab_unit):
    done = []

    @before_writes
    def knock():
        done.append(1)

    with pytest.raises(WrittenAlready, match="knock comes before the first write"), lab_unit():
        knock()
        audit.record("lab.added")
        knock()
    assert done == [1]


def test_releasing_after_reading_gives_the_connection_back(lab, lab_unit):
    with lab_unit(write=False):
        db.session.execute(select(AuditEntry))
        assert db.engine.pool.checkedout() == 1
        release_connection()
        assert db.engine.pool.checkedout() == 0


def test_a_unit_inside_another_is_refused_for_it_would_commit_half(lab_unit):
    with pytest.raises(RuntimeError), lab_unit(), unit_of_work():
        pass


def test_a_page_that_is_only_shown_writes_nothing(lab, recorded):
    with lab.app_context():
        for write in (lambda: audit.record("lab.shown"), lambda: db.session.execute(delete(AuditEntry))):
            with pytest.raises(ShowsOnly), unit_of_work(write=False, steady=False):
                write()
                db.session.flush()
    assert recorded() == []


def test_a_get_that_writes_without_saying_so_is_our_mistake(visitor, recorded):
    assert visitor.client.get("/lab/careless").status_code == 500
    assert recorded() == ["afterwards"]


def test_a_write_unit_after_a_read_gets_its_lock_and_does_not_fail_half_way(lab, recorded):
    """On SQLite a transaction that began with reading cannot write once somebody else has written meanwhile."""
    with lab.app_context():
        db.session.execute(select(AuditEntry)).all()
        other = threading.Thread(target=_record, args=(lab, "lab.first"))
        other.start()
        other.join()
        with unit_of_work():
            audit.record("lab.second")
    assert recorded() == ["first", "second"]


def _record(lab, event):
    with lab.app_context(), unit_of_work():
        audit.record(event)


def test_twenty_writers_at_once_all_get_through(lab, recorded):
    threads = [threading.Thread(target=_record, args=(lab, "lab.crowd")) for _each in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorded() == ["crowd"] * 20


class TestFiles:
    """A file lives and dies with the transaction that knows it."""

    def test_a_file_stored_in_a_unit_that_rolls_back_is_gone(self, visitor, lab):
        visitor.post("/lab/boom")
        with lab.app_context():
            assert list(storage().keys("lab")) == []

    def test_a_file_stored_in_a_unit_that_commits_stays(self, lab_unit, lab):
        with lab_unit():
            key = storage().store("lab", [b"one ", b"two"])
        with lab.app_context(), storage().open(key) as stream:
            assert stream.read() == b"one two"

    def test_a_file_is_deleted_only_once_the_unit_has_committed(self, lab_unit, lab):
        with lab_unit():
            key = storage().store("lab", [b"x"])
        with pytest.raises(ZeroDivisionError), lab_unit():
            storage().delete(key)
            raise ZeroDivisionError
        with lab.app_context():
            assert storage().exists(key)
        with lab_unit():
            storage().delete(key)
            assert storage().exists(key)
        with lab.app_context():
            assert not storage().exists(key)

    def test_deleting_twice_is_no_error(self, lab_unit):
        with lab_unit():
            key = storage().store("lab", [b"x"])
        for _each in range(2):
            with lab_unit():
                storage().delete(key)

    def test_a_file_that_breaks_off_while_it_is_written_leaves_nothing(self, lab_unit, lab):
        def broken():
            yield b"half"
            raise OSError

        with pytest.raises(OSError), lab_unit():
            storage().store("lab", broken())
        with lab.app_context():
            assert [path for path in storage().folder.rglob("*") if path.is_file()] == []

    def test_files_are_for_the_portal_alone(self, lab_unit, lab):
        with lab_unit():
            key = storage().store("lab", [b"x"])
        with lab.app_context():
            path = storage().path(key)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize(
        "key", ["../../etc/passwd", "lab/../../x", "lab", "lab/x", "/etc/passwd", "lab/\0", "", "a/b/c"]
    )
    def test_what_is_no_key_of_ours_never_becomes_a_path(self, lab, key):
        with lab.app_context(), pytest.raises(ValueError):
            storage().path(key)


def test_without_a_good_token_nothing_changes_even_if_the_view_forgets_to_ask(visitor, recorded):
    assert visitor.post("/lab/careless").status == 200
    assert recorded() == ["afterwards"]


def test_a_read_keeps_no_unit_open(visitor, lab):
    visitor.get("/lab/reads")
    with lab.app_context():
        assert db.engine.pool.checkedout() == 0
        assert "csrf_expired" not in g


class TestOwnUnits:
    """A route that commits, calls somebody, and goes on in a second unit."""

    def test_each_of_its_units_commits_by_itself_and_nothing_is_held_in_between(self, visitor, recorded):
        answer = fill(visitor, "/lab/own-units")
        assert answer.text == "0 held, 3 recorded"
        assert recorded() == ["first", "afterwards", "second"]

    def test_what_was_committed_before_a_call_that_breaks_off_stays(self, visitor, recorded):
        assert fill(visitor, "/lab/own-units", name="Breaks off").status_code == 500
        assert recorded() == ["first", "afterwards"]

    @pytest.mark.parametrize("name", ["Reads", "Writes", "Adds"])
    def test_between_its_units_the_session_is_closed(self, visitor, recorded, name):
        assert fill(visitor, "/lab/own-units", name=name).status_code == 500
        assert recorded() == ["first", "afterwards"]

    def test_a_row_that_is_left_to_no_unit_is_not_lost_in_silence(self, visitor, recorded):
        assert visitor.post("/lab/own-units/loose").status == 500
        assert recorded() == []

    def test_a_refused_form_comes_back_filled(self, visitor, recorded):
        answer = fill(visitor, "/lab/own-units", email="no address")
        assert answer.status_code == 422
        assert 'value="Ada"' in answer.text
        assert recorded() == []

    def test_without_a_good_token_the_form_comes_back_filled_and_nothing_changes(self, visitor, recorded):
        answer = fill(visitor, "/lab/own-units", csrf_token="stale")
        assert answer.status_code == 422
        assert 'value="Ada"' in answer.text
        assert recorded() == []

    def test_without_a_good_token_nothing_changes_even_if_the_view_forgets_to_ask(self, visitor, recorded):
        assert visitor.post("/lab/own-units/careless").status == 403
        assert recorded() == []
        token = visitor.get("/lab/page").fields()["csrf_token"]
        assert visitor.post("/lab/own-units/careless", csrf_token=token).status == 200
        assert recorded() == ["careless"]


class TestOutside:
    """Nobody writes where nobody would commit."""

    @pytest.mark.parametrize(
        "statement",
        [update(AuditEntry).values(event="lab.changed"), insert(AuditEntry).values(event="lab.inserted", facts={})],
        ids=["update", "insert"],
    )
    def test_a_statement_outside_of_a_unit_is_refused(self, lab, statement):
        with lab.app_context(), pytest.raises(OutsideUnit):
            db.session.execute(statement)

    def test_a_flush_outside_of_a_unit_is_refused(self, lab):
        with lab.app_context():
            audit.record("lab.loose")
            with pytest.raises(OutsideUnit):
                db.session.flush()

    def test_a_unit_takes_no_row_over_that_was_added_before_it_began(self, lab, recorded):
        with lab.app_context():
            audit.record("lab.loose")
            with pytest.raises(OutsideUnit), unit_of_work():
                pass
        assert recorded() == []

    def test_a_unit_of_another_session_does_not_count(self, lab, lab_unit):
        with lab_unit(), lab.app_context(), pytest.raises(OutsideUnit):
            db.session.execute(update(AuditEntry).values(event="lab.changed"))


class TestWhoActs:
    """Every unit knows."""

    def test_in_a_request_it_is_its_person(self, visitor, people):
        assert visitor.client.get("/lab/acting").text == "Actor None"
        assert people.sign_in(people.ada).client.get("/lab/acting").text == f"Actor {people.ada.id}"

    def test_staff_act_as_staff_in_the_console_and_as_customers_elsewhere(self, people):
        sam = people.sign_in_staff(people.sam).client
        assert sam.get("/lab/acting/staff").text == f"Staff {people.sam.id} support"
        assert sam.get("/lab/acting").text == f"Actor {people.sam.id}"

    def test_what_follows_a_unit_is_done_by_the_same(self, lab):
        seen = []
        with lab.app_context(), acting_as(System("lab")), unit_of_work():
            after_unit(lambda: seen.append(current_unit().actor))
        assert seen == [System("lab")]

    def test_where_nobody_has_said_so_it_is_the_portal_itself(self, lab_unit):
        with lab_unit() as unit:
            assert unit.actor == System("portal")
