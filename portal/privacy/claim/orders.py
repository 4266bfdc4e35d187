"""What standing orders hold of whom."""

from portal.kit.actor import Role
from portal.kit.claims import UNTIL_ERASED, Ground, Party, Table, of_subjects, personal, staff_may, technical
from portal.kit.i18n import _l
from portal.privacy import words
from portal.privacy.models import StandingOrder

ORDERS = Table(
    StandingOrder,
    what=_l("Your automatic deletion settings"),
    parties=[Party(of_subjects(person=StandingOrder.person_id))],
    purpose=_l("To delete what you told us to once it’s old, and to ask you before your account goes."),
    ground=Ground.CONTRACT,
    retention=UNTIL_ERASED,
    by_person=("kind", "days"),
    by_staff=[
        staff_may(Role.ADMIN, why=_l("When someone joins or leaves our team, these settings are turned off."), deletes=True)
    ],
    columns={
        "id": technical(),
        "person_id": personal(_l("Your account’s ID")),
        "kind": technical(_l("What"), words=words.ORDER_KINDS),
        "days": technical(_l("After how many days")),
        "made_at": technical(_l("Set")),
        "starts_at": technical(_l("Starts")),
        "here_at": personal(_l("Last active")),
        "asked": technical(_l("How often we asked whether you’re still here")),
        "email_id": technical(),
        "looks": technical(),
        "looked_at": technical(),
        "failed_at": technical(),
        "goes_at": technical(_l("Your account closes")),
    },
)
