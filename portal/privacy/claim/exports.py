"""What copies hold of whom."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_

from portal.kit.actor import Role
from portal.kit.claims import (
    Ground,
    Party,
    RetainFor,
    Subjects,
    Table,
    of_subjects,
    parents,
    personal,
    staff_may,
    technical,
)
from portal.kit.files import storage
from portal.kit.i18n import _l
from portal.privacy import service, words
from portal.privacy.claim import requests
from portal.privacy.models import Export, ExportState, Request

_of_person = of_subjects(person=Export.person_id)


def _of_whom(subjects: Subjects) -> ColumnElement[bool]:
    asked = parents(Request.id, requests.of_person(subjects), subjects, newest=Request.received_at)
    return or_(_of_person(subjects), Export.request_id.in_(asked))


def _delete_files(exports: Sequence[Any]) -> None:
    for export in exports:
        if export.file_key:
            storage().delete(export.file_key)


EXPORTS = Table(
    Export,
    what=_l("Downloads of your data"),
    parties=[Party(_of_whom, through="request")],
    purpose=_l("To give you a copy of your data."),
    ground=Ground.LEGAL_DUTY,
    retention=(
        RetainFor("export_ready", since="ready_at"),
        RetainFor("export_ready", since="requested_at", where=lambda: Export.state == ExportState.WAITING),
    ),
    by_person=("chosen",),
    by_staff=[
        staff_may(
            *service.HANDLERS, why=_l("Our privacy staff have a copy prepared for someone without an account."), adds=True
        ),
        staff_may(
            Role.ADMIN, why=_l("When someone joins or leaves our team, their prepared copies are deleted."), deletes=True
        ),
    ],
    columns={
        "id": technical(),
        "person_id": personal(_l("Your account’s ID")),
        "request_id": technical(_l("Request")),
        "job_id": technical(),
        "state": technical(_l("State"), words=words.EXPORT_STATES),
        "requested_at": technical(_l("Requested")),
        "ready_at": technical(_l("Ready")),
        "fetched_at": technical(_l("First downloaded")),
        "chosen": technical(_l("Chosen parts and days"), words=words.CHOSEN),
        "secret_hash": technical(),
        "secret_sealed": technical(),
        "file_key": technical(),
        "size": technical(_l("Size in bytes")),
    },
    before_delete=_delete_files,
)
