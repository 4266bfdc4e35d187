"""What the area holds itself: prepared copies, and the proof of deletions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from portal.kit.claims import DataClaim, Ground, Party, RetainFor, Subjects, Table, of_subjects, personal, technical
from portal.kit.files import storage
from portal.kit.i18n import _l
from portal.privacy.models import Deletion, DeletionState, Export, ExportState


def _deletions_of(subjects: Subjects) -> ColumnElement[bool]:
    # The deletion that runs is its own tool: it forgets its person in the unit that finds everything gone.
    return of_subjects(person=Deletion.person_id)(subjects) & (Deletion.state != DeletionState.RUNNING)


def _delete_files(exports: Sequence[Any]) -> None:
    for export in exports:
        if export.file_key:
            storage().delete(export.file_key)


CLAIM = DataClaim(
    area="privacy",
    tables=[
        Table(
            Export,
            what=_l("Downloads of your data"),
            parties=[Party(of_subjects(person=Export.person_id))],
            purpose=_l("To give you a copy of your data."),
            ground=Ground.LEGAL_DUTY,
            retention=(
                RetainFor("export_ready", since="ready_at"),
                RetainFor("export_ready", since="requested_at", where=lambda: Export.state == ExportState.WAITING),
            ),
            columns={
                "id": technical(),
                "person_id": personal(_l("Your account’s ID")),
                "job_id": technical(),
                "state": technical(_l("State")),
                "requested_at": technical(_l("Requested")),
                "ready_at": technical(_l("Ready")),
                "fetched_at": technical(_l("First downloaded")),
                "file_key": technical(),
                "size": technical(_l("Size in bytes")),
            },
            before_delete=_delete_files,
        ),
        Table(
            Deletion,
            what=_l("Deletions of your account"),
            parties=[Party(_deletions_of)],
            purpose=_l("To delete your account when you ask for it, to let you cancel, and to prove it afterwards."),
            ground=Ground.LEGAL_DUTY,
            retention=RetainFor("audit", since="ended_at"),
            columns={
                "id": technical(),
                "person_id": personal(_l("Your account’s ID, until the deletion is done")),
                "number": technical(_l("Number")),
                "state": technical(_l("State")),
                "requested_at": technical(_l("Requested")),
                "due_at": technical(_l("Due")),
                "started_at": technical(_l("Started")),
                "ended_at": technical(_l("Finished")),
                "job_id": technical(),
                "sealed": personal(
                    _l("Whose account it is and where the receipt goes, encrypted, while it runs"),
                    withheld=_l("It only exists while the deletion runs."),
                ),
                "gone": technical(_l("Entries deleted so far")),
                "receipt": technical(),
            },
        ),
    ],
    stays_besides=lambda _subject: [_l("The proof of the deletion: a number, dates and counts. It names nobody.")],
    stored={"export": Export.file_key},
)
