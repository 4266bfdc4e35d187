"""What the outbox holds."""

from collections.abc import Sequence
from typing import Any

from portal.kit.claims import (
    DataClaim,
    Gathered,
    Ground,
    Party,
    RetainFor,
    Subject,
    Table,
    Vocabulary,
    nobodys,
    of_subjects,
    personal,
    recorded_by_staff,
    technical,
)
from portal.kit.files import storage
from portal.kit.i18n import _l
from portal.mail import transport, words
from portal.mail.models import Email, EmailState

_SECRET = _l(
    "We don’t keep what an email says once it’s delivered: your inbox has it. Until then it may contain a link that opens "
    "an account."
)


def _empty_mailbox(subject: Subject) -> None:
    for key in _kept(subject):
        storage().remove(key)


def _residue(subject: Subject) -> Sequence[str]:
    return ["mailbox"] if _kept(subject) else []


def _kept(subject: Subject) -> list[str]:
    return transport.kept_for(subject.email_keys, former={each.key: each.until for each in subject.former_emails})


_columns: dict[str, Any] = {
    "id": technical(),
    "kind": technical(_l("Kind of email"), words=Gathered(Vocabulary.EMAILS)),
    "purpose": technical(_l("What it was for, unless you asked for it"), words=Gathered(Vocabulary.PURPOSES)),
    "subject_id": personal(_l("Your account’s ID")),
    "to_address": personal(_l("Your email address, until the email is delivered")),
    "to_key": personal(_l("Your email address, in the form we search by, until the email is delivered")),
    "subject_line": personal(_l("Subject, until delivered")),
    "text": personal(_l("Text, until delivered"), withheld=_SECRET),
    "html": personal(_l("Formatted text, until delivered"), withheld=_SECRET),
    "headers": technical(),
    "message_id": technical(),
    "state": technical(_l("State"), words=words.STATES),
    "created_at": technical(_l("Created")),
    "ended_at": technical(_l("Delivered")),
}

CLAIM = DataClaim(
    area="mail",
    title=_l("Emails"),
    words=words.AREA_WORDS,
    tables=[
        Table(
            Email,
            what=_l("Emails to you"),
            # An email about an account goes to an old address too: it is that account's, not the mailbox's next reader's.
            parties=[
                Party(
                    of_subjects(
                        person=Email.subject_id,
                        email=Email.to_key,
                        since=Email.created_at,
                        email_only_if=nobodys(Email.subject_id),
                    )
                )
            ],
            purpose=_l("To send the emails that your own actions ask for, and to know that they were sent."),
            ground=Ground.CONTRACT,
            by_staff=[recorded_by_staff(_l("What our staff did is emailed."))],
            retention=(
                RetainFor("delivered_email", since="ended_at", what=_l("Once delivered")),
                RetainFor(
                    "undelivered_email",
                    since="created_at",
                    where=lambda: Email.state == EmailState.WAITING,
                    what=_l("Not delivered"),
                ),
            ),
            columns=_columns,
        )
    ],
    erase_external=_empty_mailbox,
    residue=_residue,
)
