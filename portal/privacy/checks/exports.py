"""A copy is complete, and its files are what it says."""

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select

from portal.kit.checks import Check, Finding, Outcome, failed, nothing_yet, passed, state
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.scopes import across
from portal.kit.sealed_files import is_sealed
from portal.privacy import service
from portal.privacy.models import Export, ExportState, LeavingPack

Download = TypeVar("Download", Export, LeavingPack)
LATELY = 20
"""How many of the last downloads are looked at each time."""


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


def _copies_sealed() -> Finding:
    with across("the newest leaving packs are looked at, whosever they are"):
        ready: list[Export | LeavingPack] = [*_newest(Export), *_newest(LeavingPack)]
    if keyed := sum(each.secret_sealed is not None for each in ready):
        return failed("keyed", downloads=keyed)
    if bare := sum(not _is_sealed(each.file_key) for each in ready):
        return failed("bare", downloads=bare)
    return passed("sealed", downloads=len(ready)) if ready else nothing_yet("no_download")


def _newest(model: type[Download]) -> Sequence[Download]:
    ready = select(model).where(model.state == ExportState.READY).order_by(model.ready_at.desc())
    return db.session.scalars(ready.limit(LATELY)).all()


def _is_sealed(file_key: str | None) -> bool:
    if file_key is None or not storage().exists(file_key):
        return True
    with storage().open(file_key) as stream:
        return is_sealed(stream)


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
    Check(
        promise="P24",
        name="copies_sealed",
        what=_l("Every prepared download is encrypted, and we hold no key to it."),
        run=_copies_sealed,
        says={
            "keyed": lambda downloads: ngettext(
                "We still hold the key to %(num)s download.", "We still hold the keys to %(num)s downloads.", downloads
            ),
            "bare": lambda downloads: ngettext(
                "%(num)s download isn’t encrypted.", "%(num)s downloads aren’t encrypted.", downloads
            ),
            "sealed": lambda downloads: ngettext(
                "%(num)s recent download checked.", "%(num)s recent downloads checked.", downloads
            ),
            "no_download": lambda: _("No downloads yet."),
        },
    ),
]
