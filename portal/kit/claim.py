"""What the tools themselves hold: the audit trail and the throttles."""

from portal.kit.audit import AuditEntry
from portal.kit.claims import Claim, Ground, Keep, Kept, Retain, Table, of_person, personal, technical
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
            purpose=_l("To slow down whoever guesses passwords, floods mailboxes with letters, or asks too much at once."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("while it counts, under a key that is destroyed with its day")),
            columns={"key": technical(), "count": technical(), "expires_at": technical()},
        ),
    ],
)
