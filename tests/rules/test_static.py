"""What the browser loads: our own files only, small, and scripts that treat text as text."""

import gzip
import re
from pathlib import Path

from tests.rules.source import ROOT, templates

STATIC = ROOT / "static"
OUTSIDE = re.compile(r"""(?:url\(\s*["']?|@import\s+["']|\bfrom\s+["']|\bimport\s+["']|fetch\(\s*["'])(https?:)?//""")
TEXT_AS_CODE = re.compile(r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\b|setHTMLUnsafe")
CONSOLE = "console"
"""What the files are called that only pages for staff load: customers' bytes do not grow by them."""
FIRST_FLIGHT = 14 * 1024  # bytes that fit in the first round of a new connection (RFC 6928)


def files(*endings: str) -> list[Path]:
    """Return the static files with these endings. Fails when there is none."""
    found = [path for path in STATIC.rglob("*") if path.suffix in endings]
    assert found, f"no {endings}: the rule would look at nothing"
    return found


def test_no_style_and_no_script_asks_another_host():
    assert [str(path) for path in files(".css", ".js", ".svg") if OUTSIDE.search(path.read_text())] == []


def test_a_script_never_makes_code_or_markup_from_text():
    """ASVS v5.0.0-3.2.2."""
    assert [str(path) for path in files(".js") if TEXT_AS_CODE.search(path.read_text())] == []


def weight(paths: list[Path]) -> int:
    """Return the bytes of files, compressed."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


def test_styles_and_scripts_of_a_page_leave_room_for_the_page_in_the_first_flight():
    size = weight([path for path in files(".css", ".js") if path.stem != CONSOLE])
    assert size < FIRST_FLIGHT * 0.75, f"{size} bytes compressed"


def test_what_the_console_loads_besides_is_small_and_loaded_by_no_other_layout():
    own = [path for path in files(".css", ".js") if path.stem == CONSOLE]
    assert 0 < weight(own) < FIRST_FLIGHT * 0.15
    loading = [each.name for each in templates() if re.search(rf"/{CONSOLE}\.(css|js)", each.text)]
    assert loading
    assert [name for name in loading if name != "layouts/admin.html" and not name.startswith("admin/")] == []


def test_a_picture_carries_no_script():
    assert [str(path) for path in files(".svg") if re.search(r"<script|\son\w+=|<foreignObject", path.read_text())] == []
