"""What proposed corrections hold of whom."""

from sqlalchemy import ColumnElement

from portal.kit.actor import Role
from portal.kit.claims import (
    Gathered,
    Ground,
    Party,
    RetainWith,
    Subjects,
    Table,
    Vocabulary,
    parents,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import _l
from portal.privacy import words
from portal.privacy.claim.requests import of_person
from portal.privacy.models import Correction, Request
from portal.privacy.models.corrections import DECISIONS
from portal.privacy.models.rights import REASON_SENTENCES
from portal.privacy.service import HANDLERS


def _of(subjects: Subjects) -> ColumnElement[bool]:
    return Correction.request_id.in_(parents(Request.id, of_person(subjects), subjects, newest=Request.received_at))


CORRECTIONS = Table(
    Correction,
    what=_l("Corrections you asked for"),
    parties=[Party(_of, through="request")],
    purpose=_l("To correct what’s wrong, and to answer you."),
    ground=Ground.LEGAL_DUTY,
    retention=RetainWith(Request, _l("As long as the request it belongs to")),
    by_person=("after",),
    by_staff=[
        staff_may(
            Role.PRIVACY,
            why=_l("Our privacy officer can enter one for someone who asked in words."),
            adds=True,
            changes=("after", "before_hash", "proposed_at"),
        ),
        staff_may(
            *HANDLERS,
            why=_l("Our privacy staff decide each, and give a reason."),
            changes=("decision", "reason", "decided_at"),
        ),
    ],
    columns={
        "id": technical(_l("ID")),
        "request_id": technical(_l("Request")),
        "line": technical(_l("What it’s about"), words=Gathered(Vocabulary.LINES)),
        "record_id": technical(_l("ID of what it’s about")),
        "field": technical(_l("Field"), row_words=words.of_field),
        "before_hash": technical(),
        "after": personal(_l("What it should say")),
        "proposed_at": technical(_l("Asked")),
        "decision": technical(_l("Decision"), words=DECISIONS),
        "reason": technical(_l("Reason"), words=REASON_SENTENCES),
        "decided_at": technical(_l("Decided")),
    },
)
