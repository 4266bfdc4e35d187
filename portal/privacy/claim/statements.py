"""What people say of data that they dispute."""

from portal.kit.claims import Gathered, Ground, Party, RetainUntilErased, Table, Vocabulary, personal, technical
from portal.kit.i18n import _l
from portal.privacy import service, words
from portal.privacy.models import Statement

STATEMENTS = Table(
    Statement,
    what=_l("Your statements about data you dispute"),
    parties=[Party(service.of_statements)],
    purpose=_l("To show what you say beside the data, to you and to our team."),
    ground=Ground.LEGAL_DUTY,
    retention=RetainUntilErased(_l("Until you remove it, or until an hour after the entry it’s about is gone")),
    fixed=_l("You change it yourself, beside the data it’s about."),
    by_person=("body",),
    columns={
        "id": technical(_l("ID")),
        "subject_id": personal(_l("Your account’s ID")),
        "email_key": personal(_l("Your email address, in the form we search by")),
        "line": technical(_l("What it’s about"), words=Gathered(Vocabulary.LINES)),
        "record_id": technical(_l("ID of what it’s about")),
        "field": technical(_l("Field"), row_words=words.of_field),
        "body": personal(_l("Your statement")),
        "stated_at": technical(_l("Date")),
    },
)
