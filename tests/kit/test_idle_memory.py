"""What an idle process holds: libraries that few requests need are loaded by those who need them."""

import subprocess
import sys

import pytest

from tests.rules.source import ROOT

HEAVY = ("PIL", "alembic", "croniter", "css_inline", "mako", "psycopg", "redis", "segno", "stripe", "zxcvbn")
"""What migrates, reaches other databases, judges new passwords, draws, sends emails, keeps schedules and takes payments."""
LOADED = "import sys; import portal.app, portal.cli{more}; print(*sorted({{*sys.modules}} & {{*{heavy}}}))"


def loaded(more: str = "") -> list[str]:
    """Return the heavy libraries that a process holds which has loaded the whole portal, and `more`."""
    code = LOADED.format(more=more, heavy=HEAVY)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_a_process_that_only_serves_pages_loads_nothing_that_few_requests_need():
    assert loaded() == []


@pytest.mark.parametrize("library", HEAVY)
def test_the_look_at_what_is_loaded_sees_a_heavy_library(library):
    assert library in loaded(f", {library}")


def test_the_first_process_of_the_server_loads_nothing_of_the_portal_s():
    code = "import sys; import portal.server; print(*sorted({*sys.modules} & {'flask', 'sqlalchemy', 'structlog'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
