"""What the tools themselves hold: the audit trail, what staff have read, and the throttles."""

from sqlalchemy import ColumnElement, and_, not_, or_, select

from portal.kit.actor import ROLE_NAMES
from portal.kit.audit import AuditEntry
from portal.kit.claims import (
    SAYS_NOTHING,
    DataClaim,
    ExemptFromErasure,
    Gathered,
    Ground,
    Party,
    RetainFor,
    RetainWhile,
    RetainWith,
    Subjects,
    Table,
    Vocabulary,
    among,
    of_subjects,
    person_ids,
    personal,
    recorded_by_staff,
    technical,
)
from portal.kit.form_owners import owner_of
from portal.kit.form_uses import FormUse
from portal.kit.i18n import _l
from portal.kit.lasting import LastingKey
from portal.kit.rotation import SecretKey
from portal.kit.signing import SigningKey
from portal.kit.staff_reads import BASES, StaffRead, StaffReadSubject
from portal.kit.throttle_counts import ThrottleCount
from portal.kit.unsent_forms import UnsentForm

_SHOWN = _l("To show you, and to prove, when our staff opened something of yours, and on what basis.")
_READS_STAY = ExemptFromErasure(
    _l("It proves what our staff did. It holds random IDs and facts, and no name or email address.")
)
_ACTS_STAY = ExemptFromErasure(
    _l("It proves that the deletion was done. It holds random IDs and facts, and no name or email address.")
)
_OF_OTHERS = _l("It’s about someone else.")
_SENT = _l("A form that our staff send counts once too.")


_about = of_subjects(person=StaffReadSubject.subject_id)
_acted_on = of_subjects(person=AuditEntry.subject_id)
_acted = of_subjects(person=AuditEntry.by_id)


def _acted_on_others(subjects: Subjects) -> ColumnElement[bool]:
    # Said twice, the second time in the words of the index, which knows nobody's own entries.
    not_on_them = or_(AuditEntry.subject_id.is_(None), not_(_acted_on(subjects)))
    return and_(_acted(subjects), not_on_them, AuditEntry.subject_id.is_distinct_from(AuditEntry.by_id))


def _typed_by(subjects: Subjects) -> ColumnElement[bool]:
    return among(UnsentForm.owner, subjects, lambda subject: map(owner_of, person_ids(subject)))


def _reads_about(subjects: Subjects) -> ColumnElement[bool]:
    return StaffRead.id.in_(select(StaffReadSubject.read_id).where(_about(subjects)))


_AUDIT = Table(
    AuditEntry,
    what=_l("Audit trail"),
    parties=[
        Party(_acted_on, on_erasure=_ACTS_STAY),
        Party(
            _acted_on_others,
            on_erasure=ExemptFromErasure(
                _l("It proves who acted. It holds your account’s ID, and no name or email address.")
            ),
            name="actor",
            what=_l("Audit trail of what you did for others"),
            shows={"at": _l("When"), "event": _l("What"), "by_id": _l("Your account’s ID")},
            withheld=_OF_OTHERS,
        ),
    ],
    purpose=_l("To prove what was done to an account, when and by whom."),
    ground=Ground.LEGITIMATE_INTEREST,
    retention=RetainFor("audit", since="at"),
    by_staff=[recorded_by_staff(_l("What our staff do is recorded here."))],
    columns={
        "id": technical(),
        "at": technical(_l("When")),
        "event": technical(_l("What"), words=Gathered(Vocabulary.EVENTS)),
        "subject_id": personal(_l("Your account’s ID")),
        "by_id": personal(_l("ID of who did it")),
        "facts": technical(_l("Details"), words=Gathered(Vocabulary.FACTS)),
    },
)

_READ_SUBJECT = Table(
    StaffReadSubject,
    what=_l("Whose data our staff opened"),
    parties=[Party(_about, on_erasure=_READS_STAY)],
    purpose=_SHOWN,
    ground=Ground.LEGITIMATE_INTEREST,
    retention=RetainWith(StaffRead, _l("As long as the entry it belongs to")),
    by_staff=[recorded_by_staff(_l("What our staff open is recorded here first."))],
    columns={
        "read_id": technical(_l("Entry")),
        "subject_id": personal(_l("Your account’s ID")),
        "listed_on": technical(_l("Day you were in a list")),
    },
)

