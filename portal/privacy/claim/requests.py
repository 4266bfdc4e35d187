"""What the queue of requests holds of whom."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, and_, select

from portal.kit.actor import Role
from portal.kit.claims import (
    BlankColumns,
    Ground,
    Party,
    RetainFor,
    Subject,
    Subjects,
    Table,
    nobodys,
    of_subjects,
    parents,
    personal,
    staff_may,
    technical,
)
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.i18n import LANGUAGES, _l
from portal.privacy import service
from portal.privacy.models import Request, RequestFile, RequestState, Source, rights

_WHAT_FOR = _l("To answer you in time, and to prove that we did.")
# What an account has proven is that account's, whatever address was typed before.
of_person = of_subjects(
    person=Request.subject_id,
    email=Request.email_key,
    since=Request.received_at,
    email_only_if=nobodys(Request.subject_id),
)
_of_agent = of_subjects(email=Request.agent_email_key, since=Request.received_at)
_PERSONS = {"subject_id": None, "email": None, "email_key": None, "receipt_number": None, "message": "", "answer": ""}
_AGENTS = {"agent_name": None, "agent_email": None, "agent_email_key": None}


def _asked(subjects: Subjects) -> ColumnElement[bool]:
    # A request that is being carried out is its own tool: it says where the answer goes until there is one.
    begun = and_(Request.executed_at.is_not(None), Request.state != RequestState.CLOSED)
    return and_(of_person(subjects), ~begun)


def _files_of(subjects: Subjects) -> ColumnElement[bool]:
    # Also of a request that is being carried out: afterwards nothing would say any more whose they are.
    return RequestFile.request_id.in_(parents(Request.id, of_person(subjects), subjects, newest=Request.received_at))


def files_of(subject: Subject) -> Iterator[tuple[str, BinaryIO]]:
    """Yield the files that the subject sent with requests: (name, stream)."""
    for row in db.session.scalars(select(RequestFile).where(_files_of([subject]))).all():
        if storage().exists(row.file_key):
            yield f"{row.id}/{row.name}", storage().open(row.file_key)


def delete_files(rows: Sequence[Any]) -> None:
    """Delete the files of rows that are about to go."""
    for row in rows:
        storage().delete(row.file_key)


FILES = Table(
    RequestFile,
    what=_l("Files you sent with a request about your data"),
    parties=[Party(_files_of, through="request")],
    purpose=_l("To see what your request is about."),
    ground=Ground.LEGAL_DUTY,
    retention=RetainFor("attachment", since="added_at"),
    by_person=("name",),
    columns={
        "id": technical(_l("ID")),
        "request_id": technical(_l("Request")),
        "file_key": technical(),
        "name": personal(_l("File name")),
        "kind": technical(_l("File type")),
        "size": technical(_l("Size in bytes")),
        "added_at": technical(_l("Added")),
    },
    before_delete=delete_files,
)
REQUESTS = Table(
    Request,
    what=_l("Your requests about your data"),
    parties=[
        Party(
            _asked,
            on_erasure=BlankColumns(
                {**_PERSONS, **_AGENTS},
                _l("The kind, dates and outcome stay. Your account’s ID, your email address and your words are removed."),
            ),
        ),
        Party(
            _of_agent,
            on_erasure=BlankColumns(_AGENTS, _l("The request stays. Your name and your email address are removed from it.")),
            name="agent",
            what=_l("Requests you made on someone’s behalf"),
            shows={
                "agent_name": _l("Your name"),
                "agent_email": _l("Your email address"),
                "agent_email_key": _l("Your email address, in the form we search by"),
                "received_at": _l("When"),
            },
            withheld=_l("It’s the person’s for whom you asked."),
        ),
        Party(
            of_subjects(person=Request.handler_id),
            on_erasure=BlankColumns(
                {"handler_id": None},
                _l("The request stays with its person. Your account’s ID is removed from it."),
            ),
            name="staff",
            what=_l("Requests you decided as a member of our team"),
            shows={"reference": _l("Reference"), "handler_id": _l("Your account’s ID"), "closed_at": _l("When")},
            withheld=_l("It’s a customer’s request."),
        ),
    ],
    purpose=_WHAT_FOR,
    ground=Ground.LEGAL_DUTY,
    retention=(
        RetainFor("audit", since="closed_at", what=_l("Once it’s closed")),
        # What a stranger typed and nobody confirmed is kept no longer than a sign-up that nobody confirmed.
        RetainFor(
            "never_confirmed",
            since="received_at",
            where=lambda: and_(
                Request.state == RequestState.AWAITING_IDENTITY, Request.source.in_((Source.FORM, Source.AGENT))
            ),
            what=_l("Never confirmed"),
        ),
    ),
    by_person=(
        "kind",
        "email",
        "email_key",
        "language",
        "receipt_number",
        "agent_name",
        "agent_email",
        "agent_email_key",
        "message",
        "verdict",
    ),
    by_staff=[
        staff_may(
            Role.PRIVACY, why=_l("Our privacy officer enters requests that reach us by phone, post or email."), adds=True
        ),
        staff_may(
            *service.HANDLERS,
            why=_l("Our privacy staff decide each, and give a reason."),
            changes=(
                "state",
                "pause_reason",
                "outcome",
                "reason",
                "answer",
                "executed_at",
                "result_id",
                "closed_at",
                "answered_in",
                "handler_id",
                "code_hash",
            ),
        ),
        staff_may(
            Role.ADMIN,
            why=_l("When someone joins or leaves our team, their open requests are withdrawn."),
            changes=("state", "pause_reason", "outcome", "reason", "answer", "closed_at", "code_hash"),
        ),
    ],
    columns={
        "id": technical(_l("ID")),
        "reference": technical(_l("Reference")),
        "kind": technical(_l("What you asked for"), words=rights.RIGHTS),
        "source": technical(_l("How it reached us"), words=rights.SOURCES),
        "state": technical(_l("State"), words=rights.REQUEST_STATES),
        "pause_reason": technical(_l("What we’re waiting for"), words=rights.PAUSES),
        "outcome": technical(_l("Outcome"), words=rights.OUTCOMES),
        "reason": technical(_l("Reason"), words=rights.REASON_SENTENCES),
        "subject_id": personal(_l("Your account’s ID")),
        "email": personal(_l("Your email address")),
        "email_key": personal(_l("Your email address, in the form we search by")),
        "language": technical(_l("Language"), words=LANGUAGES),
        "receipt_number": personal(_l("The number of your deletion receipt")),
        "agent_name": personal(_l("Name of whoever asked on your behalf")),
        "agent_email": personal(_l("Email address of whoever asked on your behalf")),
        "agent_email_key": personal(_l("The same address, in the form we search by")),
        "message": personal(_l("Your message")),
        "answer": personal(_l("Our answer")),
        "received_at": technical(_l("Received")),
        "due_at": technical(_l("Due")),
        "verified_at": technical(_l("Confirmed")),
        "executed_at": technical(_l("Started")),
        "result_id": technical(),
        "closed_at": technical(_l("Closed")),
        "answered_in": technical(_l("Seconds until our answer")),
        "handler_id": personal(_l("ID of the member of our team who decided")),
        "first_id": technical(_l("Request that this one looks at again")),
        "duplicate_of_id": technical(_l("Request that this one was added to")),
        "verdict": technical(_l("Your verdict"), words=rights.VERDICTS),
        "verdict_at": technical(_l("Date of your verdict")),
        "code_hash": technical(),
        "code_sent_at": technical(_l("Code sent")),
        "code_tries": technical(_l("Codes entered")),
        "alarms": technical(_l("Reminders to our team")),
    },
)
