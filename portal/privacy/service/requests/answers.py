"""What is written to the person of a request, to the proven address and nowhere else; and their last word on the answer."""

from dataclasses import replace

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.events import PendingEnded
from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.legal.authorities import Authority, authority_in
from portal.mail.service import Recipient
from portal.privacy import mail
from portal.privacy.models import (
    Correction,
    CorrectionDecision,
    Outcome,
    Reason,
    Request,
    RequestState,
    Source,
    Verdict,
)
from portal.privacy.models.rights import ANSWERABLE
from portal.privacy.service.requests import links, rows

WITH_AUTHORITY = (Outcome.PARTLY, Outcome.REFUSED)
"""Outcomes that name the authority one may complain to."""


class VerdictGiven(Refusal):
    """The last word was said, or there is no answer yet to say it about."""


def recipient_of(request: Request) -> Recipient | None:
    """Return where a request's answer goes: to the account's address as it is now, else to the proven one; None: nowhere."""
    if request.subject_id:
        person = db.session.get(Person, request.subject_id)
        return accounts.recipient(person) if person else None
    return Recipient(request.email, request.language) if request.email and request.verified_at else None


def _mailboxes_of(request: Request) -> list[Recipient]:
    """Return where it is told what is done in the name of an account: also where it may be taken back from."""
    person = db.session.get(Person, request.subject_id) if request.subject_id else None
    if person is None:
        return [to] if (to := recipient_of(request)) else []
    return [replace(accounts.recipient(person), email=address) for address in accounts.addresses_of(person)]


def authority_for(request: Request, *, country: str = "") -> Authority | None:
    """Return the authority that one may complain to about a refusal or a part-answer; None for any other outcome."""
    return authority_in(country) if request.outcome in WITH_AUTHORITY else None


def tell_confirmed(request: Request, *, country: str = "") -> None:
    """Tell the person that the request is open, and until when it is answered."""
    for to in _mailboxes_of(request):
        mail.request_confirmed(request, to=to, token=links.token_of(request, country=country))


def tell_paused(request: Request) -> None:
    """Tell the person what we wait for."""
    if to := recipient_of(request):
        mail.request_paused(request, to=to, token=links.token_of(request))


def tell_closed(request: Request, *, country: str = "") -> None:
    """Tell the person how the request ended, and why."""
    if to := recipient_of(request):
        authority = authority_for(request, country=country)
        mail.request_closed(request, to=to, token=links.token_of(request, country=country), authority=authority)


def tell_withdrawn(request: Request) -> None:
    """Tell the person that the request was taken back: it may have been somebody else who did that."""
    for to in _mailboxes_of(request):
        mail.request_withdrawn(request, to=to, token=links.token_of(request))


def end_requests(ended: PendingEnded) -> None:
    """End what was asked from an account whose guards have changed: whoever asked may be in no longer.

    What came by a code is its mailbox's, and stays. One that is being closed is answered by its deletion.
    """
    person = accounts.get_person(ended.person_id)
    if person.deactivated_at and not person.frozen_at:
        return
    asked = select(Request).where(Request.subject_id == person.id, Request.source == Source.PORTAL)
    waiting = asked.where(Request.state.in_(ANSWERABLE), Request.executed_at.is_(None))
    for request in db.session.scalars(waiting.with_for_update()).all():
        rows.end(request, outcome=Outcome.WITHDRAWN, reason=Reason.SECURED)
        tell_withdrawn(request)


def may_say(request: Request) -> bool:
    """Tell whether the person may say whether the answer answered them; a no is final, since it has us look again."""
    is_answered = request.state == RequestState.CLOSED and request.outcome not in rows.NO_ANSWER_OF_OURS
    return is_answered and request.verified_at is not None and request.verdict != Verdict.NO


def say_verdict(request: Request, *, verdict: Verdict) -> Request | None:
    """Take the person's last word on a locked request; a no opens a second look with 30 days of its own, returned.

    Raises VerdictGiven.
    """
    if not may_say(request):
        raise VerdictGiven
    request.verdict, request.verdict_at = verdict, clock.now()
    rows.record("privacy.request_judged", request=request, by=request.subject_id, verdict=verdict.value)
    # Of a second look there is no third: its answer names the authority instead.
    return _look_again(request) if verdict is Verdict.NO and request.first_id is None else None


def _look_again(first: Request) -> Request:
    second = rows.add(
        first.kind,
        source=first.source,
        state=RequestState.OPEN,
        verified_at=clock.now(),
        first_id=first.id,
        subject_id=first.subject_id,
        email=first.email,
        email_key=first.email_key,
        language=first.language,
        receipt_number=first.receipt_number,
        message=first.message,
    )
    db.session.flush()
    rows.record("privacy.request_received", request=second, by=second.subject_id, source=second.source.value)
    _stage_again(first, second)
    tell_confirmed(second)
    return second


def _stage_again(first: Request, second: Request) -> None:
    declined = select(Correction).where(
        Correction.request_id == first.id, Correction.decision == CorrectionDecision.DECLINED
    )
    for each in db.session.scalars(declined.order_by(Correction.proposed_at)):
        names = ("line", "record_id", "field", "before_hash", "after")
        db.session.add(Correction(request_id=second.id, **{name: getattr(each, name) for name in names}))
