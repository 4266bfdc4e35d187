"""A copy is complete, and its files are what it says."""

import hashlib
import io
import json
import uuid
import zipfile

from portal.kit.checks import Check, Finding, Outcome, failed, passed, state
from portal.kit.claims import Subject, register
from portal.kit.i18n import _, _l, listed, ngettext
from portal.privacy import service


def _copy_of_nobody() -> dict[str, bytes]:
    """Return the files of a copy by their path in its folder."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(service.Archive(Subject(uuid.uuid4())))))
    return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def _copy_complete() -> Finding:
    files = _copy_of_nobody()
    shown = json.loads(files["schema.json"])["$defs"]
    withheld = {(each["dataset"], each["column"]) for each in json.loads(files["manifest.json"])["withheld"] if each["why"]}
    personal = [
        (holding.name, name)
        for holding in register().holdings()
        if holding.is_disclosed
        for name, column in holding.columns.items()
        if column.personal
    ]
    lost = [
        f"{table}.{name}"
        for table, name in personal
        if name not in shown.get(table, {"items": {"properties": {}}})["items"]["properties"]
        and (table, name) not in withheld
    ]
    if lost:
        return failed("lost", columns=lost)
    seen = (state("personal", columns=len(personal)), state("withheld", columns=len(withheld)))
    return Finding(Outcome.PASSED, seen)


def _copy_structured() -> Finding:
    files = _copy_of_nobody()
    listed = {
        path: digest
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt")
        for digest, path in (line.split("  ", 1) for line in files[name].decode().splitlines())
    }
    real = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    # The list of the lists is in none.
    real.pop("tagmanifest-sha256.txt")
    wrong = sorted(path for path in {*listed, *real} if listed.get(path) != real.get(path))
    return failed("wrong", files=wrong) if wrong else passed("files", files=len(real))


CHECKS = [
    Check(
        promise="P24",
        name="copy_complete",
        what=_l("Every personal column is in the copy, or is left out with a reason."),
        run=_copy_complete,
        says={
            "lost": lambda columns: _(
                "Neither in the copy nor left out with a reason: %(columns)s.", columns=listed(columns)
            ),
            "personal": lambda columns: ngettext(
                "%(num)s personal column checked.", "%(num)s personal columns checked.", columns
            ),
            "withheld": lambda columns: ngettext(
                "%(num)s column is left out with a reason.", "%(num)s columns are left out with a reason.", columns
            ),
        },
    ),
    Check(
        promise="P25",
        name="copy_structured",
        what=_l("A copy is made, and each of its files has the hash in its lists of contents."),
        run=_copy_structured,
        says={
            "wrong": lambda files: _("Not as the lists of contents say: %(files)s.", files=listed(files)),
            "files": lambda files: ngettext("%(num)s file checked.", "%(num)s files checked.", files),
        },
    ),
]
