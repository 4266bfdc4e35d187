"""What is held of whoever asks to become an Owner of an organisation that its Owners have left."""

from portal.kit.actor import Role
from portal.kit.claims import Ground, Party, RetainWhile, Table, of_subjects, personal, staff_may, technical
from portal.kit.i18n import _l
from portal.organisations.models import Recovery

RECOVERIES = Table(
    Recovery,
    what=_l("Your requests to become an Owner"),
    parties=[Party(of_subjects(person=Recovery.person_id))],
    purpose=_l("So that an organisation whose Owners are gone can go on, after everyone in it was told."),
    ground=Ground.CONTRACT,
    retention=RetainWhile(_l("Until you become an Owner, or the request ends")),
    by_staff=[
        staff_may(
            Role.ADMIN,
            why=_l("When someone joins or leaves our team, what was waiting on their account ends."),
            deletes=True,
        )
    ],
    columns={
        "id": technical(),
        "organisation_id": technical(_l("Organisation")),
        "person_id": personal(_l("Your account’s ID")),
        "requested_at": technical(_l("Requested")),
        "due_at": technical(_l("When you become an Owner")),
        "reminders": technical(_l("Reminders sent")),
    },
)
