"""What the tools themselves hold: the audit trail, what staff have read, and the throttles."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from portal.kit.audit import AuditEntry
from portal.kit.claims import Claim, Ground, Keep, Kept, Retain, Subject, Table, of_subjects, personal, technical
from portal.kit.i18n import _l
from portal.kit.lasting import LastingKey
from portal.kit.rotation import SecretKey
from portal.kit.staff_reads import StaffRead, StaffReadSubject
from portal.kit.throttle import ThrottleCount

_SHOWN = _l("To show you, and to prove, when our staff read something of yours, and what gave them the right.")
_READS_STAY = Retain(_l("It proves what our staff did. It holds random ids and facts, no name and no address."))


_about = of_subjects(person=StaffReadSubject.subject_id)


def _reads_about(subjects: Collection[Subject]) -> ColumnElement[bool]:
    return StaffRead.id.in_(select(StaffReadSubject.read_id).where(_about(subjects)))


CLAIM = Claim(
    area="kit",
    tables=[
        Table(
            AuditEntry,
            what=_l("Audit trail"),
            whose=of_subjects(person=AuditEntry.subject_id),
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
        # In the order in which they are swept: who a read was about goes before the read.
        Table(
            StaffReadSubject,
            what=_l("Whom our staff’s reads were about"),
            whose=_about,
            purpose=_SHOWN,
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("as long as the read")),
            columns={"read_id": technical(_l("Read")), "subject_id": personal(_l("Your account’s id"))},
            on_erasure=_READS_STAY,
        ),
        Table(
            StaffRead,
            what=_l("Each time that our staff read something of yours"),
            whose=_reads_about,
            purpose=_SHOWN,
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Keep("audit", since="at"),
            columns={
                "id": technical(_l("Id")),
                "at": technical(_l("When")),
                "staff_id": personal(_l("Id of the member of our team")),
                "role": technical(_l("Role")),
                "organisation_id": technical(_l("Organisation")),
                "basis": technical(_l("What gave the right")),
                "basis_id": technical(_l("Its id")),
                "claim": technical(_l("Part of the portal")),
                "table_name": technical(_l("Table")),
                "how_many": technical(_l("How many lines")),
                "salt": technical(),
            },
            on_erasure=_READS_STAY,
        ),
        Table(
            ThrottleCount,
            what=_l("Counts of tries"),
            purpose=_l("To slow down whoever guesses passwords, floods mailboxes with letters, or asks too much at once."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("while it counts, under a key that is destroyed with its day")),
            columns={"key": technical(), "count": technical(), "expires_at": technical()},
        ),
        Table(
            SecretKey,
            what=_l("Which of our secret keys were in use"),
            purpose=_l("To change secret keys without losing what they protect."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("as long as the portal runs; it holds no key and nothing about anybody")),
            columns={
                "key_id": technical(),
                "seen_at": technical(),
                "retired_at": technical(),
                "in_use": technical(),
                "lost_at": technical(),
            },
        ),
        Table(
            LastingKey,
            what=_l("Keys of links that last"),
            purpose=_l(
                "So that an unsubscribe link or the link to a receipt still works after a change of our secret keys."
            ),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("as long as a link may last; each key is sealed, and nothing about anybody is in it")),
            columns={"id": technical(), "purpose": technical(), "key_id": technical(), "key_sealed": technical()},
        ),
    ],
)
