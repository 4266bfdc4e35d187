"""What a test writes is gone before the next one, and which databases a test meets on a laptop and in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from portal.jobs.models import Job
from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.scopes import across
from tests import databases
from tests.kit.processes import environment, run

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[1]
RAW = text(
    "INSERT INTO job (id, kind, payload, run_at, created_at, state, attempts, progress_done, progress_total) VALUES"
    " ('0123456789abcdef0123456789abcdef', 'lab.raw', '{}', '2026-01-01', '2026-01-01', 'waiting', 0, 0, 0)"
)
PLANTED = """
import pytest
def test_plain(app): ...
@pytest.mark.both_databases
def test_marked(app): ...
def test_none(): ...
"""


def rows(app) -> dict[str, int]:
    """Count the rows of every table that has any, one table after the other."""
    with app.app_context(), across("the test looks at every row"):
        counted = {
            table.name: db.session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
        }
    return {name: count for name, count in counted.items() if count}


@pytest.fixture(scope="class")
def left_behind():
    """How often a test of the class has written before."""
    return []


class TestNextOne:
    """Twice the same test: neither sees what the other wrote."""

    @pytest.mark.parametrize("_time", ["first", "second"])
    def test_a_test_that_writes_leaves_nothing_to_the_next(self, app, cast, unit, left_behind, _time):
        assert rows(app) == {}
        with unit():
            assert list(storage().keys("export")) == []
            storage().store("export", [b"x"])
        assert cast.ada
        left_behind.append(rows(app))
        assert {"person", "audit_entry"} <= set(left_behind[-1])


def test_raw_sql_counts_as_writing(app):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(RAW)
    assert rows(app) == {"job": 1}
    with app.app_context():
        assert databases.empty_tables() == ["job"]
    assert rows(app) == {}


def test_what_another_process_writes_counts(app, cast, tmp_path):
    url = app.extensions["portal.settings"].database_url.get_secret_value()
    before = set(rows(app)) if cast.ada else None
    done = run("staff", "add", cast.ada.email, "--role", "support", env=environment(tmp_path, url))
    assert done.returncode == 0, done.stderr
    assert set(rows(app)) > before
    with app.app_context():
        assert set(databases.empty_tables()) > before
    assert rows(app) == {}


def test_tables_that_no_test_wrote_are_left_alone(app, unit):
    seen = []
    with unit():
        db.session.add(Job(kind="lab.work", payload={}))
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        assert databases.empty_tables() == ["job"]
        assert databases.empty_tables() == []
    assert [statement for statement in seen if statement.startswith("DELETE")] == ["DELETE FROM job"]


def collected(folder: Path, **setting: str) -> list[str]:
    """Return the tests that pytest would run in a file with one plain and one marked test."""
    file = folder / "test_planted.py"
    file.write_text(PLANTED)
    clean = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "tests.conftest"]
    done = subprocess.run(
        [*command, str(file)], cwd=ROOT, env={**clean, **setting}, capture_output=True, text=True, timeout=120
    )
    return [line.rpartition("::")[2] for line in done.stdout.splitlines() if "::" in line]


class TestWhichDatabases:
    """Asked of pytest itself, in a process with a laptop's surroundings and with those of CI."""

    def test_on_a_laptop_a_test_meets_sqlite_and_a_marked_one_both(self, tmp_path):
        assert collected(tmp_path) == ["test_plain[sqlite]", "test_marked[sqlite]", "test_marked[postgresql]", "test_none"]

    def test_in_ci_every_test_with_a_database_meets_both(self, tmp_path):
        both = [f"test_{name}[{kind}]" for name in ("plain", "marked") for kind in ("sqlite", "postgresql")]
        assert collected(tmp_path, CI="true") == [*both, "test_none"]

    def test_the_build_says_that_it_is_ci(self):
        lines = (ROOT / ".ci" / "run").read_text().splitlines()
        assert lines.index("export CI=true") < lines.index("make test")
