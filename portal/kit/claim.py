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

_SHOWN = _l("To show you, and to prove, when our staff opened something of yours, and on what basis.")
_READS_STAY = Retain(_l("It proves what our staff did. It holds random IDs and facts, and no name or email address."))


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
                "subject_id": personal(_l("Your account’s ID")),
                "by_id": personal(_l("ID of who did it")),
                "facts": technical(_l("Details")),
            },
            on_erasure=Retain(
                _l("It proves that the deletion was done. It holds random IDs and facts, and no name or email address.")
            ),
        ),
        # In the order in which they are swept: who a read was about goes before the read.
        Table(
            StaffReadSubject,
            what=_l("Whose data our staff opened"),
            whose=_about,
            purpose=_SHOWN,
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("As long as the entry it belongs to")),
            columns={"read_id": technical(_l("Entry")), "subject_id": personal(_l("Your account’s ID"))},
            on_erasure=_READS_STAY,
        ),
        Table(
            StaffRead,
            what=_l("Every time our staff opened something of yours"),
            whose=_reads_about,
            purpose=_SHOWN,
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Keep("audit", since="at"),
            columns={
                "id": technical(_l("ID")),
                "at": technical(_l("When")),
                "staff_id": personal(_l("ID of the member of our team")),
                "role": technical(_l("Role")),
                "organisation_id": technical(_l("Organisation")),
                "basis": technical(_l("Basis")),
                "basis_id": technical(_l("ID of the basis")),
                "claim": technical(_l("Part of the portal")),
                "table_name": technical(_l("Table")),
                "how_many": technical(_l("Number of rows")),
                "salt": technical(),
            },
            on_erasure=_READS_STAY,
        ),
        Table(
            ThrottleCount,
            what=_l("Counts of attempts"),
            purpose=_l("To slow down anyone who guesses passwords, floods inboxes with emails or sends too many requests."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("As long as it counts, under a key that is destroyed each day")),
            columns={"key": technical(), "count": technical(), "expires_at": technical()},
        ),
        Table(
            SecretKey,
            what=_l("Which of our secret keys have been in use"),
            purpose=_l("To change secret keys without losing what they protect."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("As long as the portal runs; it holds no key and nothing about anyone")),
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
            what=_l("Keys of long-lasting links"),
            purpose=_l("So that unsubscribe links and links to receipts still work after we change our secret keys."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=Kept(_l("As long as a link can last; each key is encrypted, and holds nothing about anyone")),
            columns={"id": technical(), "purpose": technical(), "key_id": technical(), "key_sealed": technical()},
        ),
    ],
)
