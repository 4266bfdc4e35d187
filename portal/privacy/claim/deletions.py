"""What deletions hold of whom."""

from sqlalchemy import ColumnElement

from portal.kit.actor import Role
from portal.kit.claims import (
    Gathered,
    Ground,
    Party,
    RetainFor,
    Subjects,
    Table,
    Vocabulary,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import _l
from portal.privacy import words
from portal.privacy.models import Deletion, DeletionState
from portal.privacy.service import HANDLERS


def _deletions_of(subjects: Subjects) -> ColumnElement[bool]:
    # The deletion that runs is its own tool: it forgets its person in the unit that finds everything gone.
    return of_subjects(person=Deletion.person_id)(subjects) & (Deletion.state != DeletionState.RUNNING)


DELETIONS = Table(
    Deletion,
    what=_l("Deletions of your account"),
    parties=[Party(_deletions_of)],
    purpose=_l("To delete your account when you ask for it, to let you cancel, and to prove it afterwards."),
    ground=Ground.LEGAL_DUTY,
    retention=RetainFor("audit", since="ended_at"),
    by_staff=[
        staff_may(
            *HANDLERS, why=_l("Our privacy staff carry out a deletion that was asked for without an account."), adds=True
        ),
        staff_may(
            Role.PRIVACY,
            why=_l("When our privacy officer confirms the last step, the second receipt is issued."),
            changes=("complement", "complement_signature", "sealed"),
        ),
    ],
    columns={
        "id": technical(),
        "person_id": personal(_l("Your account’s ID, until the deletion is done")),
        "number": technical(_l("Number")),
        "state": technical(_l("State"), words=words.DELETION_STATES),
        "production_stays": technical(_l("What you made in our products stays with your organisation")),
        "requested_at": technical(_l("Requested")),
        "due_at": technical(_l("Due")),
        "started_at": technical(_l("Started")),
        "ended_at": technical(_l("Finished")),
        "job_id": technical(),
        "sealed": personal(
            _l("Whose account it is and where the receipt goes, encrypted, until every step is confirmed"),
            withheld=_l("It only exists while the deletion runs."),
        ),
        "gone": technical(_l("Entries deleted so far"), words=Gathered(Vocabulary.LINES)),
        "receipt": technical(),
        "signature": technical(),
        "complement": technical(),
        "complement_signature": technical(),
    },
)