_READ = Table(
    StaffRead,
    what=_l("Every time our staff opened something of yours"),
    parties=[
        Party(_reads_about, on_erasure=_READS_STAY),
        Party(
            of_subjects(person=StaffRead.staff_id),
            on_erasure=_READS_STAY,
            name="staff",
            what=_l("Every time you opened something of a customer’s, as a member of our team"),
            shows={
                "at": _l("When"),
                "staff_id": _l("Your account’s ID"),
                "role": _l("Role"),
                "claim": _l("Part of the portal"),
                "table_name": _l("Table"),
                "how_many": _l("Number of entries"),
            },
            withheld=_OF_OTHERS,
        ),
    ],
    purpose=_SHOWN,
    ground=Ground.LEGITIMATE_INTEREST,
    retention=RetainFor("audit", since="at"),
    by_staff=[recorded_by_staff(_l("What our staff open is recorded here first."))],
    columns={
        "id": technical(_l("ID")),
        "at": technical(_l("When")),
        "staff_id": personal(_l("ID of the member of our team")),
        "role": technical(_l("Role"), words=ROLE_NAMES),
        "organisation_id": technical(_l("Organisation")),
        "basis": technical(_l("Basis"), words=BASES),
        "basis_id": technical(_l("ID of the ticket, list, incident or grant")),
        "claim": technical(_l("Part of the portal"), words=Gathered(Vocabulary.AREAS)),
        "table_name": technical(_l("Table"), words=Gathered(Vocabulary.LINES)),
        "how_many": technical(_l("Number of entries")),
        "row_ids": personal(_l("IDs of the tickets in a list"), withheld=_l("It names other people’s tickets too.")),
        "salt": technical(),
    },
)

CLAIM = DataClaim(
    area="kit",
    title=_l("Log of what was done, and by whom"),
    tables=[
        _AUDIT,
        # In the order in which they are swept: who a read was about goes before the read.
        _READ_SUBJECT,
        _READ,
        Table(
            UnsentForm,
            what=_l("Forms that wait until you’ve signed in again"),
            parties=[Party(_typed_by)],
            purpose=_l(
                "So that you don’t lose what you typed when you’re signed out, or asked who you are, as you send it."
            ),
            ground=Ground.CONTRACT,
            retention=RetainFor("unsent_form", since="at"),
            by_person=("typed",),
            columns={
                "id": technical(_l("ID")),
                "owner": personal(_l("Your account’s ID, as a hash")),
                "typed": personal(_l("What you typed"), withheld=_l("It’s encrypted, and shown to you in its form alone.")),
                "at": technical(_l("When")),
            },
        ),
        Table(
            FormUse,
            what=_l("Forms that were sent"),
            purpose=_l("So that a form that’s sent twice by mistake counts once."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainFor("form_use", since="at"),
            by_staff=[recorded_by_staff(_SENT, changes=("answer", "at"))],
            columns={"id": technical(), "answer": technical(), "at": technical()},
        ),
        Table(
            ThrottleCount,
            what=_l("Counts of attempts"),
            purpose=_l("To slow down anyone who guesses passwords, floods inboxes with emails or sends too many requests."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainWhile(_l("As long as it counts, under a key that is destroyed each day")),
            by_staff=[recorded_by_staff(_l("What our staff try is counted too."), changes=("count", "expires_at"))],
            columns={"key": technical(), "count": technical(), "expires_at": technical()},
        ),
        Table(
            SecretKey,
            what=_l("Which of our secret keys have been in use"),
            purpose=_l("To change secret keys without losing what they protect."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainWhile(_l("As long as the portal runs; it holds no key and nothing about anyone")),
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
            retention=RetainWhile(_l("As long as a link can last; each key is encrypted, and holds nothing about anyone")),
            columns={"id": technical(), "purpose": technical(), "key_id": technical(), "key_sealed": technical()},
        ),
        Table(
            SigningKey,
            what=_l("Public keys of our signatures"),
            purpose=_l("So that anyone can check what we signed, also after we change our signing keys."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=SAYS_NOTHING,
            by_staff=[recorded_by_staff(_l("Noted when a receipt is signed."))],
            columns={"kid": technical(), "purpose": technical(), "public": technical(), "first_used_at": technical()},
        ),
    ],
)
