"""The promises that this area keeps, each with its check."""

import hashlib
import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit import keys, rotation
from portal.kit.audit import AuditEntry
from portal.kit.checks import Check, Finding, Outcome, failed, failed_by, nothing_yet, passed, state
from portal.kit.claims import Subject, register
from portal.kit.db import Base, db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.sealed import UNNAMED
from portal.privacy import service
from portal.privacy.models import Deletion

GRACE = timedelta(hours=3)
"""How late an hourly sweep may be before a period counts as broken."""
LATELY = 20
"""How many of the last erasures are read back at each look."""


def _all_classified() -> Finding:
    faults = register().faults(Base.metadata)
    columns = sum(len(table.columns) for _claim, table in register().tables())
    names = list(dict.fromkeys(fault.partition(": ")[0] for fault in faults))
    return failed("misclassified", names=names) if faults else passed("classified", columns=columns)


def _copy_of_nobody() -> tuple[zipfile.ZipFile, dict[str, Any]]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(service.Archive(Subject(uuid.uuid4())))))
    return archive, json.loads(archive.read("manifest.json"))


def _copy_complete() -> Finding:
    archive, manifest = _copy_of_nobody()
    shown = json.loads(archive.read("schema.json"))["$defs"]
    withheld = {(each["dataset"], each["column"]) for each in manifest["withheld"] if each["why"]}
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
    archive, manifest = _copy_of_nobody()
    listed = {each["name"]: (each["size"], each["sha256"]) for each in manifest["files"]}
    real = {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name in archive.namelist()
        for content in [archive.read(name)]
        if name != "manifest.json"
    }
    wrong = sorted(name for name in {*listed, *real} if listed.get(name) != real.get(name))
    return failed("wrong", files=wrong) if wrong else passed("files", files=len(real))


def _deletions_on_time() -> Finding:
    if late := service.count_late(grace=GRACE):
        return failed("overdue", deletions=late)
    if put_off := service.count_put_off():
        return failed("put_off", deletions=put_off)
    if fault := find_run_fault("privacy.begin_due", grace=GRACE):
        return failed_by([fault])
    was_asked = db.session.scalar(select(Deletion.id).limit(1)) is not None
    return passed("on_time") if was_asked else nothing_yet("no_deletion")


def _nothing_left() -> Finding:
    erased = db.session.scalars(
        select(AuditEntry.subject_id)
        .where(AuditEntry.event == "privacy.person_erased")
        .order_by(AuditEntry.at.desc())
        .limit(LATELY)
    ).all()
    if left := sorted({table for person_id in erased for table in register().residue(Subject(person_id))}):
        return failed("left", tables=left)
    if fault := find_run_fault("privacy.purge_free_space", grace=GRACE):
        return failed_by([fault])
    return passed("read_back", erasures=len(erased)) if erased else nothing_yet("no_erasure")


def _periods_kept() -> Finding:
    late = register().overdue(grace=GRACE)
    if late:
        return failed_by([state("past", table=table, rows=rows) for table, rows in late.items()])
    # Rows, and the files that no row knows any more.
    faults = [find_run_fault(name, grace=GRACE) for name in ("privacy.sweep", "privacy.sweep_files")]
    return failed_by(found) if (found := [fault for fault in faults if fault]) else passed("none_past")


def _every_seal_opens() -> Finding:
    counts = rotation.sealed_by_key()
    if missing := sorted(counts.keys() - {*keys.key_ids(), UNNAMED}):
        return failed("no_key", values=sum(sum(counts[key].values()) for key in missing))
    if faults := rotation.unopenable():
        return failed("closed", kinds=faults)
    if fault := find_run_fault("privacy.reseal", grace=GRACE):
        return failed_by([fault])
    total = sum(sum(kinds.values()) for kinds in counts.values())
    return passed("open", values=total) if total else nothing_yet("nothing_encrypted")


CHECKS = [
    Check(
        promise="P02",
        name="all_classified",
        what=_l("Every stored column states whether it’s personal, its purpose, its legal ground and how long it’s kept."),
        run=_all_classified,
        says={
            "misclassified": lambda names: _("Not fully classified: %(names)s.", names=listed(names)),
            "classified": lambda columns: ngettext("%(num)s column checked.", "%(num)s columns checked.", columns),
        },
    ),
    Check(
        promise="P23",
        name="periods_kept",
        what=_l("No entry in any table is past its period, and the clean-up ran recently."),
        run=_periods_kept,
        says={
            **RUN_FAULTS,
            "past": lambda table, rows: ngettext(
                "%(num)s entry in %(table)s is past its period.",
                "%(num)s entries in %(table)s are past their period.",
                rows,
                table=table,
            ),
            "none_past": lambda: _("No entry is past its period."),
        },
    ),
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
        what=_l("A copy is made, and each of its files has the size and hash in its list of contents."),
        run=_copy_structured,
        says={
            "wrong": lambda files: _("Not as the list of contents says: %(files)s.", files=listed(files)),
            "files": lambda files: ngettext("%(num)s file checked.", "%(num)s files checked.", files),
        },
    ),
    Check(
        promise="P28",
        name="deletions_on_time",
        what=_l("Every deletion is carried out once it can no longer be cancelled, and we checked for due ones recently."),
        run=_deletions_on_time,
        says={
            **RUN_FAULTS,
            "overdue": lambda deletions: ngettext(
                "%(num)s deletion is overdue.", "%(num)s deletions are overdue.", deletions
            ),
            "put_off": lambda deletions: ngettext(
                "%(num)s deletion is dated too far ahead.", "%(num)s deletions are dated too far ahead.", deletions
            ),
            "on_time": lambda: _("No deletion is overdue."),
            "no_deletion": lambda: _("No deletions yet."),
        },
    ),
    Check(
        promise="P28",
        name="nothing_left",
        what=_l("Recent erasures are checked again: nothing of theirs is left in any table."),
        run=_nothing_left,
        says={
            **RUN_FAULTS,
            "left": lambda tables: _("Something is left after an erasure: %(tables)s.", tables=listed(tables)),
            "read_back": lambda erasures: ngettext(
                "%(num)s recent erasure checked.", "%(num)s recent erasures checked.", erasures
            ),
            "no_erasure": lambda: _("Nobody’s data has been erased yet."),
        },
    ),
    Check(
        promise="P46",
        name="every_seal_opens",
        what=_l("Everything we keep encrypted can be read when it’s needed: no key is missing."),
        run=_every_seal_opens,
        says={
            **RUN_FAULTS,
            "no_key": lambda values: ngettext(
                "%(num)s encrypted value needs a key that is missing.",
                "%(num)s encrypted values need a key that is missing.",
                values,
            ),
            "closed": lambda kinds: _("Can’t be decrypted: %(kinds)s.", kinds=listed(kinds)),
            "open": lambda values: ngettext(
                "%(num)s encrypted value; its key is there.", "%(num)s encrypted values; every key is there.", values
            ),
            "nothing_encrypted": lambda: _("Nothing is encrypted yet."),
        },
    ),
]
