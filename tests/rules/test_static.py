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
BASE = "layouts/base.html"
NAMED = re.compile(r"filename='([^']+\.(?:css|js))'")
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


def loaded() -> dict[str, set[str]]:
    """Return the styles and scripts that a page loads: those that its template names, its layouts, and every page."""
    there = {each.name: each for each in templates()}
    named = {name: set(NAMED.findall(each.text)) for name, each in there.items()}
    assert {"css/portal.css", "js/portal.js"} <= named[BASE]
    assert set.union(*named.values()) == {path.relative_to(STATIC).as_posix() for path in files(".css", ".js")}
    found = {}
    for name in there:
        found[name], at = set(named[BASE]), name
        while at:
            found[name] |= named[at]
            at = there[at].extends or ""
    return found


def test_styles_and_scripts_of_a_page_leave_room_for_the_page_in_the_first_flight():
    sizes = {
        name: sum(len(gzip.compress((STATIC / each).read_bytes(), 6)) for each in own) for name, own in loaded().items()
    }
    assert {name: size for name, size in sizes.items() if size >= FIRST_FLIGHT * 0.75} == {}


def test_a_picture_carries_no_script():
    assert [str(path) for path in files(".svg") if re.search(r"<script|\son\w+=|<foreignObject", path.read_text())] == []
