"""What the steps of deletions hold of whom."""

from sqlalchemy import ColumnElement, select

from portal.kit.actor import Role
from portal.kit.claims import Ground, Party, RetainWith, Subjects, Table, of_subjects, personal, staff_may, technical
from portal.kit.i18n import _l
from portal.privacy import words
from portal.privacy.models import Deletion, DeletionState, ErasureStep
from portal.privacy.service import HANDLERS


def _steps_of(subjects: Subjects) -> ColumnElement[bool]:
    # Those of the deletion that runs are its own tools.
    theirs = of_subjects(person=Deletion.person_id)(subjects) & (Deletion.state != DeletionState.RUNNING)
    return ErasureStep.deletion_id.in_(select(Deletion.id).where(theirs))


ERASURE_STEPS = Table(
    ErasureStep,
    what=_l("Steps of deletions"),
    parties=[Party(_steps_of)],
    purpose=_l("To delete your data everywhere, and to prove it afterwards."),
    ground=Ground.LEGAL_DUTY,
    retention=RetainWith(Deletion, _l("As long as the deletion it belongs to")),
    by_staff=[
        staff_may(
            *HANDLERS, why=_l("Our privacy staff carry out a deletion that was asked for without an account."), adds=True
        ),
        staff_may(
            Role.PRIVACY,
            why=_l("Our privacy officer confirms steps that are done by hand."),
            changes=("state", "confirmed_at", "confirmed_by", "evidence", "sealed"),
        ),
    ],
    columns={
        "id": technical(),
        "deletion_id": technical(),
        "place": technical(),
        "kind": technical(_l("Kind"), words=words.STEP_KINDS),
        "target": technical(_l("Where"), row_words=words.of_step),
        "by_hand": technical(_l("By hand")),
        "state": technical(_l("State"), words=words.STEP_STATES),
        "call_id": technical(),
        "sealed": personal(
            _l("Your email addresses, encrypted, until the vendor has accepted our order to delete them"),
            withheld=_l("It only exists while the deletion runs."),
        ),
        "tries": technical(),
        "confirmed_at": technical(_l("Confirmed")),
        "confirmed_by": technical(_l("Confirmed by"), words=words.STEP_CONFIRMATIONS),
        "evidence": technical(),
        "named_at": technical(),
    },
)
