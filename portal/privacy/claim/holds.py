"""What holds hold of whom."""

from portal.kit.actor import Role
from portal.kit.claims import (
    BlankColumns,
    ExemptFromErasure,
    Gathered,
    Ground,
    Party,
    RetainUntil,
    Table,
    Vocabulary,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import _l
from portal.privacy import service, words
from portal.privacy.models import Hold
from portal.privacy.models.holds import GROUNDS

HOLDS = Table(
    Hold,
    what=_l("Restricted copies we must keep"),
    parties=[
        Party(
            service.of_holds,
            on_erasure=ExemptFromErasure(_l("Each has its own reason and end date, and is used for nothing else.")),
        ),
        Party(
            of_subjects(person=Hold.set_by),
            on_erasure=BlankColumns({"set_by": None}, _l("The copy stays. Your account’s ID is removed from it.")),
            name="officer",
            what=_l("Restricted copies you set, as a member of our team"),
            shows={"set_at": _l("Set"), "set_by": _l("Your account’s ID")},
            withheld=_l("It’s about someone else."),
        ),
    ],
    purpose=_l("To keep what a law, a claim or an open matter needs, for no longer than that."),
    ground=Ground.LEGAL_DUTY,
    retention=RetainUntil("release_at", _l("Until the end date of each")),
    by_staff=[
        staff_may(
            Role.PRIVACY,
            why=_l("Our privacy officer sets, renews and ends each. Its person is told why."),
            adds=True,
            deletes=True,
            changes=("reason", "release_at", "renewed_at", "set_by"),
        )
    ],
    columns={
        "id": technical(_l("ID")),
        "subject_id": personal(_l("Your account’s ID")),
        "address_hash": personal(
            _l("A keyed hash of your email address"),
            withheld=_l("Nobody can read your email address from it. We only use it to recognise the address."),
        ),
        "line": technical(_l("What it’s a copy of"), words=Gathered(Vocabulary.LINES)),
        "record_id": technical(_l("ID of what it’s a copy of")),
        "columns": technical(_l("Fields"), row_words=words.of_hold),
        "ground": technical(_l("Ground"), words=GROUNDS),
        "law": technical(_l("Law")),
        "reason": personal(_l("Reason"), correctable=True),
        "set_by": personal(_l("ID of the privacy officer")),
        "set_at": technical(_l("Set")),
        "renewed_at": technical(_l("Renewed")),
        "release_at": technical(_l("Ends")),
        "kept": personal(
            _l("The fields, encrypted"),
            withheld=_l("It’s what stood in the fields named here, encrypted for the one reason it’s kept for."),
        ),
        "file_key": technical(),
    },
    before_delete=service.delete_files,
)
