"""When things go wrong: what a person is told, what the log is told, and that the process lives on."""

import json
import logging
import sqlite3
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from portal.app import create_app
from portal.kit import logs
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.logs import log
from portal.kit.unit import in_unit, unit_of_work
from portal.kit.web import client_ip
from tests.conftest import Page, make_settings
from tests.kit import lab as endpoints


def away(tmp_path, url: str) -> Flask:
    """Make a lab whose database cannot be reached."""
    app = create_app(make_settings(tmp_path, url))
    app.register_blueprint(endpoints.bp)
    return app


FIELDS = {"name": "Ada", "email": "ada@example.com", "password": "seven seams", "message": "A long letter", "agree": "y"}


def db_is_sqlite(app: Flask) -> bool:
    return app.extensions["portal.settings"].database_url.get_secret_value().startswith("sqlite")


def break_connections(app: Flask, of: Flask) -> None:
    """End the connections that wait in one app's pool, as a restart of the server does."""
    with of.app_context():
        waiting = [db.engine.connect() for _each in range(db.engine.pool.checkedin())]
        pids = [connection.scalar(BACKEND) for connection in waiting]
        for connection in waiting:
            connection.close()
    end(app, pids)


def end(app: Flask, pids: Sequence[int]) -> None:
    """End connections by the processes that serve them."""
    assert pids
    with app.app_context(), db.engine.begin() as connection:
        for pid in pids:
            connection.execute(select(func.pg_terminate_backend(pid)))


BACKEND = select(func.pg_backend_pid())


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////proc/none/portal.db"])
class TestDatabaseAway:
    """The page comes even when the database does not."""

    def test_what_needs_it_is_a_503_with_headers_and_a_time_to_come_back(self, tmp_path, url):
        answer = away(tmp_path, url).test_client().get("/lab/reads")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        page = Page(answer)
        assert page.title == "We’re very busy"
        assert "127.0.0.1" not in page.text
        assert "psycopg" not in answer.text

    def test_what_needs_it_not_goes_on(self, tmp_path, url):
        client = away(tmp_path, url).test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/static/css/portal.css").status_code == 200
        assert client.get("/lab/page").status_code == 200
        assert client.get("/no/such/page").status_code == 404

    def test_a_form_is_not_taken(self, tmp_path, url):
        assert away(tmp_path, url).test_client().post("/lab/refused-by-the-database").status_code == 503


def test_when_every_connection_is_taken_one_is_told_to_come_back(app, tmp_path):
    url = app.extensions["portal.settings"].database_url.get_secret_value()
    lab = away(tmp_path, url)
    with lab.app_context():
        db.engine.pool._timeout = 0.2
        taken = [db.engine.connect() for _each in range(20)]
        try:
            assert lab.test_client().get("/lab/reads").status_code == 503
        finally:
            for connection in taken:
                connection.close()
        assert lab.test_client().get("/lab/reads").status_code == 200


def test_a_connection_that_broke_is_replaced_without_a_word(app, tmp_path):
    if db_is_sqlite(app):
        pytest.skip("there is no connection to break")
    lab = away(tmp_path, app.extensions["portal.settings"].database_url.get_secret_value())
    client = lab.test_client()
    assert client.get("/lab/reads").status_code == 200
    break_connections(app, of=lab)
    assert client.get("/lab/reads").status_code == 200


