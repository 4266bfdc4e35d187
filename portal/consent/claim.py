"""The decisions that this area holds."""

from portal.consent import words
from portal.consent.models import Decision
from portal.consent.service import ANALYTICS, PERIOD
from portal.kit.actor import Role
from portal.kit.claims import (
    UNTIL_ERASED,
    Chapter,
    DataClaim,
    Ground,
    Party,
    RetainFor,
    Table,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import _l

CLAIM = DataClaim(
    area="consent",
    title=_l("Your choices"),
    words=words.AREA_WORDS,
    chapter=Chapter.CHOICES,
    tables=[
        Table(
            Decision,
            what=_l("Your choices about how we may use your data"),
            # A decision about statistics is a browser's, under a random id that is joined to no person.
            parties=[Party(of_subjects(person=Decision.subject_id))],
            purpose=_l("To respect your choices, and to prove them."),
            ground=Ground.LEGAL_DUTY,
            retention=(
                RetainFor(
                    PERIOD,
                    since="decided_at",
                    where=lambda: Decision.purpose == ANALYTICS,
                    what=_l("Your choice about analytics"),
                ),
                UNTIL_ERASED,
            ),
            by_person=("purpose", "choice"),
            by_staff=[
                staff_may(
                    Role.PRIVACY,
                    Role.SENIOR,
                    why=_l("Our privacy staff carry out a restriction or objection that was asked for."),
                    adds=True,
                )
            ],
            columns={
                "id": technical(_l("Decision number")),
                "subject_id": personal(_l("Your account’s ID, or a random ID of your browser")),
                "purpose": technical(_l("Purpose"), words=words.PURPOSE_NAMES),
                "choice": personal(_l("Your choice"), words=words.CHOICES),
                "revision": technical(_l("Version of the text you read")),
                "mechanism": technical(_l("Where you chose"), words=words.MECHANISMS),
                "text_hash": technical(_l("Fingerprint of the text you read")),
                "decided_at": technical(_l("When")),
            },
        )
    ],
)
