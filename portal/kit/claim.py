"""What the tools themselves hold: the audit trail and the throttles."""

from portal.kit.audit import AuditEntry
from portal.kit.claims import SAYS_NOTHING, Claim, Ground, Keep, Retain, Table, of_person, personal, technical
from portal.kit.i18n import _l
from portal.kit.throttle import ThrottleCount

CLAIM = Claim(
    area="kit",
    tables=[
        Table(
            AuditEntry,
            what=_l("Audit trail"),
            whose=of_person(AuditEntry.subject_id),
            purpose=_l("To prove what was done to an account, when and by whom."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Keep("audit", since="at"),
            columns={
                "id": technical(),
                "at": technical(_l("When")),
                "event": technical(_l("What")),
                "subject_id": personal(_l("Your account’s id")),
                "by_id": personal(_l("Id of who did it")),
                "facts": technical(_l("Facts")),
            },
            on_erasure=Retain(
                _l("It proves that the deletion was done. It holds random ids and facts, no name and no address.")
            ),
        ),
        Table(
            ThrottleCount,
            what=_l("Counts of tries"),
            purpose=_l("To slow down those who guess passwords."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=SAYS_NOTHING,
            columns={"key": technical(), "count": technical(), "expires_at": technical()},
        ),
    ],
)