@pytest.mark.both_databases
class TestAConnectionThatBreaksOnTheWay:
    """A request whose connection dies runs again when it has done nothing yet, and else says that nothing was saved."""

    @pytest.fixture(autouse=True)
    def _postgresql(self, app):
        if db_is_sqlite(app):
            pytest.skip("there is no connection to break")

    def test_before_the_first_write_a_form_is_taken_all_the_same(self, app, lab, visitor):
        assert visitor.get("/lab/reads").status == 200
        page = visitor.get("/lab/page")
        break_connections(app, of=lab)
        assert visitor.send(page, **FIELDS).status == 200
        with app.app_context(), unit_of_work(write=False):
            assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1

    def test_after_it_the_page_comes_back_as_it_was_typed(self, app, visitor, monkeypatch):
        page = visitor.get("/lab/page")
        judge, broken = endpoints._judge, []

        def break_once(name):
            if not broken:
                broken.append(name)
                db.session.flush()
                end(app, [db.session.scalar(BACKEND)])
                db.session.execute(select(AuditEntry.id))
            judge(name)

        monkeypatch.setattr(endpoints, "_judge", break_once)
        shown = visitor.send(page, **FIELDS)
        assert shown.status == 503
        assert shown.response.headers["Retry-After"] == "30"
        assert "Nothing is lost" in shown.text
        assert shown.fields()["message"] == FIELDS["message"]
        with app.app_context(), unit_of_work(write=False):
            assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
        assert visitor.send(shown, **FIELDS).status == 200


def test_the_form_that_comes_back_does_not_wait_for_the_lock_once_more(visitor, monkeypatch):
    page, asked = visitor.get("/lab/page"), []

    def locked_once(work, *, write, steady):
        asked.append(write)
        if write:
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        return in_unit(work, write=write, steady=steady)

    monkeypatch.setattr("portal.kit.web.in_unit", locked_once)
    shown = visitor.send(page, **FIELDS)
    assert (shown.status, shown.fields()["message"]) == (503, FIELDS["message"])
    assert asked == [True, False]


def test_our_mistake_is_a_page_that_tells_nothing_and_names_a_reference(visitor, capsys):
    page = visitor.post("/lab/boom")
    assert page.status == 500
    assert endpoints.SECRET_WORDS not in page.response.text
    assert "Traceback" not in page.response.text
    assert "RuntimeError" not in page.response.text
    reference = page.soup.find("code").get_text()
    told = capsys.readouterr().out
    assert reference in told
    assert "ada@example.com" not in told


def test_a_template_that_is_missing_is_a_500(visitor):
    assert visitor.get("/lab/forgets-the-template").status == 500


def test_an_error_page_that_fails_itself_still_says_what_happened(one_lab, monkeypatch):
    from portal.kit import errors

    def broken(*_args, **_values):
        raise OperationalError("SELECT 1", {}, Exception("192.0.2.7"))

    monkeypatch.setattr(errors, "render", broken)
    answer = one_lab.test_client().post("/lab/boom")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert "Something went wrong on our side" in answer.text
    assert "192.0.2.7" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_failure_after_the_answer_is_a_500_and_the_process_lives_on(app, tmp_path):
    lab = away(tmp_path, app.extensions["portal.settings"].database_url.get_secret_value())
    fails = [True]

    @lab.teardown_request
    def fail(_error: object) -> None:
        if fails.pop() if fails else False:
            raise RuntimeError(endpoints.SECRET_WORDS)

    told = []
    answer = b"".join(lab.wsgi_app(_environ(lab), lambda status, headers, info=None: told.append((status, dict(headers)))))
    assert told[-1][0].startswith("500")
    assert told[-1][1]["X-Frame-Options"] == "DENY"
    assert b"192.0.2.7" not in answer
    assert lab.test_client().get("/healthz").status_code == 200


def _environ(lab):
    from werkzeug.test import EnvironBuilder

    return EnvironBuilder(path="/healthz", base_url="http://localhost").get_environ()


def test_a_look_at_consent_that_fails_lets_nobody_else_in_and_keeps_the_headers(app, tmp_path):
    lab = away(tmp_path, app.extensions["portal.settings"].database_url.get_secret_value())

    def broken():
        raise OperationalError("SELECT 1", {}, Exception())

    lab.extensions["portal.csp_extra"] = broken
    answer = lab.test_client().get("/healthz")
    assert answer.status_code == 200
    assert "google" not in answer.headers["Content-Security-Policy"]


