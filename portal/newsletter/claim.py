"""The personal data of the list."""

from sqlalchemy import ColumnElement

from portal.kit.actor import Role
from portal.kit.claims import (
    Chapter,
    DataClaim,
    ExemptWhile,
    Ground,
    Party,
    RetainUntilErased,
    RetainWhile,
    Subjects,
    Table,
    by_email,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import LANGUAGES, _l
from portal.newsletter import words
from portal.newsletter.models import Subscriber, Suppression
from portal.newsletter.service import hashes_of

_HANDLERS = (Role.PRIVACY, Role.SENIOR)
_OBJECTED = _l("Our privacy staff carry out an objection that was asked for.")


def _suppressed(subjects: Subjects) -> ColumnElement[bool]:
    return by_email(subjects, email=Suppression.address_hash, since=Suppression.suppressed_at, read=hashes_of)


CLAIM = DataClaim(
    area="newsletter",
    title=_l("Newsletter"),
    words=words.AREA_WORDS,
    chapter=Chapter.CHOICES,
    tables=[
        Table(
            Subscriber,
            what=_l("Your subscription to the newsletter"),
            parties=[
                Party(of_subjects(person=Subscriber.subject_id, email=Subscriber.email_key, since=Subscriber.confirmed_at))
            ],
            purpose=_l("To send you the newsletter you asked for."),
            ground=Ground.CONSENT,
            retention=RetainUntilErased(_l("Until you unsubscribe")),
            by_person=("email", "email_key", "language"),
            by_staff=[staff_may(*_HANDLERS, why=_OBJECTED, deletes=True)],
            columns={
                "id": technical(),
                "email": personal(_l("Your email address")),
                "email_key": personal(_l("Your email address, in the form we search by")),
                "subject_id": personal(_l("Your account’s ID")),
                "confirmed_at": technical(_l("Confirmed")),
                "source": technical(_l("Where you subscribed"), words=words.SOURCES),
                "language": personal(_l("Language"), words=LANGUAGES),
            },
        ),
        Table(
            Suppression,
            what=_l("Newsletter opt-out"),
            parties=[
                Party(
                    _suppressed,
                    on_erasure=ExemptWhile(
                        _l("It keeps the newsletter from being sent to you, and your email address can’t be read from it.")
                    ),
                )
            ],
            purpose=_l("So that we don’t email you again by mistake."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainWhile(_l("As long as there is a newsletter, or until you subscribe again")),
            by_staff=[staff_may(*_HANDLERS, why=_OBJECTED, adds=True)],
            columns={
                "id": technical(),
                "address_hash": personal(
                    _l("A keyed hash of your email address"),
                    withheld=_l("Nobody can read your email address from it. We only use it to recognise the address."),
                ),
                "suppressed_at": technical(_l("Unsubscribed")),
            },
        ),
    ],
)
