"""Files that show what a request says, for whoever decides it."""

import uuid
from dataclasses import dataclass
from typing import BinaryIO

from portal.kit import accepted_files, staff_reads
from portal.kit.actor import Staff, for_staff
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.privacy.models import Request, RequestFile
from portal.privacy.service.requests.desk import HANDLERS, may_see


@dataclass(frozen=True)
class Evidence:
    """A file as it is handed out: never as something that a browser runs."""

    name: str
    media_type: str
    stream: BinaryIO


@for_staff(*HANDLERS)
@before_writes
def read_evidence(file_id: uuid.UUID, *, by: Staff) -> Evidence:
    """Return a file of a request; that it was opened is on record before, for its person to see (P36). Raises NotFound."""
    file = db.session.get(RequestFile, file_id)
    request = db.session.get(Request, file.request_id) if file else None
    if file is None or request is None or not may_see(request, by=by) or not storage().exists(file.file_key):
        raise NotFound
    found = Evidence(file.name, accepted_files.KINDS[file.kind].media_type, storage().open(file.file_key))
    subjects = [request.subject_id] if request.subject_id else []
    staff_reads.record(RequestFile, by=by, subjects=subjects, basis=Basis.REQUEST, basis_id=request.id)
    return found