def test_debug_cannot_be_switched_on_from_outside(apps, make_lab, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert make_lab(apps("sqlite"), proxy_count=3).debug is False


class TestLog:
    """What is written down about requests: no address, no token, no word of an error (v5.0.0-16.2.5, 16.4.1)."""

    def lines(self, capsys) -> list[dict]:
        """Return the log's lines; each must be JSON."""
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    @pytest.fixture
    def told(self, apps, make_lab, capsys):
        """Ask the production lab, and return what it wrote down."""
        lab = make_lab(
            apps("sqlite"), env="production", base_url="https://portal.example.com", smtp_url="smtp://127.0.0.1:25"
        )
        logs.init_app(Flask("only for its log"), pretty=False)
        capsys.readouterr()

        def ask(path, **how):
            lab.test_client().open(path, base_url="https://portal.example.com", **how)
            return self.lines(capsys)

        return ask

    def test_a_request_is_one_line_of_json_that_says_when_what_and_how_it_ended(self, told):
        (line,) = told("/lab/done?token=secret-token", headers={"User-Agent": "secret-agent"})
        assert {"event": "request", "endpoint": "lab.done", "method": "GET", "status": 200}.items() <= line.items()
        assert line["timestamp"].endswith("Z")
        assert len(line["id"]) == 32
        assert "secret" not in json.dumps(line)
        assert "127.0.0.1" not in json.dumps(line)

    def test_an_address_with_a_token_is_never_written_down(self, told):
        text = json.dumps(
            told("/verify-email/a-secret-token") + told("/no/such/a-secret-token") + told("/lab/boom?a-secret-token")
        )
        assert "a-secret-token" not in text

    def test_nobody_writes_lines_of_their_own(self, told):
        found = told('/%0a{"event":"forged"}%0d%1b[31m', method="X", headers={"Referer": '\x1b[31m{"event":"forged"}'})
        assert {line["method"] for line in found if line["event"] == "request"} == {"OTHER"}
        assert "forged" not in json.dumps(found)

    def test_an_error_is_its_kind_and_where_it_rose_in_our_own_code(self, told):
        found = next(line for line in told("/lab/boom", method="POST") if line["event"] == "request.failed")
        (error,) = found["error"]
        assert error["type"] == "RuntimeError"
        assert all(frame.startswith("kit/") for frame in error["at"][:-1])
        assert error["at"][-1].startswith("lab.py:")
        assert "/" not in error["at"][-1]

    def test_the_words_of_libraries_are_not_written_down(self):
        record = logging.LogRecord("urllib3", logging.WARNING, "x.py", 1, "ada@example.com from %s", ("192.0.2.7",), None)
        assert json.loads(logs._TypeOnly().format(record)) == {"event": "urllib3.warning", "level": "warning"}

    def test_a_refused_origin_and_a_bad_token_are_written_down(self, told):
        foreign = told("/lab/page", method="POST", headers={"Origin": "https://evil.example"})
        assert {"event": "forms.foreign_origin", "endpoint": "lab.page"}.items() <= foreign[0].items()
        assert any(line["event"] == "forms.bad_token" for line in told("/lab/page", method="POST"))


def test_a_row_that_the_database_refuses_is_quoted_nowhere(lab_unit, capsys):
    clash = text("INSERT INTO email (id, kind, to_address) VALUES (:id, :kind, :to)")
    try:
        with lab_unit():
            db.session.execute(clash, {"id": "x" * 32, "kind": None, "to": "ada@example.com"})
    except DBAPIError:
        log.exception("lab.refused")
    told = capsys.readouterr().out
    assert "lab.refused" in told
    assert "ada@example.com" not in told


def test_outside_of_a_connection_a_visitor_has_no_address(one_lab):
    with one_lab.test_request_context(environ_base={"REMOTE_ADDR": ""}):
        assert client_ip() == "0.0.0.0"
