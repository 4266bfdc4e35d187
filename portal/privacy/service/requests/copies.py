"""The copy of somebody without an account: built by the worker for their proven request, like an account's (P24).

The request stays open until it is ready, so that its 30 days and its reminders count until then. An address that has become
an account's is that account's: what was prepared by it ends.
"""

from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select

from portal.accounts.events import AddressChanged
from portal.accounts.models import EmailChange, EmailChangeState, Person
from portal.jobs.models import Job, JobState
from portal.kit.claims import nobodys
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.refusals import NotFound
from portal.privacy import mail
from portal.privacy.events import ErasureBegun
from portal.privacy.models import Export, ExportState, Outcome, Reason, Request, RequestState, Right
from portal.privacy.models.rights import ANSWERABLE
from portal.privacy.service import prepared_copies
from portal.privacy.service.requests import identity, links, rows

KINDS = (Right.COPY, Right.ACCESS)
"""Rights that are answered by a copy."""
AT_ONCE = 100


def begin(request: Request) -> None:
    """Have the copy of a locked request built, or go on with it."""
    export = find(request) or prepared_copies.new_export(request_id=request.id)
    prepared_copies.enqueue(export)
    db.session.add(export)
    request.result_id = export.id


def find(request: Request) -> Export | None:
    """Return the copy of a request, being built or ready, or None."""
    return db.session.scalar(select(Export).where(Export.request_id == request.id))


def is_building(request: Request) -> bool:
    """Tell whether a request is answered by a copy that is not ready yet."""
    begun = request.executed_at is not None and request.state == RequestState.OPEN
    return begun and request.kind in KINDS and request.subject_id is None


def request_of(export: Export) -> Request:
    """Return the request that a copy is of. Raises NotFound."""
    request = db.session.get(Request, export.request_id) if export.request_id else None
    if request is None:
        raise NotFound
    return request


def keep_or_hand_over(export: Export) -> bool:
    """Tell whether a copy that is built is still its person's; else its row goes, and the officer decides its request."""
    request = request_of(export)
    if is_building(request) and identity.can_be_told_apart(request):
        return True
    _hand_over(request)
    # Its job is the one that runs, and ends by itself.
    db.session.delete(export)
    return False


def _hand_over(request: Request) -> None:
    if is_building(request):
        request.executed_at = request.result_id = None


def finish(export: Export, *, secret: str, until: datetime, rows_held: int) -> None:
    """Answer a request by its copy that is ready: the email has the key. An older one of the same address goes."""
    request = request_of(export)
    theirs = select(Export).join(Request, Request.id == Export.request_id).where(Request.email_key == request.email_key)
    for older in db.session.scalars(theirs.where(Export.state == ExportState.READY, Export.id != export.id)).all():
        prepared_copies.drop(older)
    rows.end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED)
    rows.record("privacy.export_built", request=request, rows=rows_held, bytes=export.size)
    mail.copy_ready(request, token=links.token_of(request), secret=secret, until=until)


def drop_copy(request: Request) -> bool:
    """Delete the copy of a locked request, and tell whether there was one."""
    export = find(request)
    if export is not None:
        prepared_copies.drop(export)
    return export is not None


def end_copies(begun: ErasureBegun) -> None:
    """End the copies that are being built of somebody whose data is being deleted."""
    theirs = Request.email_key.in_(begun.subject.email_keys)
    for request in _locked(_building().where(theirs)):
        drop_copy(request)
        rows.end(request, outcome=Outcome.WITHDRAWN, reason=Reason.ERASED)


def hand_over_copies(change: AddressChanged) -> None:
    """Delete what was prepared by an address that is an account's from now on; what is not ready the officer decides."""
    at_address = select(Request).where(nobodys(Request.subject_id), Request.email_key == lookup_key(change.new_email))
    for request in _locked(at_address.where(Request.kind.in_(KINDS), Request.result_id.is_not(None))):
        drop_copy(request)
        _hand_over(request)


def tend_copies() -> None:
    """Begin again what was given up, and delete what has become an account's; a bounded number of each."""
    no_job = and_(Job.id == Export.job_id, Job.state == JobState.WAITING)
    lost = _building().outerjoin(Export, Export.request_id == Request.id).outerjoin(Job, no_job).where(Job.id.is_(None))
    for request in _locked(lost.order_by(Request.due_at).limit(AT_ONCE)):
        if identity.can_be_told_apart(request):
            begin(request)
        else:
            drop_copy(request)
            _hand_over(request)
    taken = or_(
        exists().where(Person.email_key == Request.email_key),
        exists().where(EmailChange.old_email_key == Request.email_key, EmailChange.state == EmailChangeState.CONFIRMED),
    )
    moved = select(Request).join(Export, Export.request_id == Request.id).where(taken)
    for request in _locked(moved.limit(AT_ONCE)):
        drop_copy(request)
        _hand_over(request)


def _building() -> Select[Request]:
    begun = and_(Request.state.in_(ANSWERABLE), Request.executed_at.is_not(None), Request.kind.in_(KINDS))
    return select(Request).where(begun, nobodys(Request.subject_id))


def _locked(found: Select[Request]) -> list[Request]:
    return [*db.session.scalars(found.with_for_update(of=Request).execution_options(populate_existing=True)).all()]
