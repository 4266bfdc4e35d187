"""Keys that are destroyed to destroy data: one a day, the same for every process, and gone when they are gone."""

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from portal.kit.keys import DatabaseKeys, DayKeys, FolderKeys
from tests.postgres import create_database

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def keys_database(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of this worker, as PORTAL_KEYS_URL takes it."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return create_database(f"keys_{worker}").replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture(params=["folder", "database"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> DayKeys:
    """A place for day keys, of either kind."""
    if request.param == "folder":
        return FolderKeys(tmp_path / "keys")
    made = DatabaseKeys(request.getfixturevalue("keys_database"))
    made._run("DELETE FROM day_key")
    return made


def test_a_key_is_made_once_and_stays(place):
    key = place.get_or_make("lab", MONDAY)
    assert len(key) == 32
    assert place.get_or_make("lab", MONDAY) == place.find("lab", MONDAY) == key


def test_each_day_and_each_purpose_has_its_own(place):
    made = {place.get_or_make(purpose, day) for purpose in ("lab", "other") for day in (MONDAY, TUESDAY)}
    assert len(made) == 4
    assert place.days("lab") == [MONDAY, TUESDAY]


def test_what_was_never_made_is_not_there(place):
    assert place.find("lab", MONDAY) is None
    assert place.days("lab") == []


def test_a_destroyed_key_is_gone_and_destroying_it_again_is_no_error(place):
    place.get_or_make("lab", MONDAY)
    other = place.get_or_make("lab", TUESDAY)
    for _each in range(2):
        place.destroy("lab", MONDAY)
    assert place.find("lab", MONDAY) is None
    assert place.find("lab", TUESDAY) == other
    assert place.days("lab") == [TUESDAY]


def test_a_new_key_is_not_the_destroyed_one(place):
    first = place.get_or_make("lab", MONDAY)
    place.destroy("lab", MONDAY)
    assert place.get_or_make("lab", MONDAY) != first


def test_of_many_threads_that_make_it_at_once_all_get_one_key(place):
    found, gate = [], threading.Barrier(12)

    def make() -> None:
        gate.wait()
        found.append(place.get_or_make("lab", MONDAY))

    threads = [threading.Thread(target=make) for _each in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1


def test_of_many_processes_that_make_it_at_once_all_get_one_key(tmp_path):
    code = (
        "from portal.kit.keys import FolderKeys; from pathlib import Path; from datetime import date; import sys;"
        "sys.stdin.readline(); print(FolderKeys(Path(sys.argv[1])).get_or_make('lab', date(2026, 11, 23)).hex())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _each in range(4)
    ]
    found = {process.communicate("go\n", timeout=60)[0] for process in started}
    assert len(found) == 1
    assert len(found.pop().strip()) == 64


def test_files_of_keys_are_for_the_portal_alone_and_leave_no_drafts(tmp_path):
    FolderKeys(tmp_path).get_or_make("lab", MONDAY)
    (path,) = (tmp_path / "lab").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_destroyed_key_cannot_be_read_from_where_its_file_was(tmp_path):
    place = FolderKeys(tmp_path)
    key = place.get_or_make("lab", MONDAY)
    with (tmp_path / "lab" / "2026-11-23.key").open("rb") as still_open:
        place.destroy("lab", MONDAY)
        assert still_open.read() != key
