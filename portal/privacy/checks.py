"""The promises that this area keeps, each with its check."""

import hashlib
import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.jobs.service import find_run_fault
from portal.kit import keys, rotation
from portal.kit.audit import AuditEntry
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.claims import Subject, register
from portal.kit.db import Base, db
from portal.kit.i18n import _l
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
    return failed("; ".join(faults)) if faults else passed(f"{columns} columns classified")


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
        return failed("neither handed out nor withheld with a reason: " + ", ".join(lost))
    return passed(f"{len(personal)} personal columns, {len(withheld)} columns withheld with a reason")


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
    return failed("not as the manifest says: " + ", ".join(wrong)) if wrong else passed(f"{len(real)} files, hashes agree")


def _deletions_on_time() -> Finding:
    if late := service.count_late(grace=GRACE):
        return failed(f"{late} deletions are overdue")
    if put_off := service.count_put_off():
        return failed(f"{put_off} deletions wait for longer than the time to undo")
    if fault := find_run_fault("privacy.begin_due", grace=GRACE):
        return failed(fault)
    was_asked = db.session.scalar(select(Deletion.id).limit(1)) is not None
    return passed("no deletion is overdue") if was_asked else nothing_yet("no deletion yet")


def _nothing_left() -> Finding:
    erased = db.session.scalars(
        select(AuditEntry.subject_id)
        .where(AuditEntry.event == "privacy.person_erased")
        .order_by(AuditEntry.at.desc())
        .limit(LATELY)
    ).all()
    if left := sorted({table for person_id in erased for table in register().residue(Subject(person_id))}):
        return failed("still there: " + ", ".join(left))
    if fault := find_run_fault("privacy.scrub", grace=GRACE):
        return failed(fault)
    return passed(f"the last {len(erased)} erasures read back") if erased else nothing_yet("nobody has been erased yet")


def _periods_kept() -> Finding:
    late = register().overdue(grace=GRACE)
    if late:
        return failed("; ".join(f"{table}: {rows} rows past their period" for table, rows in late.items()))
    fault = find_run_fault("privacy.sweep", grace=GRACE)
    return failed(fault) if fault else passed("no row is past its period")


def _every_seal_opens() -> Finding:
    counts = rotation.sealed_by_key()
    if missing := sorted(counts.keys() - {*keys.key_ids(), UNNAMED}):
        return failed(f"{sum(sum(counts[key].values()) for key in missing)} sealed values need a key that is missing")
    if faults := rotation.unopenable():
        return failed("do not open: " + ", ".join(faults))
    total = sum(sum(kinds.values()) for kinds in counts.values())
    return passed(f"{total} sealed values, every key is there") if total else nothing_yet("nothing is sealed yet")


CHECKS = [
    Check(
        promise="P02",
        name="all_classified",
        what=_l("Every stored column is classified: personal or not, purpose, ground and time."),
        run=_all_classified,
    ),
    Check(
        promise="P23",
        name="periods_kept",
        what=_l("No row of any table has outlived its period, and the sweep ran lately."),
        run=_periods_kept,
    ),
    Check(
        promise="P24",
        name="copy_complete",
        what=_l("Every personal column stands in the copy, or is withheld with a reason."),
        run=_copy_complete,
    ),
    Check(
        promise="P25",
        name="copy_structured",
        what=_l("A copy is made, and each of its files has the size and hash that its list of contents says."),
        run=_copy_structured,
    ),
    Check(
        promise="P28",
        name="deletions_on_time",
        what=_l("Every deletion is carried out when its time to undo is over, and we looked for due ones lately."),
        run=_deletions_on_time,
    ),
    Check(
        promise="P28",
        name="nothing_left",
        what=_l("The last erasures are read back once more: nothing of theirs is in any table."),
        run=_nothing_left,
    ),
    Check(
        promise="P46",
        name="every_seal_opens",
        what=_l("Everything we keep sealed can be opened when it is needed: no key is missing."),
        run=_every_seal_opens,
    ),
]
